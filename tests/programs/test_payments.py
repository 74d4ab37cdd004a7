"""Pay orders and the lists that leave the house."""

import csv
from dataclasses import replace
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.audit import AuditEntry
from core.errors import Forbidden
from core.storage import path_of
from geo.models.areas import Area
from programs.jobs.payments import write_payment_list
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Entitlement, EntitlementState
from programs.models.payments import Payment, PaymentBatch
from programs.models.programs import Delivery
from programs.queries.cycles import CycleBeyondReach, CycleElsewhere
from programs.queries.standing import file_made
from programs.services.payments import (
    Exported,
    ListBroken,
    NothingToPay,
    PaidByAnother,
    export_csv,
    make_payments,
)
from tests.make.geo import make_country
from tests.make.jobs import Silent
from tests.make.programs import (
    DARA,
    FINN,
    LENA,
    make_approved,
    make_family,
    make_gift,
    make_prepared,
    make_program,
)
from tests.make.registry import make_location


def _village(session: Session) -> Cycle:
    """Three families in district X11 of three, one and seven, due 70, 50 and the cap of 90."""
    areas = make_country(session)
    place = make_location(session, 0.5, 0.5, area_id=areas["X11"].id)
    families = [
        make_family(session, 3, place, name="Household of Amina Doro"),
        make_family(session, 1, place, name="=cmd|' /C calc'!A0"),
        make_family(session, 7, name="Ode, Rana"),
    ]
    return make_approved(session, make_program(session), *families)


def _rows(exported: Exported) -> list[dict[str, str]]:
    with path_of(exported.kept.sha256).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_approved_entitlement_in_money_becomes_one_order(session: Session) -> None:
    cycle = _village(session)

    batch = make_payments(session, cycle.id, actor=FINN)

    assert (batch.orders, batch.total) == (3, Decimal(210))
    assert sorted(session.scalars(select(Payment.amount))) == [50, 70, 90]
    assert set(session.scalars(select(Entitlement.state))) == {EntitlementState.SENT}
    assert cycle.state is CycleState.DISTRIBUTED


def test_the_csv_holds_what_a_provider_needs(session: Session) -> None:
    batch = make_payments(session, _village(session).id, actor=FINN)

    rows = _rows(export_csv(session, batch.id, actor=FINN))

    amina = next(row for row in rows if "Amina" in row["name"])
    entitlement = session.scalars(select(Entitlement).where(Entitlement.amount == 70)).one()
    assert list(amina) == [
        "ern",
        "registrant",
        "name",
        "area_pcode",
        "area",
        "amount",
        "currency",
        "delivery",
    ]
    assert amina["ern"] == entitlement.ern
    assert amina["registrant"].startswith("HG-")
    assert (amina["area_pcode"], amina["area"]) == ("X11", "Area X11")
    assert (amina["amount"], amina["currency"], amina["delivery"]) == ("70.00", "KES", "cash")
    assert [row["ern"] for row in rows] == sorted(row["ern"] for row in rows)


def test_a_name_that_looks_like_a_formula_leaves_as_text(session: Session) -> None:
    batch = make_payments(session, _village(session).id, actor=FINN)

    names = {row["name"] for row in _rows(export_csv(session, batch.id, actor=FINN))}

    assert "'=cmd|' /C calc'!A0" in names


def test_a_list_is_read_only_by_who_sees_all_of_it(session: Session) -> None:
    cycle = _village(session)
    batch = make_payments(session, cycle.id, actor=FINN)
    made = export_csv(session, batch.id, actor=FINN).kept.sha256
    district = session.scalars(select(Area.id).where(Area.pcode == "X11"))
    local = replace(FINN, national=False, area_ids=frozenset(district))

    assert file_made(session, cycle.id, made, actor=FINN).sha256 == made
    with pytest.raises(CycleBeyondReach):
        file_made(session, cycle.id, made, actor=local)


def test_the_same_list_is_the_same_bytes_and_each_export_leaves_an_entry(session: Session) -> None:
    batch = make_payments(session, _village(session).id, actor=FINN)

    first, second = (export_csv(session, batch.id, actor=FINN) for _ in range(2))
    books = [
        write_payment_list(session, actor=FINN, progress=Silent(), batch_id=batch.id)
        for _ in range(2)
    ]

    assert first.kept.sha256 == second.kept.sha256
    assert books[0]["sha256"] == books[1]["sha256"]
    entries = session.scalars(select(AuditEntry).filter_by(action="payments.export")).all()
    assert [e.figures["file"] for e in entries] == ["csv", "csv", "xlsx", "xlsx"]
    assert {e.figures["total"] for e in entries} == {"210.00"}


