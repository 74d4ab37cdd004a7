"""Counting households by cell, for releases that are new and for what changed since."""

from sqlalchemy.orm import Session

from core.actor import Actor
from core.jobs import Progress, whole_country, work
from geo.models.releases import Release
from registry.services.household_cells import count_release, recount


@work
@whole_country
def count_households(
    session: Session, *, actor: Actor, progress: Progress, release_id: int
) -> dict[str, int]:
    """Count households for a release."""
    release = session.get_one(Release, release_id)
    count_release(session, release, progress.report)
    return {"release": release_id}


@work
@whole_country
def recount_households(session: Session, *, actor: Actor, progress: Progress) -> dict[str, int]:
    """Count changed households again."""
    return {"notes": recount(session, progress.report)}
