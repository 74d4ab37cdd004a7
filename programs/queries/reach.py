"""Reach in the programs: which of them an actor sees, and the people in them."""

from typing import Any

from sqlalchemy import ColumnElement, Select, select, true, union
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import NotFound
from programs.models.cycles import Cycle
from programs.models.memberships import CycleMember, ProgramMembership
from programs.models.programs import Program
from programs.permissions import May
from registry.models.registrants import Membership


def within_programs(actor: Actor, program_id: ColumnElement[Any] | Any) -> ColumnElement[bool]:
    """Whether the actor may see a row of this program."""
    if actor.program_ids is None:
        return true()
    column: ColumnElement[bool] = program_id.in_(sorted(actor.program_ids))
    return column


def program_seen(session: Session, program_id: int, *, actor: Actor) -> Program:
    """A program the actor may see.

    Raises:
        NotFound: there is none, or it is another's.
    """
    program = session.get(Program, program_id)
    if program is None or not sees(actor, program_id):
        raise NotFound(program=program_id)
    return program


def sees(actor: Actor, program_id: int) -> bool:
    """Whether the actor may see this program."""
    return actor.program_ids is None or program_id in actor.program_ids


def cycle_seen(session: Session, cycle_id: int, *, actor: Actor) -> Cycle:
    """A cycle of a program the actor may see.

    Raises:
        NotFound: there is none, or it is of another program.
    """
    cycle = session.get(Cycle, cycle_id)
    if cycle is None or not sees(actor, cycle.program_id):
        raise NotFound(cycle=cycle_id)
    return cycle


def cycle_numbered(session: Session, program: str, number: int, *, actor: Actor) -> Cycle:
    """A cycle by the number of its program and its own, as it is known outside.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.READ_PROGRAMS)
    asked = (
        select(Cycle)
        .join(Program, Program.id == Cycle.program_id)
        .where(Program.number == program.strip().upper(), Cycle.number == number)
        .where(within_programs(actor, Program.id))
    )
    found = session.scalar(asked)
    if found is None:
        raise NotFound(program=program, cycle=number)
    return found


def programs_of(organisation_ids: frozenset[int]) -> Select[int]:
    """The keys of the programs that organisations run."""
    return select(Program.id).where(Program.organisation_id.in_(sorted(organisation_ids)))


def people_of(program_ids: frozenset[int]) -> Select[int]:
    """The registrants in programs, or asked about in one of their cycles, and who lives there."""
    ids = sorted(program_ids)
    enrolled = select(ProgramMembership.registrant_id).where(ProgramMembership.program_id.in_(ids))
    asked = (
        select(CycleMember.registrant_id)
        .join(Cycle, Cycle.id == CycleMember.cycle_id)
        .where(Cycle.program_id.in_(ids))
    )
    households = union(enrolled, asked).subquery("households")
    household = households.c.registrant_id
    living = select(Membership.member_id).join(households, household == Membership.group_id)
    both = union(select(household), living).subquery("people")
    return select(both.c.registrant_id)
