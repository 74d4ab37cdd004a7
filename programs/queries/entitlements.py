"""What a cycle gives, in all."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from programs.models.entitlements import Entitlement, EntitlementState
from programs.models.sums import cycle_sums


@dataclass(frozen=True)
class Total:
    """How many households a cycle gives to, by how many entitlements, their sum, and what that
    costs with its fees."""

    households: int
    entitlements: int
    amount: Decimal
    cost: Decimal


def still_good(on: date) -> ColumnElement[bool]:
    """Whether an entitlement is given on a day: one that is over is not."""
    return or_(Entitlement.valid_until.is_(None), Entitlement.valid_until >= on)


def total_of(session: Session, cycle_id: int) -> Total:
    """What a cycle gives in all; a decision rests on it, so it is never filtered by reach."""
    sums = cycle_sums.c
    asked = select(sums.households, sums.entitlements, sums.total, sums.cost)
    found = session.execute(asked.where(sums.cycle_id == cycle_id)).one_or_none()
    return Total(*found) if found else Total(0, 0, Decimal(0), Decimal(0))


def rest_of(session: Session, cycle_id: int) -> Decimal:
    """What was not given of that which was given in part; nobody takes it once a cycle ends."""
    rest = func.coalesce(func.sum(Entitlement.amount - Entitlement.redeemed), 0)
    asked = select(rest).where(
        Entitlement.cycle_id == cycle_id, Entitlement.state == EntitlementState.PARTLY_REDEEMED
    )
    return Decimal(session.scalars(asked).one())
