"""What a cycle gives, in all."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from programs.models.entitlements import Entitlement
from programs.queries.eligibility import UNDONE


@dataclass(frozen=True)
class Total:
    """How many households a cycle gives to, by how many entitlements, and their sum."""

    households: int
    entitlements: int
    amount: Decimal


def total_of(session: Session, cycle_id: int) -> Total:
    """What a cycle gives in all; a decision rests on it, so it is never filtered by reach."""
    asked = select(
        func.count(Entitlement.registrant_id.distinct()),
        func.count(),
        func.coalesce(func.sum(Entitlement.amount), 0),
    ).where(Entitlement.cycle_id == cycle_id, Entitlement.state.not_in(UNDONE))
    return Total(*session.execute(asked).one())
