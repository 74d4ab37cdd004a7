"""What a kept list can be made use of for, in one step: programs, and cycles to give on top of."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from core.actor import Actor
from geo.models.events import Event
from geo.models.selections import Selection
from programs.models.cycles import Cycle, CycleState
from programs.models.memberships import CycleMember, MembershipState
from programs.models.programs import Program, ProgramState
from programs.permissions import May
from programs.queries.cycles import sees_part_only
from programs.queries.reach import within_programs
from registry.models.rosters import Answer, Roster, RosterMember, RosterState

FEW = 3
GIVEN = (CycleState.APPROVED, CycleState.DISTRIBUTED, CycleState.ENDED)


@dataclass(frozen=True)
class Base:
    """The latest cycle of a program that gives already, and how many of a list it enrolled."""

    cycle_id: int
    program_id: int
    program: str
    cycle: str
    households: int


@dataclass(frozen=True)
class Starts:
    """Open programs, (key, name), those first that are for the kind of shock the list is of and
    gave last; and cycles some of the list are in."""

    programs: list[tuple[int, str]]
    bases: list[Base]

    def toppers(self, base: Base) -> list[tuple[int, str]]:
        """The programs that can give on top of a cycle: all but its own."""
        return [each for each in self.programs if each[0] != base.program_id]


def starts_of(session: Session, roster: Roster, *, actor: Actor) -> Starts:
    """What can be started from a list by somebody who prepares cycles and sees all of it; nothing
    by others."""
    prepares = actor.may(May.PREPARE_CYCLES) and roster.state is RosterState.FROZEN
    if not prepares or sees_part_only(session, roster.id, actor=actor):
        return Starts([], [])
    asked = (
        select(Event.kind)
        .join(Selection, Selection.event_id == Event.id)
        .where(Selection.id == roster.selection_id)
    )
    kind = session.scalar(asked)
    of_its_kind = func.array_to_string(Program.purposes, " ").icontains(kind.value if kind else "")
    last = func.max(Cycle.id)
    programs = (
        select(Program.id, Program.name)
        .outerjoin(Cycle, Cycle.program_id == Program.id)
        .where(Program.state == ProgramState.ACTIVE, Program.archived.is_(False))
        .where(within_programs(actor, Program.id))
        .group_by(Program.id)
        .order_by(~of_its_kind, last.desc().nulls_last(), Program.id.desc())
        .limit(FEW)
    )
    found = [(key, name) for key, name in session.execute(programs)]
    return Starts(found, _bases(session, roster, actor) if found else [])


def _bases(session: Session, roster: Roster, actor: Actor) -> list[Base]:
    later = aliased(Cycle)
    regular = (Cycle.follows_id.is_(None), Cycle.tops_up_id.is_(None), Cycle.state.in_(GIVEN))
    newer = select(later.id).where(
        later.program_id == Cycle.program_id,
        later.id > Cycle.id,
        later.follows_id.is_(None),
        later.tops_up_id.is_(None),
        later.state.in_(GIVEN),
    )
    of_list = (RosterMember.registrant_id == CycleMember.registrant_id) & (
        RosterMember.status == Answer.IN
    )
    counted = (
        select(Cycle.id, Program.id, Program.name, Cycle.name, func.count())
        .join(Program, Program.id == Cycle.program_id)
        .join(CycleMember, CycleMember.cycle_id == Cycle.id)
        .join(RosterMember, of_list & (RosterMember.roster_id == roster.id))
        .where(*regular, ~newer.exists(), CycleMember.state == MembershipState.ENROLLED)
        .where(Cycle.roster_id != roster.id, within_programs(actor, Program.id))
        .group_by(Cycle.id, Program.id)
        .order_by(func.count().desc(), Cycle.id.desc())
        .limit(FEW)
    )
    return [Base(*row) for row in session.execute(counted)]