def test_a_list_a_worker_writes_is_the_same_and_says_how_far_it_is(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = make_payments(session, _village(session).id, actor=FINN)
    at_once = export_csv(session, batch.id, actor=FINN)
    monkeypatch.setattr("core.bulk.TOLD_EVERY", 2)
    progress = Silent()

    made = write_payment_list(session, actor=FINN, progress=progress, batch_id=batch.id, kind="csv")

    assert made == {"sha256": at_once.kept.sha256, "orders": 3}
    assert [said[:2] for said in progress.said] == [(2, 3)]


def test_the_workbook_has_the_orders_of_the_csv_and_their_sum(session: Session) -> None:
    batch = make_payments(session, _village(session).id, actor=FINN)
    rows = _rows(export_csv(session, batch.id, actor=FINN))

    made = write_payment_list(session, actor=FINN, progress=Silent(), batch_id=batch.id)

    book = CalamineWorkbook.from_path(str(path_of(made["sha256"])))
    header, *orders = book.get_sheet_by_name("Orders").to_python()
    assert header == list(rows[0])
    assert [order[0] for order in orders] == [row["ern"] for row in rows]
    assert [order[5] for order in orders] == [float(row["amount"]) for row in rows]
    assert book.get_sheet_by_name("Sums").to_python() == [["orders", "total"], [3, 210]]


def test_a_list_that_does_not_add_up_to_what_was_made_does_not_leave(session: Session) -> None:
    batch = make_payments(session, _village(session).id, actor=FINN)
    session.execute(update(PaymentBatch).values(total=Decimal(211)))
    session.expire_all()

    with pytest.raises(ListBroken, match=r"3 orders of 210.00 in all, but 3 of 211.0000"):
        export_csv(session, batch.id, actor=FINN)


@pytest.mark.parametrize("person", [DARA, LENA])
def test_who_prepared_or_signed_does_not_pay(session: Session, person: object) -> None:
    cycle = _village(session)

    with pytest.raises(PaidByAnother):
        make_payments(session, cycle.id, actor=person)  # type: ignore[arg-type]


def test_a_cycle_is_paid_once_and_not_before_it_is_approved(session: Session) -> None:
    program = make_program(session)
    waiting = make_prepared(session, program, make_family(session, 2))
    with pytest.raises(CycleElsewhere, match="is a draft; that can only be done while it is appr"):
        make_payments(session, waiting.id, actor=FINN)

    paid = make_approved(session, program, make_family(session, 2))
    make_payments(session, paid.id, actor=FINN)

    with pytest.raises(CycleElsewhere, match="handed out"):
        make_payments(session, paid.id, actor=FINN)


def test_what_goes_out_as_vouchers_is_not_paid(session: Session) -> None:
    program = make_program(session, make_gift(delivery=Delivery.VOUCHER))
    cycle = make_approved(session, program, make_family(session, 2))

    with pytest.raises(NothingToPay):
        make_payments(session, cycle.id, actor=FINN)


def test_paying_and_exporting_need_their_permissions(session: Session, visitor: object) -> None:
    cycle = _village(session)
    with pytest.raises(Forbidden):
        make_payments(session, cycle.id, actor=visitor)  # type: ignore[arg-type]
    batch = make_payments(session, cycle.id, actor=FINN)
    with pytest.raises(Forbidden):
        export_csv(session, batch.id, actor=visitor)  # type: ignore[arg-type]


def test_a_thousand_orders_cost_no_more_statements_than_one(
    session: Session, statements: list[str]
) -> None:
    program = make_program(session)
    small = make_approved(session, program, make_family(session, 1))
    statements.clear()
    make_payments(session, small.id, actor=FINN)
    for_one = len(statements)
    families = [make_family(session, 1) for _ in range(100)]
    large = make_approved(session, program, *families)
    statements.clear()

    make_payments(session, large.id, actor=FINN)

    assert len(statements) == for_one
