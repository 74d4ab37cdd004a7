"""What a cycle gives, in all."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from programs.models.sums import cycle_sums


@dataclass(frozen=True)
class Total:
    """How many households a cycle gives to, by how many entitlements, and their sum."""

    households: int
    entitlements: int
    amount: Decimal


def total_of(session: Session, cycle_id: int) -> Total:
    """What a cycle gives in all; a decision rests on it, so it is never filtered by reach."""
    sums = cycle_sums.c
    asked = select(sums.households, sums.entitlements, sums.total)
    found = session.execute(asked.where(sums.cycle_id == cycle_id)).one_or_none()
    return Total(*found) if found else Total(0, 0, Decimal(0))
