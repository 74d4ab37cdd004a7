"""What a program would come to that nobody has written yet: whom it means, and what that costs."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from programs.queries.amounts import Giving, amounts_due
from registry.models.registrants import Registrant
from registry.permissions import May
from registry.queries.reach import people_within_reach


@dataclass(frozen=True)
class Foreseen:
    """Households, or people, a rule means today, those of them that are given something, and what
    one round costs: amounts and fees."""

    meant: int
    given: int
    amount: Decimal
    fees: Decimal

    @property
    def cost(self) -> Decimal:
        return self.amount + self.fees


def foreseen(session: Session, rule: str, giving: Giving, *, actor: Actor) -> Foreseen:
    """What one round would come to for every registered household, or person, the actor sees.

    Raises:
        Forbidden; Invalid, Forbidden: the rule or an amount cannot be read, or asks what the actor
        may not.
    """
    actor.require(May.READ_REGISTRANTS)
    whom = giving.whom
    seen = select(Registrant.id).where(
        whom.counted(), people_within_reach(actor, Registrant.id, Registrant.area_id)
    )
    of = None if actor.sees_all else seen
    meant = whom.matching(session, rule, giving.on, actor=actor, of=of).cte("meant")
    people = whom.composition(giving.on, select(meant.c.registrant_id))
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
    due = amounts_due(session, giving, members, actor=actor).c
    given, amount, fees = session.execute(
        select(
            func.count(due.registrant_id.distinct()),
            func.coalesce(func.sum(due.amount), 0),
            func.coalesce(func.sum(due.fee), 0),
        )
    ).one()
    counted = session.scalars(select(func.count()).select_from(meant)).one()
    return Foreseen(counted, given, amount, fees)
