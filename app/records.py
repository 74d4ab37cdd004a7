"""What the pages about running work ask."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.models import User
from app.auth.permissions import May
from core.actor import Actor
from core.errors import NotFound
from core.jobs import Job, cancel
from core.paging import Page, page_of


def jobs_page(session: Session, *, actor: Actor, before: int | None = None) -> Page[Any]:
    """Jobs, newest first: one's own, or everybody's for who may cancel them."""
    actor.require(May.READ_JOBS)
    listed = select(Job, User.name.label("asker"), (-Job.id).label("key"))
    listed = listed.outerjoin(User, User.id == Job.actor_id)
    if not actor.may(May.CANCEL_JOBS):
        listed = listed.where(Job.actor_id == actor.id)
    return page_of(session, listed, -Job.id, before)


def job_of(session: Session, job_id: int, *, actor: Actor) -> Job:
    """One job, if it is the actor's own or they may cancel others'.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    job = session.get(Job, job_id)
    if job is None or (job.actor_id != actor.id and not actor.may(May.CANCEL_JOBS)):
        raise NotFound(job=job_id)
    return job


def cancel_job(session: Session, job_id: int, *, actor: Actor) -> Job:
    """Ask a job to stop: one's own, or anybody's for who may.

    Raises:
        NotFound, JobEnded
    """
    job = job_of(session, job_id, actor=actor)
    if job.actor_id != actor.id:
        actor.require(May.CANCEL_JOBS)
    cancel(session, job.id)
    return job
