"""What a provider's answers change: orders, and the entitlements they were made for."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import CTE, Select, String, case, cast, func, null, select, type_coerce, update
from sqlalchemy.orm import Session

from core.db import states
from programs.models.entitlements import Entitlement, EntitlementState
from programs.models.payments import Payment, PaymentState
from programs.models.reconciliations import Finding, Reconciliation, ReconciliationRow
from programs.queries.verdicts import APPLIED
from programs.statements.words import Rejection

GIVEN_UP = (Finding.FAILED, Finding.REVERSED)


@dataclass(frozen=True)
class Settled:
    """How many orders were answered, and what of their money is not spent."""

    orders: int
    freed: Decimal


def settle(session: Session, found: Reconciliation) -> Settled:
    """Write the answers of a file into its orders and their entitlements, in one statement."""
    told = _told(found).cte("told")
    said = (told.c.finding, told.c.amount.label("paid"), told.c.rejection)
    answered = (
        update(Payment)
        .where(Payment.id == told.c.payment_id)
        .values(state=type_coerce(cast(told.c.finding, String), states(PaymentState)))
        .returning(Payment.entitlement_id, Payment.amount, *said)
        .cte("answered")
    )
    freed = func.coalesce(
        func.sum(answered.c.amount).filter(answered.c.finding.in_(GIVEN_UP)), Decimal(0)
    )
    tally = select(func.count(), freed).select_from(answered).add_cte(_entitled(answered))
    orders, total = session.execute(tally).one()
    session.expire_all()
    return Settled(orders, total)


def _told(found: Reconciliation) -> Select[*tuple[Any, ...]]:
    row = ReconciliationRow
    return select(row.payment_id, row.finding, row.amount, row.rejection).where(
        row.reconciliation_id == found.id, row.finding.in_(APPLIED)
    )


def _entitled(answered: CTE) -> CTE:
    """What was paid is redeemed, what was not is rejected, with the reason."""
    told = answered.c
    state = case(
        (told.finding == Finding.PAID, EntitlementState.REDEEMED.value),
        (told.finding == Finding.PARTLY_PAID, EntitlementState.PARTLY_REDEEMED.value),
        else_=EntitlementState.REJECTED.value,
    )
    redeemed = case(
        (told.finding == Finding.PAID, Entitlement.amount),
        (told.finding == Finding.PARTLY_PAID, told.paid),
        else_=Decimal(0),
    )
    why = case((told.finding.in_(GIVEN_UP), cast(told.rejection, String)), else_=null())
    return (
        update(Entitlement)
        .where(Entitlement.id == told.entitlement_id)
        .values(
            state=type_coerce(state, states(EntitlementState)),
            redeemed=redeemed,
            rejected_for=type_coerce(why, states(Rejection)),
        )
        .returning(Entitlement.id)
        .cte("entitled")
    )
