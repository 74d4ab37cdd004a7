"""What a program would come to that nobody has written yet: whom it means, and what that costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from programs.queries.amounts import amounts_due
from programs.queries.gifts import Gift
from programs.queries.queryables import widest_terms
from registry.models.registrants import Registrant
from registry.permissions import May
from registry.queries.people import composition
from registry.queries.reach import people_within_reach
from registry.queries.subjects import counted_groups, matching


@dataclass(frozen=True)
class Foreseen:
    """Households a rule means today, those of them that are given something, and what one round
    costs: amounts and fees."""

    meant: int
    given: int
    amount: Decimal
    fees: Decimal

    @property
    def cost(self) -> Decimal:
        return self.amount + self.fees


def foreseen(
    session: Session, rule: str, gifts: Sequence[Gift], currency: str, on: date, *, actor: Actor
) -> Foreseen:
    """What one round would come to for every registered household the actor sees.

    Raises:
        Forbidden; Invalid, Forbidden: the rule or an amount cannot be read, or asks what the actor
        may not.
    """
    actor.require(May.READ_REGISTRANTS)
    seen = select(Registrant.id).where(
        counted_groups(), people_within_reach(actor, Registrant.id, Registrant.area_id)
    )
    words = widest_terms(session, on, actor=actor)
    of = None if actor.sees_all else seen
    meant = matching(rule, on, actor=actor, terms=words, of=of).cte("meant")
    ids = select(meant.c.registrant_id)
    people = composition(on, ids)
    members = (
        select(
            meant.c.registrant_id,
            Registrant.area_id,
            func.coalesce(people.c.people, 0).label("people"),
        )
        .join(Registrant, Registrant.id == meant.c.registrant_id)
        .outerjoin(people, people.c.registrant_id == meant.c.registrant_id)
        .subquery("members")
    )
    due = amounts_due(session, dict(enumerate(gifts)), members, on, currency, actor=actor).c
    given, amount, fees = session.execute(
        select(
            func.count(due.registrant_id.distinct()),
            func.coalesce(func.sum(due.amount), 0),
            func.coalesce(func.sum(due.fee), 0),
        )
    ).one()
    counted = session.scalars(select(func.count()).select_from(meant)).one()
    return Foreseen(counted, given, amount, fees)
