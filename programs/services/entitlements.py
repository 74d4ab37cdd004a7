"""Entitlements: giving the households of a cycle what the program owes them."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Select, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Conflict
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Entitlement, EntitlementState
from programs.models.memberships import CycleMember, MembershipState
from programs.models.programs import Benefit, Program
from programs.permissions import May
from programs.queries.amounts import amount_due
from programs.queries.cycles import locked_cycle


class NobodyEnrolled(Conflict):
    """Nobody was enrolled in this cycle yet; enrol its households before their amounts."""


@dataclass(frozen=True)
class Prepared:
    """What a preparation added: entitlements, and their sum in the program's currency."""

    entitlements: int
    total: Decimal


def prepare_entitlements(session: Session, cycle_id: int, *, actor: Actor) -> Prepared:
    """Give each enrolled household of the cycle its entitlement for each benefit.

    One statement writes, counts and sums, however many households there are. Running it again
    adds only those who became due since, and never changes an amount already given.

    Raises:
        Forbidden, NotFound, CycleElsewhere, CycleBeyondReach, NobodyEnrolled
    """
    actor.require(May.PREPARE_CYCLES)
    cycle = locked_cycle(session, cycle_id, CycleState.DRAFT, actor=actor)
    if cycle.enrolled_at is None:
        raise NobodyEnrolled
    added = (
        insert(Entitlement)
        .from_select(
            ["cycle_id", "registrant_id", "benefit_id", "area_id", "amount"], _due(session, cycle)
        )
        .on_conflict_do_nothing(index_elements=["cycle_id", "registrant_id", "benefit_id"])
        .returning(Entitlement.amount)
        .cte("added")
    )
    tally = select(func.count(), func.coalesce(func.sum(added.c.amount), 0)).select_from(added)
    with audit.act(session, actor, "entitlements.prepare", cycle) as figures:
        prepared = Prepared(*session.execute(tally).one())
        cycle.prepared_by, cycle.prepared_at = actor.id, func.now()
        figures.update(entitlements=prepared.entitlements, total=prepared.total)
    return prepared


def move_entitlements(
    session: Session, cycle: Cycle, old: EntitlementState, new: EntitlementState
) -> Decimal:
    """Move a cycle's entitlements from one state to another; answers the sum of their amounts."""
    moved = (
        update(Entitlement)
        .where(Entitlement.cycle_id == cycle.id, Entitlement.state == old)
        .values(state=new)
        .returning(Entitlement.amount)
        .cte("moved")
    )
    total: Decimal = session.scalars(select(func.coalesce(func.sum(moved.c.amount), 0))).one()
    return total


def _due(session: Session, cycle: Cycle) -> Select[int, int, int, int | None, Decimal]:
    """What each enrolled household is due of each benefit, where that is more than nothing."""
    currency = session.get_one(Program, cycle.program_id).currency
    amount = amount_due(CycleMember.people, currency)
    return (
        select(
            literal(cycle.id), CycleMember.registrant_id, Benefit.id, CycleMember.area_id, amount
        )
        .join(Benefit, Benefit.program_id == cycle.program_id)
        .where(
            CycleMember.cycle_id == cycle.id,
            CycleMember.state == MembershipState.ENROLLED,
            amount > 0,
        )
    )
