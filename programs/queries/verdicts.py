"""What each row of a provider's file comes to, held against the orders of its cycle."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Entitlement
from programs.models.payments import Payment, PaymentBatch, PaymentEvent, PaymentState
from programs.models.reconciliations import Finding, Reconciliation, ReconciliationRow
from programs.statements.words import Told

UNANSWERED = (
    PaymentState.ISSUED,
    PaymentState.SENDING,
    PaymentState.SENT,
    PaymentState.IN_DOUBT,
)
"""States of an order of which nobody has said yet what became of it."""
APPLIED = (
    *(Finding.PAID, Finding.CONFIRMED, Finding.PARTLY_PAID),
    *(Finding.FAILED, Finding.REVERSED),
)
"""What changes an order when the file is applied."""


def orders_of(cycle_id: int) -> Subquery:
    """The orders of a cycle by what a provider calls them:
    `payment_id, reference, amount, state, paid, area_id`."""
    return (
        select(
            Payment.id.label("payment_id"),
            Payment.reference,
            Payment.amount,
            Payment.state,
            Entitlement.redeemed.label("paid"),
            Payment.area_id,
        )
        .join(Entitlement, Entitlement.id == Payment.entitlement_id)
        .where(Entitlement.cycle_id == cycle_id)
        .subquery("orders")
    )


def earlier_of(cycle_id: int) -> Subquery:
    """The references that orders of a cycle had before they were sent anew: `reference`."""
    return (
        select(PaymentEvent.reference)
        .join(Payment, Payment.id == PaymentEvent.payment_id)
        .join(PaymentBatch, PaymentBatch.id == Payment.batch_id)
        .where(
            PaymentBatch.cycle_id == cycle_id,
            Payment.attempt > 0,
            PaymentEvent.reference != Payment.reference,
        )
        .distinct()
        .subquery("before")
    )


def judged_rows(found: Reconciliation, cycle: Cycle) -> Select[*tuple[Any, ...]]:
    """For each row its `row_number`, the order it speaks of, that one's area, and the finding."""
    row, orders = ReconciliationRow, orders_of(found.cycle_id)
    before = earlier_of(found.cycle_id).c
    order = orders.c
    told = cast(literal(found.words, JSONB)[row.word].astext, String)
    one = func.concat_ws("|", told, func.coalesce(row.amount, order.amount))
    order_id, least, most = order.payment_id, func.min(one), func.max(one)
    held = (
        select(
            row.row_number,
            row.reference,
            row.amount,
            row.has_amount,
            told.label("told"),
            order.payment_id,
            order.area_id,
            order.amount.label("due"),
            order.state,
            order.paid,
            before.reference.label("before"),
            (least.over(partition_by=order_id) != most.over(partition_by=order_id)).label(
                "disagrees"
            ),
            func.row_number().over(partition_by=order_id, order_by=row.row_number).label("time"),
        )
        .outerjoin(orders, order.reference == row.reference)
        .outerjoin(before.reference.table, before.reference == row.reference)
        .where(row.reconciliation_id == found.id)
        .subquery("held")
    ).c
    return select(
        held.row_number, held.payment_id, held.area_id, _finding(held, cycle).label("finding")
    )


def _finding(held: Any, cycle: Cycle) -> ColumnElement[Any]:
    unreadable = or_(held.reference == "", and_(held.has_amount, held.amount.is_(None)))
    elsewhere = or_(
        select(Entitlement.id).where(Entitlement.ern == held.reference).exists(),
        select(Payment.id).where(Payment.reference == held.reference).exists(),
    )
    return case(
        (unreadable, Finding.UNREADABLE),
        (held.before.is_not(None), Finding.EARLIER),
        (and_(held.payment_id.is_(None), elsewhere), Finding.ELSEWHERE),
        (held.payment_id.is_(None), Finding.UNKNOWN),
        (held.told.is_(None), Finding.UNCLEAR),
        (held.told == Told.PENDING, Finding.PENDING),
        (held.disagrees, Finding.DISAGREES),
        (held.time > 1, Finding.TWICE),
        (held.told == Told.PAID, _if_paid(held, cycle)),
        (held.told == Told.PARTLY_PAID, _if_partly(held)),
        (held.told == Told.FAILED, _if_failed(held)),
        else_=_if_reversed(held),
    )


def _if_paid(held: Any, cycle: Cycle) -> ColumnElement[Any]:
    same = func.coalesce(held.amount, held.due) == held.due
    freed = held.state == PaymentState.PARTLY_PAID if cycle.state is CycleState.ENDED else ~true()
    return case(
        (or_(held.state.in_([PaymentState.FAILED, PaymentState.REVERSED]), freed), _CONTRADICTS),
        (~same, Finding.AMOUNT_DIFFERS),
        (held.state == PaymentState.RECONCILED, Finding.ALREADY),
        (held.state == PaymentState.PAID, Finding.CONFIRMED),
        else_=Finding.PAID,
    )


def _if_partly(held: Any) -> ColumnElement[Any]:
    is_part = and_(held.amount > 0, held.amount < held.due)
    again = held.state == PaymentState.PARTLY_PAID
    return case(
        (held.amount.is_(None), Finding.UNREADABLE),
        (~is_part, Finding.AMOUNT_DIFFERS),
        (held.state.in_(UNANSWERED), Finding.PARTLY_PAID),
        (and_(again, held.amount == held.paid), Finding.ALREADY),
        (and_(again, held.amount > held.paid), Finding.PARTLY_PAID),
        else_=_CONTRADICTS,
    )


def _if_failed(held: Any) -> ColumnElement[Any]:
    return case(
        (held.state == PaymentState.FAILED, Finding.ALREADY),
        (held.state.in_(UNANSWERED), Finding.FAILED),
        else_=_CONTRADICTS,
    )


def _if_reversed(held: Any) -> ColumnElement[Any]:
    """Money that came back; from a cycle that has ended too, for then as well it did."""
    return case(
        (held.state == PaymentState.REVERSED, Finding.ALREADY),
        (held.state == PaymentState.FAILED, _CONTRADICTS),
        else_=Finding.REVERSED,
    )


_CONTRADICTS = Finding.CONTRADICTS
