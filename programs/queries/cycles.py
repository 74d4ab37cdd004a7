"""Asking about cycles: the one an act is to change, and what a round would be before it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ARRAY, CTE, BigInteger, Row, Select, Subquery, func, literal, select
from sqlalchemy.orm import Session, aliased

from core.actor import Actor
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.words import _
from geo.models.areas import Area
from geo.queries.areas import in_force
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Entitlement, EntitlementState
from programs.models.memberships import LeftOut, MembershipState
from programs.models.programs import Program, ProgramState
from programs.permissions import May
from programs.queries.amounts import Giving, amounts_due
from programs.queries.conditions import held_to
from programs.queries.eligibility import Round, judged
from programs.queries.gifts import gifts_of
from programs.queries.reach import program_seen, sees, within_programs
from registry.counting.people import FIGURES, People
from registry.models.rosters import Roster, RosterState

MOST_AREAS = 60
MOST_LISTS = 100


class CycleElsewhere(Conflict):
    """This cycle is {state}; that can only be done while it is {wanted}."""


class CycleBeyondReach(Forbidden):
    """This cycle has households outside your areas; somebody who sees all of it has to do this."""


class ReasonMissing(Invalid):
    """Say in a few words why, for those who prepared it."""


@dataclass(frozen=True)
class LeftOutCount:
    """How many households one reason leaves out; `program` serves them where that is the reason."""

    reason: LeftOut
    program: str | None
    households: int


@dataclass(frozen=True)
class AreaCost:
    """What one area would get; without P-code it is the households whose place is not known."""

    pcode: str | None
    name: str | None
    households: int
    people: int
    cost: Decimal


@dataclass(frozen=True)
class Preview:
    """What a round would be: whom it asks and enrols, what it costs, who is left out and why."""

    asked: int
    households: int
    people: People
    cost: Decimal
    left_out: list[LeftOutCount]
    areas: list[AreaCost]


@dataclass(frozen=True)
class Choices:
    """What a cycle can start from: open programs and frozen lists, (key, words) each."""

    programs: list[tuple[int, str]]
    rosters: list[tuple[int, str]]


def locked_cycle(session: Session, cycle_id: int, *states: CycleState, actor: Actor) -> Cycle:
    """The cycle an act is about, locked until the transaction ends.

    Raises:
        NotFound; CycleElsewhere: it stands in another state; CycleBeyondReach: the actor does not
        see all of it, and what an act signs is the whole of its subject.
    """
    cycle = session.get(Cycle, cycle_id, with_for_update=True, populate_existing=True)
    if cycle is None or not sees(actor, cycle.program_id):
        raise NotFound(cycle=cycle_id)
    if cycle.state not in states:
        wanted = _(" or ").join(state_said(state) for state in states)
        raise CycleElsewhere(state=state_said(cycle.state), wanted=wanted)
    if sees_part_only(session, cycle.roster_id, actor=actor):
        raise CycleBeyondReach
    return cycle


def choices(session: Session, *, actor: Actor) -> Choices:
    """What the actor could start a cycle from, newest first."""
    actor.require(May.PREPARE_CYCLES)
    programs = (
        select(Program.id, Program.name)
        .where(Program.state == ProgramState.ACTIVE, within_programs(actor, Program.id))
        .order_by(Program.id.desc())
    )
    rosters = (
        select(Roster.id, Roster.name)
        .where(Roster.state == RosterState.FROZEN)
        .order_by(Roster.frozen_at.desc())
        .limit(MOST_LISTS)
    )
    return Choices(
        programs=list(session.execute(programs)),
        rosters=list(session.execute(rosters)),
    )


def sees_part_only(session: Session, roster_id: int, *, actor: Actor) -> bool:
    """Whether some of a roster's households stand outside the areas an actor sees."""
    if actor.national:
        return False
    roots = literal(sorted(actor.area_ids), ARRAY(BigInteger))
    return bool(session.scalar(select(func.beyond_reach(roster_id, roots))))


def reason_given(written: str) -> str:
    """The reason somebody wrote, without blanks round it.

    Raises:
        ReasonMissing: there is none.
    """
    if not written.strip():
        raise ReasonMissing
    return written.strip()


def nothing_left(session: Session, cycle: Cycle) -> bool:
    """Whether all that was approved in a cycle is on its way: ordered, or out as a voucher."""
    waiting = select(Entitlement.id).where(
        Entitlement.cycle_id == cycle.id, Entitlement.state == EntitlementState.APPROVED
    )
    return session.scalar(waiting.limit(1)) is None


