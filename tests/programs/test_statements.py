"""Provider files are understood in the words providers write."""

from decimal import Decimal

import pytest

from programs.statements.lines import amount_in, reference_in
from programs.statements.words import (
    Rejection,
    Told,
    columns_meant,
    outcome_meant,
    rejection_meant,
)


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("70", "70"),
        ("70.00", "70"),
        ("KES 1,200.50", "1200.50"),
        ("1.200,50", "1200.50"),
        ("1 200", "1200"),
        ("1'200.5", "1200.5"),
        ("1,200", "1200"),
        ("12,50", "12.5"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("\u0667\u0660", "70"),
        ("-70", "-70"),
    ],
)
def test_an_amount_is_read_as_it_is_written_there(cell: str, amount: str) -> None:
    assert amount_in(cell) == Decimal(amount)


@pytest.mark.parametrize("cell", ["", "seventy", "7-0", "1.23456", "--"])
def test_what_is_no_amount_is_none(cell: str) -> None:
    assert amount_in(cell) is None


def test_columns_are_known_by_what_providers_head_them() -> None:
    headed = ["Trx ID", "End-to-End ID", "TxSts", "Montant payé", "Motif"]

    assert columns_meant(headed) == {
        "reference": "End-to-End ID",
        "outcome": "TxSts",
        "amount": "Montant payé",
        "reason": "Motif",
        "their_number": "Trx ID",
    }


def test_a_column_holds_one_thing() -> None:
    assert columns_meant(["Reference", "Amount"]) == {"reference": "Reference", "amount": "Amount"}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("SUCCESS", Told.PAID),
        ("ACSC", Told.PAID),
        ("Partially_Paid", Told.PARTLY_PAID),
        ("RJCT", Told.FAILED),
        ("Returned", Told.REVERSED),
        ("en cours", Told.PENDING),
        ("stuck in the mud", None),
        ("", None),
    ],
)
def test_words_mean_what_providers_mean_by_them(said: str, told: Told | None) -> None:
    assert outcome_meant(said, {}) is told


def test_what_was_said_of_a_provider_goes_before_what_is_known() -> None:
    assert outcome_meant("OK", {"ok": "pending"}) is Told.PENDING


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("Beneficiary refused", Rejection.REFUSED),
        ("Wallet not registered", Rejection.ACCOUNT_UNKNOWN),
        ("AC04", Rejection.ACCOUNT_UNKNOWN),
        ("network", Rejection.OTHER),
        ("", Rejection.OTHER),
    ],
)
def test_a_reason_has_its_code(reason: str, code: Rejection) -> None:
    assert rejection_meant(reason) is code


def test_a_reference_that_is_none_of_ours_stays_as_it_stands() -> None:
    assert reference_in("inv 7") == "INV 7"
