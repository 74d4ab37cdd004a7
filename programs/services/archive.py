"""The archive of programs: out of sight, and out of every list, until it is taken out again."""

from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Conflict
from programs.models.programs import Program, ProgramState
from programs.permissions import May
from programs.queries.programs import locked_program
from programs.queries.reach import program_seen


class StillOpen(Conflict):
    """This program is open; end it before it goes into the archive."""


class NotArchived(Conflict):
    """This program is not in the archive; there is nothing to take out."""


def archive_program(session: Session, program_id: int, *, actor: Actor) -> Program:
    """Put a program into the archive: nothing is done with it there, and lists leave it out.

    Raises:
        Forbidden, NotFound, ProgramArchived, StillOpen
    """
    actor.require(May.WRITE_PROGRAMS)
    program = locked_program(session, program_id, actor=actor)
    if program.state is ProgramState.ACTIVE:
        raise StillOpen
    with audit.act(session, actor, "programs.archive", program) as figures:
        program.archived = True
        figures.update(number=program.number, name=program.name)
    return program


def restore_program(session: Session, program_id: int, *, actor: Actor) -> Program:
    """Take a program out of the archive, as it was put there.

    Raises:
        Forbidden, NotFound, NotArchived
    """
    actor.require(May.WRITE_PROGRAMS)
    program = program_seen(session, program_id, actor=actor)
    session.refresh(program, with_for_update=True)
    if not program.archived:
        raise NotArchived
    with audit.act(session, actor, "programs.restore", program) as figures:
        program.archived = False
        figures.update(number=program.number, name=program.name)
    return program
