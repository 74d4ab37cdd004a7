"""What the rows of a provider's file come to, as settling takes it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, String, case, cast, func, literal, null, select
from sqlalchemy.orm import Session

from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Entitlement
from programs.models.payments import Payment, PaymentState
from programs.models.reconciliations import Finding, Reconciliation, ReconciliationRow
from programs.queries.verdicts import APPLIED
from programs.services.settling import settled

GIVEN_UP = (Finding.FAILED, Finding.REVERSED)
MATCHED = (Finding.PAID, Finding.CONFIRMED)


@dataclass(frozen=True)
class Settled:
    """How many orders were answered, and what of their money is not spent."""

    orders: int
    freed: Decimal


def settle(session: Session, found: Reconciliation, cycle: Cycle) -> Settled:
    """Write the answers of a file into its orders and their entitlements, in one statement."""
    rows = session.execute(settled(_told(found, cycle).cte("told"))).all()
    session.expire_all()
    return Settled(sum(row[1] for row in rows), sum((row[2] for row in rows), Decimal(0)))


def hold_orders(session: Session, found: Reconciliation) -> None:
    """Lock the orders a file speaks of: what a provider answers at this moment comes before."""
    row = ReconciliationRow
    meant = select(row.payment_id).where(
        row.reconciliation_id == found.id, row.finding.in_(APPLIED)
    )
    held = select(Payment.id).where(Payment.id.in_(meant)).order_by(Payment.id).with_for_update()
    session.execute(select(func.count()).select_from(held.subquery("held")))


def _told(found: Reconciliation, cycle: Cycle) -> Select[*tuple[Any, ...]]:
    """What is paid is reconciled by this: a file of the provider shows it. What is not is given up,
    for the reason the file tells."""
    row, kind = ReconciliationRow, Payment.state.type
    matched, given_up = row.finding.in_(MATCHED), row.finding.in_(GIVEN_UP)
    state = case(
        (matched, literal(PaymentState.RECONCILED, kind)),
        (row.finding == Finding.PARTLY_PAID, literal(PaymentState.PARTLY_PAID, kind)),
        (row.finding == Finding.FAILED, literal(PaymentState.FAILED, kind)),
        else_=literal(PaymentState.REVERSED, kind),
    )
    paid = case(
        (matched, Payment.amount),
        (row.finding == Finding.PARTLY_PAID, row.amount),
        (row.finding == Finding.REVERSED, 0),
        else_=Payment.paid,
    )
    why = case((given_up, cast(row.rejection, String)), else_=null())
    return (
        select(
            Payment.id,
            state.label("state"),
            paid.label("paid"),
            func.coalesce(func.nullif(row.reason, ""), Payment.said).label("said"),
            func.nullif(row.their_number, "").label("named"),
            cast(why, Entitlement.rejected_for.type).label("rejection"),
            case((given_up, _bound(cycle)), else_=Decimal(0)).label("freed"),
        )
        .join(Payment, Payment.id == row.payment_id)
        .join(Entitlement, Entitlement.id == Payment.entitlement_id)
        .where(row.reconciliation_id == found.id, row.finding.in_(APPLIED))
    )


def _bound(cycle: Cycle) -> Any:
    """What is bound for an order: of one paid in part the rest is free once its cycle has ended."""
    whole = Entitlement.amount + Entitlement.fee
    if cycle.state is not CycleState.ENDED:
        return whole
    part = Entitlement.redeemed + Entitlement.fee
    return case((Payment.state == PaymentState.PARTLY_PAID, part), else_=whole)
