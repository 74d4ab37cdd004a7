"""Cycles that come of others: the next one, one for those who got nothing, one on top of another
program's."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Insert, Select, insert, literal, select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Conflict, NotFound
from core.words import _
from programs.models.cycles import Cycle, CycleState
from programs.models.memberships import CycleMember, MembershipState
from programs.models.programs import Program
from programs.permissions import May
from programs.queries.cycles import locked_cycle
from programs.queries.following import (
    came_back,
    last_cycle,
    who_got_nothing,
    who_is_enrolled,
    who_stays,
)
from programs.queries.programs import locked_program
from programs.queries.targets import WHOM, Taken, Whom, whom_of
from programs.services.cycles import Begun, RosterNotFrozen, Start, enrol, start_cycle
from programs.services.entitlements import prepare_entitlements
from programs.services.reissues import give_up
from registry.models.registrants import Registrant
from registry.models.rosters import Roster, RosterState
from registry.services.rosters import RosterEmpty, keep_part

GIVEN = (CycleState.APPROVED, CycleState.DISTRIBUTED, CycleState.ENDED)


class NoCycleBefore(Conflict):
    """The program had no cycle yet whose members another could take over; start one from a list."""


class NobodyLeft(Conflict):
    """Nobody of that cycle is to be taken over: they have left the program, or a list is empty."""


class NobodyMissed(Conflict):
    """Nothing of that cycle came back that is not given again already; there is nobody to follow
    up."""


class SameProgram(Conflict):
    """A cycle is topped up by another program; within its own, start the next cycle."""


@dataclass(frozen=True)
class Part:
    """Whom a cycle takes over: those of a cycle before, households or people, and in words which
    of them."""

    before: Cycle
    of: Select[int]
    whom: Whom
    because: str


@dataclass(frozen=True)
class Named:
    """What a cycle that comes of another is called, and the day ages are counted on."""

    name: str
    starts_on: date


def start_next(
    session: Session,
    program_id: int,
    named: Named,
    *,
    actor: Actor,
    rechecks: bool = True,
    due_on: date | None = None,
) -> Cycle:
    """Start the next cycle of a program with those of the last one who are still in the program.

    With `rechecks` the rule is asked of them again once they are enrolled; without, they are taken
    over, and only who left, was paused, declines or is served elsewhere is left out.

    Raises:
        What `start_cycle` refuses; NoCycleBefore, NobodyLeft
    """
    actor.require(May.PREPARE_CYCLES)
    locked_program(session, program_id, actor=actor)
    before = last_cycle(session, program_id)
    if before is None:
        raise NoCycleBefore
    because = _("those of cycle {number} who are still in the program", number=before.number)
    given: dict[str, Any] = {"rechecks": rechecks, "due_on": due_on}
    whom = whom_of(session, program_id)
    part = Part(before, who_stays(before, whom), whom, because)
    return _start(session, program_id, part, named, actor, **given)


def start_follow_up(session: Session, cycle_id: int, named: Named, *, actor: Actor) -> Cycle:
    """Start a cycle of the same program for those of whom something came back.

    What came back is rejected for good and its money set free, so that it is not paid there, too;
    the new cycle gives those benefits alone.

    Raises:
        What `start_cycle` refuses; CycleElsewhere, NobodyMissed
    """
    actor.require(May.PREPARE_CYCLES)
    before = locked_cycle(session, cycle_id, *GIVEN, actor=actor)
    if session.scalar(came_back(before).limit(1)) is None:
        raise NobodyMissed
    because = _("those of cycle {number} of whom something came back", number=before.number)
    with audit.act(session, actor, "cycles.follow_up", before) as figures:
        freed = give_up(session, before, made_by=actor.id)
        given = {"follows_id": before.id, "rechecks": False}
        whom = whom_of(session, before.program_id)
        part = Part(before, who_got_nothing(before), whom, because)
        made = _start(session, before.program_id, part, named, actor, **given)
        figures.update(cycle=made.number, freed=freed)
    return made


def start_top_up(
    session: Session,
    program_id: int,
    base_id: int,
    named: Named,
    *,
    actor: Actor,
    hit_id: int | None = None,
) -> Cycle:
    """Start a cycle of a program for those whom a cycle of another program enrolled; where the list
    of a shock is named, for those of them who are in that.

    The rule of the topping program is asked of them; the cycle it tops up is no double cover.

    Raises:
        What `start_cycle` refuses; CycleElsewhere, SameProgram, NobodyLeft
    """
    actor.require(May.PREPARE_CYCLES)
    base = locked_cycle(session, base_id, *GIVEN, actor=actor)
    if base.program_id == program_id:
        raise SameProgram
    program = session.get_one(Program, base.program_id)
    because = _(
        "those enrolled in cycle {number} of {program}", number=base.number, program=program.name
    )
    part = Part(base, who_is_enrolled(base), WHOM[program.target], because)
    return _start(session, program_id, part, named, actor, hit_id, tops_up_id=base.id)


def start_top_up_with_amounts(
    session: Session,
    program_id: int,
    base_id: int,
    named: Named,
    *,
    actor: Actor,
    hit_id: int | None = None,
) -> Begun:
    """Start a cycle on top of another program's, enrol its households and prepare the amounts: all
    that comes before the signatures.

    Raises:
        What `start_top_up`, `enrol` and `prepare_entitlements` refuse.
    """
    actor.require(May.PREPARE_CYCLES)
    cycle = start_top_up(session, program_id, base_id, named, actor=actor, hit_id=hit_id)
    enrolled = enrol(session, cycle.id, actor=actor)
    return Begun(cycle.id, enrolled, prepare_entitlements(session, cycle.id, actor=actor))


def _start(
    session: Session,
    program_id: int,
    part: Part,
    named: Named,
    actor: Actor,
    hit_id: int | None = None,
    **given: Any,
) -> Cycle:
    """Start a cycle from a part of another's list, or of the list of a shock, which is kept as a
    list of its own; people are written into it beside, for a list is of whole households."""
    whole = session.get(Roster, hit_id or part.before.roster_id)
    if whole is None:
        raise NotFound(roster=hit_id)
    if whole.state is not RosterState.FROZEN:
        raise RosterNotFrozen
    name = named.name.strip() or whole.name
    homes = part.whom.homes_of(part.of)
    try:
        kept = keep_part(session, whole, homes, name, part.because, actor=actor)
    except RosterEmpty:
        raise NobodyLeft from None
    alone = part.whom is whom_of(session, program_id) and not part.whom.listed_alone
    probable = part.before.with_probable and hit_id is None
    start = Start(kept.id, named.name, named.starts_on, probable, takes_over=alone, **given)
    cycle = start_cycle(session, program_id, start, actor=actor)
    if alone:
        session.flush()
        ids = part.of if hit_id is None else _among(part, Taken(kept.id, probable))
        session.execute(_written_into(cycle, ids))
    return cycle


def _among(part: Part, hit: Taken) -> Select[int]:
    """Those of a part who count in a household of the list of a shock."""
    return part.whom.of_list(hit).where(part.whom.key.in_(part.of))


def _written_into(cycle: Cycle, ids: Select[int]) -> Insert:
    """Write people into a cycle that nobody judged yet."""
    people = select(
        literal(cycle.id),
        Registrant.id,
        Registrant.area_id,
        literal(1),
        literal(MembershipState.DRAFT, CycleMember.state.type),
    ).where(Registrant.id.in_(ids))
    columns = ["cycle_id", "registrant_id", "area_id", "people", "state"]
    return insert(CycleMember).from_select(columns, people)
