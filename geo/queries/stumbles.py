"""Which files the reading broke down over."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.jobs import Job, JobState
from geo.models.releases import Release, ReleaseState


def stumbled() -> Select[Release]:
    """The releases that wait to be read, and whose last work failed for good."""
    about = (Job.subject == Release.__tablename__) & (Job.subject_id == Release.id)
    last = select(Job.state).where(about).order_by(Job.id.desc()).limit(1)
    waiting = select(Release).where(Release.state == ReleaseState.RECEIVED)
    return waiting.where(last.correlate(Release).scalar_subquery() == JobState.FAILED)


def anything_stumbled(session: Session) -> bool:
    """Whether a file waits to be refused."""
    return session.scalar(stumbled().limit(1)) is not None
