"""Looking for duplicates among all records."""

from sqlalchemy.orm import Session

from core.actor import Actor
from core.jobs import Progress, whole_country, work
from registry.services.duplicates import look_for


@work
@whole_country
def look_for_duplicates(session: Session, *, actor: Actor, progress: Progress) -> dict[str, int]:
    """Look for duplicates."""
    run = look_for(session, progress.report, actor=actor)
    return {"records": run.records, "found": run.found, "fresh": run.fresh}
