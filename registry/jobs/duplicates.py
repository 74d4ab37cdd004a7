"""Looking for duplicates among all records."""

from sqlalchemy.orm import Session

from core.actor import Actor
from core.jobs import Progress, whole_country, work
from registry.models.duplicates import RunKind
from registry.services.duplicates import look_for


@work
@whole_country
def look_for_duplicates(
    session: Session, *, actor: Actor, progress: Progress, kind: str = RunKind.FAST
) -> dict[str, int]:
    """Look for duplicates."""
    run = look_for(session, progress.report, actor=actor, kind=RunKind(kind))
    return {"records": run.records, "found": run.found, "fresh": run.fresh}
