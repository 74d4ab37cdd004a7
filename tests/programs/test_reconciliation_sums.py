"""What waits for an answer, and the money from each side."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from programs.models.payments import Payment
from programs.models.reconciliations import (
    Finding,
)
from programs.queries.reconciliations import (
    all_rows,
    answered_of,
    cycles_open,
    room_of,
    rows_of,
)
from programs.services.reconciliations import (
    apply,
)
from tests.make.programs import (
    FINN,
)
from tests.make.reconciliations import make_checked, make_ordered, references_of


def test_what_waits_is_counted_by_its_days(session: Session) -> None:
    cycle = make_ordered(session)
    payments = session.scalars(select(Payment).order_by(Payment.amount)).all()
    for payment, days in zip(payments, (0, 3, 14, 31), strict=True):
        payment.created_at -= timedelta(days=days)
    session.flush()

    answered = answered_of(session, cycle)

    assert [(a.since, a.until, a.orders, a.total) for a in answered.ages] == [
        (0, 2, 1, Decimal(60)),
        (3, 7, 1, Decimal(70)),
        (8, 14, 1, Decimal(80)),
        (15, 30, 0, Decimal(0)),
        (31, None, 1, Decimal(90)),
    ]
    assert [row.days for row in room_of(session, cycle.id, actor=FINN).waiting] == [31, 14, 3, 0]
    assert [each.days for each in cycles_open(session, actor=FINN)] == [31]


def test_the_money_is_told_from_each_side(session: Session) -> None:
    cycle = make_ordered(session)
    ern = references_of(session, cycle)
    rows = (f"{ern[60]},paid,60,", f"{ern[70]},partial,30,", f"{ern[80]},failed,,")
    file = make_checked(session, cycle, *rows)
    apply(session, file.id, actor=FINN)

    told = answered_of(session, cycle)

    assert (told.entitled.entitlements, told.entitled.amount) == (
        3,
        Decimal(220),
    )  # what failed is not due
    assert (told.instructed.orders, told.instructed.total) == (4, Decimal(300))
    assert {state.value: each.total for state, each in told.says.items()} == {
        "issued": 90,
        "reconciled": 60,
        "partly_paid": 70,
        "failed": 80,
    }
    assert told.paid == 90
    assert (told.waiting.orders, told.oldest) == (1, 0)


def test_rows_that_are_not_used_go_back_with_what_was_found(session: Session) -> None:
    cycle = make_ordered(session, 3)
    ern = references_of(session, cycle)[70]
    file = make_checked(session, cycle, f"{ern},paid,71,", "ERN-AAAAAAAAAA,paid,5,")

    assert all_rows(session, file, actor=FINN) == [
        ["2", ern, "paid", "71", "70", "amount_differs"],
        ["3", "ERN-AAAAAAAAAA", "paid", "5", "", "unknown"],
    ]
    page = rows_of(session, file, actor=FINN, finding=Finding.UNKNOWN, after=0)
    assert [row.reference for row in page.rows] == ["ERN-AAAAAAAAAA"]