def state_said(state: CycleState) -> str:
    """What a cycle's state is called."""
    return {
        CycleState.DRAFT: _("a draft"),
        CycleState.TO_APPROVE: _("waiting for signatures"),
        CycleState.APPROVED: _("approved"),
        CycleState.DISTRIBUTED: _("handed out"),
        CycleState.ENDED: _("ended"),
        CycleState.CANCELLED: _("cancelled"),
    }[state]


def preview(session: Session, asked: Round, *, actor: Actor) -> Preview:
    """What a round would be, before anything of it is written; one statement counts it all.

    Raises:
        Invalid, Forbidden: the program's rule cannot be read or used by this actor.
        NotFound: the program is none they see. CycleBeyondReach: they see a part of the list only.
    """
    actor.require(May.READ_PROGRAMS)
    if sees_part_only(session, asked.roster_id, actor=actor):
        raise CycleBeyondReach
    program = program_seen(session, asked.program_id, actor=actor)
    rows = session.execute(
        _tally(session, asked, program.currency, level_told(session), actor)
    ).all()
    enrolled = [row for row in rows if row.state is MembershipState.ENROLLED]
    return Preview(
        asked=sum(row.households for row in rows),
        households=sum(row.households for row in enrolled),
        people=sum((_people(row) for row in enrolled), People()),
        cost=sum((row.cost for row in enrolled), Decimal(0)),
        left_out=_left_out(rows),
        areas=[
            AreaCost(row.pcode, row.name, row.households, row.people, row.cost) for row in enrolled
        ],
    )


def _tally(
    session: Session, asked: Round, currency: str, level: int, actor: Actor
) -> Select[*tuple[Any, ...]]:
    """Households, people and cost by verdict and by area of a level."""
    verdicts = judged(session, asked, actor=actor)
    held = held_to(session, verdicts, asked.program_id, asked.starts_on, actor=actor)
    judgement = select(held).cte("judgement")
    due = _due(session, judgement, asked, currency, actor)
    j, leaf, area, by = judgement.c, aliased(Area), aliased(Area), aliased(Program)
    verdict = (j.state, j.reason, by.name.label("program"), area.pcode, area.name)
    return (
        select(
            *verdict,
            func.count().label("households"),
            func.coalesce(func.sum(due.c.cost), 0).label("cost"),
            *(func.sum(j[name]).label(name) for name in FIGURES),
        )
        .select_from(judgement)
        .outerjoin(due, due.c.registrant_id == j.registrant_id)
        .outerjoin(leaf, leaf.id == j.area_id)
        .outerjoin(area, area.id == func.coalesce(leaf.path[level + 1], leaf.id))
        .outerjoin(by, (by.id == j.by_program_id) & within_programs(actor, by.id))
        .group_by(*verdict, by.id, area.id)
        .order_by(area.pcode)
    )


def _due(session: Session, judgement: CTE, asked: Round, currency: str, actor: Actor) -> Subquery:
    """What all benefits of each enrolled household cost, fees among it."""
    j = judgement.c
    enrolled = (
        select(j.registrant_id, j.area_id, j.people)
        .where(j.state == MembershipState.ENROLLED)
        .subquery("enrolled")
    )
    gifts = gifts_of(session, asked.program_id)
    giving = Giving(gifts, currency, asked.starts_on, asked.whom)
    due = amounts_due(session, giving, enrolled, actor=actor)
    cost = func.sum(due.c.amount + due.c.fee).label("cost")
    return select(due.c.registrant_id, cost).group_by(due.c.registrant_id).subquery("cost")


def level_told(session: Session) -> int:
    """The deepest level of areas that still makes a table one can read."""
    few = (
        select(Area.level)
        .where(in_force())
        .group_by(Area.level)
        .having(func.count() <= MOST_AREAS)
        .order_by(Area.level.desc())
    )
    return session.scalar(few.limit(1)) or 0


def _left_out(rows: Iterable[Row[Any]]) -> list[LeftOutCount]:
    counts: dict[tuple[LeftOut, str | None], int] = {}
    for row in rows:
        if row.reason is not None:
            key = (row.reason, row.program)
            counts[key] = counts.get(key, 0) + row.households
    most_first = sorted(counts.items(), key=lambda item: -item[1])
    return [LeftOutCount(reason, program, n) for (reason, program), n in most_first]


def _people(row: Row[Any]) -> People:
    return People(**{name: int(getattr(row, name)) for name in FIGURES})
