"""Looking for duplicates among the people of one program."""

from sqlalchemy.orm import Session

from core.actor import Actor
from core.jobs import Progress, whole_country, work
from programs.queries.reach import people_of, program_seen
from registry.permissions import May
from registry.services.duplicates import look_for


@work
@whole_country
def look_for_duplicates_in(
    session: Session, *, actor: Actor, progress: Progress, program_id: int
) -> dict[str, int]:
    """Look for duplicates in a program."""
    actor.require(May.DECIDE_DUPLICATES)
    program = program_seen(session, program_id, actor=actor)
    people = people_of(frozenset({program.id}))
    run = look_for(session, progress.report, actor=actor, program_id=program.id, of=people)
    return {"records": run.records, "found": run.found, "fresh": run.fresh}
