"""Recurrences: saying when the cycles of a program begin, and starting the one that is due."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.clock import month_said, today
from core.errors import Conflict
from core.words import bare
from programs.models.cycles import Cycle
from programs.models.programs import Program, ProgramState
from programs.models.recurrences import Recurrence
from programs.permissions import May
from programs.queries.programs import locked_program
from programs.queries.recurrences import NoDays, day_due, days_of
from programs.services.following import Named, start_next


class NothingDue(Conflict):
    """No cycle of this program is due: its next day is still to come, or was started already."""


@dataclass(frozen=True)
class Rhythm:
    """What is said of when cycles begin: an RRULE from a first day on."""

    rule: str
    starts_on: date
    rechecks: bool = True
    is_nightly: bool = False


def set_recurrence(session: Session, program_id: int, rhythm: Rhythm, *, actor: Actor) -> None:
    """Say when the cycles of a program begin; an empty rule says that they do not recur.

    Raises:
        Forbidden, NotFound, RecurrenceUnreadable, NoDays
    """
    actor.require(May.WRITE_PROGRAMS)
    program = locked_program(session, program_id, actor=actor)
    said = {**vars(rhythm), "rule": rhythm.rule.strip().upper(), "made_by": actor.id}
    with audit.act(session, actor, "recurrences.set", program) as figures:
        figures.update(recurrence=said["rule"], starts_on=rhythm.starts_on)
        if not said["rule"]:
            session.execute(delete(Recurrence).where(Recurrence.program_id == program.id))
            return
        made = Recurrence(program_id=program.id, **said)
        if next(days_of(made), None) is None:
            raise NoDays
        session.merge(made)


def start_due(session: Session, program_id: int, *, actor: Actor) -> Cycle:
    """Start the cycle that is due today, or was due last, as a draft with the members of the one
    before; asked twice it is started once.

    Raises:
        NothingDue, and what `start_next` refuses.
    """
    actor.require(May.PREPARE_CYCLES)
    program = locked_program(session, program_id, actor=actor)
    recurrence = session.get(Recurrence, program.id)
    day = day_due(session, recurrence, today()) if recurrence else None
    if recurrence is None or day is None:
        raise NothingDue
    named = Named(bare(month_said(day)), day)
    return start_next(
        session, program.id, named, actor=actor, rechecks=recurrence.rechecks, due_on=day
    )


def look_for_due(session: Session, on: date) -> list[int]:
    """The programs whose cycle the platform is to draft on a day; each is looked at once a day."""
    nightly = (
        select(Recurrence)
        .join(Program, Program.id == Recurrence.program_id)
        .where(Recurrence.is_nightly, Program.state == ProgramState.ACTIVE)
        .where(Recurrence.looked_on.is_distinct_from(on))
        .order_by(Recurrence.program_id)
    )
    due = []
    for recurrence in session.scalars(nightly.with_for_update(of=Recurrence)):
        recurrence.looked_on = on
        if day_due(session, recurrence, on) is not None:
            due.append(recurrence.program_id)
    return due
