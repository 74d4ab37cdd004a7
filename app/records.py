"""What the pages about running work and the audit trail ask."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import String, cast, or_, select
from sqlalchemy.orm import Session

from app.auth.models import User
from app.auth.permissions import May
from core.actor import Actor
from core.audit import AuditEntry
from core.errors import NotFound
from core.jobs import Job
from core.paging import Page, page_of


@dataclass(frozen=True)
class AuditQuestion:
    """What to look for in the trail: parts of an action, a name or a figure, a subject, a day."""

    text: str = ""
    subject: str = ""
    subject_id: int | None = None
    since: date | None = None
    before: int | None = None


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


def audit_page(session: Session, asked: AuditQuestion, *, actor: Actor) -> Page[Any]:
    """Entries of the audit trail that fit, newest first."""
    actor.require(May.READ_AUDIT)
    listed = select(AuditEntry, (-AuditEntry.id).label("key"))
    if asked.text:
        like = f"%{asked.text}%"
        found_in = (AuditEntry.action, AuditEntry.actor_name, cast(AuditEntry.figures, String))
        listed = listed.where(or_(*(column.ilike(like) for column in found_in)))
    if asked.subject:
        listed = listed.where(AuditEntry.subject == asked.subject)
    if asked.subject_id is not None:
        listed = listed.where(AuditEntry.subject_id == asked.subject_id)
    if asked.since:
        listed = listed.where(AuditEntry.at >= asked.since)
    return page_of(session, listed, -AuditEntry.id, asked.before)
