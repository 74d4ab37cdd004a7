"""Telephone numbers and accounts as people of many countries write them."""

import pytest

from registry.parsing.accounts import AccountImpossible, IbanWrong, bank_account
from registry.parsing.phones import PhoneImpossible, dialled

NAIROBI = "+254712345678"


@pytest.mark.parametrize(
    ("typed", "region", "kept"),
    [
        ("0712 345 678", "KE", NAIROBI),
        ("+254 (712) 345-678", "", NAIROBI),
        ("00254712345678", "KE", NAIROBI),
        ("00 254 712 345 678", "", NAIROBI),
        ("٠٧١٢٣٤٥٦٧٨", "KE", NAIROBI),
        ("٠٠٢٥٤٧١٢٣٤٥٦٧٨", "", NAIROBI),
        ("tel:+254-712-345-678", "", NAIROBI),
        ("+86 138 0013 8000", "KE", "+8613800138000"),
        ("00 1 202 555 0123", "KE", "+12025550123"),
    ],
)
def test_a_number_is_understood_as_it_is_dialled(typed: str, region: str, kept: str) -> None:
    assert dialled(typed, region).value == kept


@pytest.mark.parametrize(
    ("typed", "region"),
    [
        *(("712345678", ""), ("0", "KE"), ("911", "KE"), ("000712345678", "KE"), ("+1 555", "")),
        *(("0712345678 / 0722345678", "KE"), ("'; drop table contacts", "KE"), ("+" * 50, "")),
    ],
)
def test_what_nobody_can_dial_is_refused(typed: str, region: str) -> None:
    with pytest.raises(PhoneImpossible):
        dialled(typed, region)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("de89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("SA03 8000 0000 6080 1016 7519", "SA0380000000608010167519"),
        ("MT84MALT011000012345MTLCAST001S", "MT84MALT011000012345MTLCAST001S"),
        ("١٢٣٤ ٥٦٧٨", "12345678"),
        ("12-34-56 12345678", "12345612345678"),
    ],
)
def test_an_account_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert bank_account(typed).value == kept


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("DE89 3704 0044 0532 0130 01", IbanWrong),
        ("DE89 3704 0044 0532 0130", IbanWrong),
        ("XX12345678901234", IbanWrong),
        ("123", AccountImpossible),
        ("счёт 1234", AccountImpossible),
        ("", AccountImpossible),
    ],
)
def test_an_account_that_cannot_be_is_refused(typed: str, fault: type[Exception]) -> None:
    with pytest.raises(fault):
        bank_account(typed)
