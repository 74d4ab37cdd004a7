"""Exposure in the background: places that moved or are new are asked about what was published."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.jobs import Progress, whole_country, work
from geo.models.exposure import ExposureDue
from geo.models.releases import Release
from geo.services.exposure import work_off


@work
@whole_country
def sample_due(session: Session, *, actor: Actor, progress: Progress) -> dict[str, int]:
    """Ask the hazards about new and moved places.

    Each release is opened once for all the places it owes an answer; places another job is asking
    about are left to it.
    """
    owing = select(Release).where(Release.id.in_(select(ExposureDue.release_id).distinct()))
    releases = session.scalars(owing.order_by(Release.id)).all()
    asked = 0
    for done, release in enumerate(releases):
        progress.report(done, len(releases), release.original_name)
        asked += work_off(session, release)
    return {"asked": asked}
