"""Entitlements: giving the households of a cycle what the program owes them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Conflict, Invalid
from core.money import round_to
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Entitlement, EntitlementState
from programs.models.memberships import CycleMember, MembershipState
from programs.models.programs import Program
from programs.permissions import May
from programs.queries.amounts import MOST, Giving, amounts_due
from programs.queries.cycles import locked_cycle, reason_given
from programs.queries.following import still_to_give
from programs.queries.gifts import gifts_of
from programs.queries.targets import WHOM

DUE = ("registrant_id", "area_id", "benefit_id", "amount", "fee", "valid_until")


class AmountBeyond(Conflict):
    """An amount of this cycle has sixteen digits; look at what the program gives, and whom."""


class NobodyEnrolled(Conflict):
    """Nobody was enrolled in this cycle yet; enrol those of its list before their amounts."""


class EntitlementUnknown(Invalid):
    """No amount of this cycle has the number {ern}; look at the page of whom it is for."""


class AmountWrong(Invalid):
    """Write another amount than it is, of more than nothing; who gets nothing is paused instead."""


@dataclass(frozen=True)
class Change:
    """Another amount than the program's, and why."""

    amount: Decimal
    reason: str


@dataclass(frozen=True)
class Prepared:
    """What a preparation added: entitlements, and their sum in the program's currency."""

    entitlements: int
    total: Decimal


def prepare_entitlements(session: Session, cycle_id: int, *, actor: Actor) -> Prepared:
    """Give each enrolled household, or person, of the cycle its entitlement for each benefit.

    One statement writes, counts and sums, however many households there are. Running it again
    adds only those who became due since, and never changes an amount already given.

    Raises:
        Forbidden, NotFound, CycleElsewhere, CycleBeyondReach, NobodyEnrolled, AmountBeyond
        Invalid, Forbidden: an item cannot be read, or asks what the actor may not.
    """
    actor.require(May.PREPARE_CYCLES)
    cycle = locked_cycle(session, cycle_id, CycleState.DRAFT, actor=actor)
    if cycle.enrolled_at is None:
        raise NobodyEnrolled
    added = (
        insert(Entitlement)
        .from_select(["cycle_id", *DUE], _due(session, cycle, actor))
        .on_conflict_do_nothing()
        .returning(Entitlement.amount)
        .cte("added")
    )
    tally = select(
        func.count(), func.coalesce(func.sum(added.c.amount), 0), func.max(added.c.amount)
    )
    with audit.act(session, actor, "entitlements.prepare", cycle) as figures:
        *told, most = session.execute(tally.select_from(added)).one()
        if most is not None and most >= MOST:
            raise AmountBeyond
        prepared = Prepared(*told)
        cycle.prepared_by, cycle.prepared_at = actor.id, func.now()
        figures.update(entitlements=prepared.entitlements, total=prepared.total)
    return prepared


def adjust_entitlement(
    session: Session, cycle_id: int, ern: str, change: Change, *, actor: Actor
) -> Entitlement:
    """Change what one household is due in a cycle that nobody has been asked to sign yet. Who signs
    is shown it with its reason, and whoever changed it does not sign.

    Raises:
        Forbidden, NotFound, CycleElsewhere, CycleBeyondReach, ReasonMissing, AmountWrong
        EntitlementUnknown: the cycle has none of this number.
    """
    actor.require(May.PREPARE_CYCLES)
    cycle = locked_cycle(session, cycle_id, CycleState.DRAFT, actor=actor)
    asked = select(Entitlement).where(
        Entitlement.cycle_id == cycle.id,
        Entitlement.ern == ern.strip().upper(),
        Entitlement.state == EntitlementState.DRAFT,
    )
    entitlement = session.scalar(asked.with_for_update())
    if entitlement is None:
        raise EntitlementUnknown(ern=ern.strip())
    why = reason_given(change.reason)
    before = entitlement.amount
    after = round_to(change.amount, session.get_one(Program, cycle.program_id).currency)
    if not 0 < after < MOST or after == before:
        raise AmountWrong
    with audit.act(session, actor, "entitlements.adjust", cycle) as figures:
        entitlement.amount = after
        figures.update(ern=entitlement.ern, amount_before=before, amount=after, reason=why)
    return entitlement


def move_entitlements(
    session: Session, cycle: Cycle, old: EntitlementState, new: EntitlementState
) -> Decimal:
    """Move a cycle's entitlements from one state to another; answers what they cost in all."""
    moved = (
        update(Entitlement)
        .where(Entitlement.cycle_id == cycle.id, Entitlement.state == old)
        .values(state=new)
        .returning((Entitlement.amount + Entitlement.fee).label("cost"))
        .cte("moved")
    )
    total: Decimal = session.scalars(select(func.coalesce(func.sum(moved.c.cost), 0))).one()
    return total


def _due(session: Session, cycle: Cycle, actor: Actor) -> Select[Any]:
    """What each of the enrolled is due of each benefit, where that is more than nothing."""
    program = session.get_one(Program, cycle.program_id)
    enrolled = (
        select(CycleMember.registrant_id, CycleMember.area_id, CycleMember.people)
        .where(CycleMember.cycle_id == cycle.id, CycleMember.state == MembershipState.ENROLLED)
        .subquery("enrolled")
    )
    gifts, whom = gifts_of(session, program.id), WHOM[program.target]
    giving = Giving(gifts, program.currency, cycle.starts_on, whom)
    due = amounts_due(session, giving, enrolled, actor=actor)
    given = select(literal(cycle.id), *(due.c[name] for name in DUE))
    return given.where(still_to_give(cycle, due.c.registrant_id, due.c.benefit_id))
