"""Work for later: written down in the act's own transaction, carried out by a worker.

PostgreSQL holds the truth; Redis only rings the bell. A worker takes a row by compare-and-set and
holds it by a lease that it renews; every later write carries the token of that taking, so a worker
that was thought dead and comes back changes nothing. A job's changes commit together with its end:
it happens wholly, once, however often it is delivered.
"""

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    Uuid,
    case,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.actor import Actor
from core.db import Row, Words, changed, states, transaction
from core.errors import Conflict, NotFound
from core.words import current

F = TypeVar("F", bound=Callable[..., Any])

LEASE = timedelta(seconds=15)
ATTEMPTS = 3
RING_AGAIN = timedelta(seconds=5)

works: dict[str, Callable[..., Any]] = {}
for_all: set[str] = set()
ring: Callable[[int, int], None] = lambda _job, _attempt: None  # noqa: E731 - app.worker's bell


class JobState(StrEnum):
    """Where a job is in its life."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


LIVE = (JobState.WAITING, JobState.RUNNING)


class JobEnded(Conflict):
    """This job has already ended; start it again if it is still needed."""


class Cancelled(Conflict):
    """The job was cancelled; nothing it had begun was kept."""


class Job(Row):
    """One piece of work, who asked for it, and how far it has come."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index(
            "uq_jobs_work_dedupe",
            "work",
            "dedupe",
            unique=True,
            postgresql_where="state in ('waiting', 'running')",
        ),
        Index("ix_jobs_waiting", "run_after", postgresql_where="state = 'waiting'"),
        Index("ix_jobs_running", "lease_until", postgresql_where="state = 'running'"),
        Index(None, "subject", "subject_id"),
    )

    work: Mapped[str]
    args: Mapped[dict[str, Any]] = mapped_column(JSONB)
    dedupe: Mapped[str | None]
    subject: Mapped[str | None]
    subject_id: Mapped[int | None] = mapped_column(BigInteger)
    actor_id: Mapped[int] = mapped_column(BigInteger)
    actor_areas: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}")
    actor_programs: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    national: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(server_default="en")
    after_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id"))
    state: Mapped[JobState] = mapped_column(states(JobState), default=JobState.WAITING)
    attempt: Mapped[int] = mapped_column(default=0)
    run_after: Mapped[datetime] = mapped_column(server_default=func.now())
    rung_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    token: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    cancel: Mapped[bool] = mapped_column(default=False)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(server_default="")
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    refusal: Mapped[str | None] = mapped_column(Words)
    ended_at: Mapped[datetime | None]


@dataclass
class Progress:
    """The hand a running job reports with; it learns in the same breath that it was cancelled."""

    job_id: int
    token: uuid.UUID
    lost: threading.Event = field(default_factory=threading.Event)

    def report(self, done: int, total: int, note: str = "") -> None:
        """Write how far the job has come, on a connection of its own so that it is seen at once.

        Raises:
            Cancelled: somebody cancelled it, or the lease was lost to another worker.
        """
        with transaction() as session:
            told = update(Job).values(done=done, total=total, note=note)
            cancel = session.scalar(told.where(*_held(self)).returning(Job.cancel))
        if cancel is not False or self.lost.is_set():
            raise Cancelled


def _held(progress: Progress) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Job.id == progress.job_id, Job.token == progress.token


def work(function: F) -> F:
    """Mark a function in a `jobs` drawer as work that can be put off.

    It is called as `function(session, actor=..., progress=..., **args)` in one transaction.
    """
    works[_name_of(function)] = function
    return function


def whole_country(function: F) -> F:
    """Mark work that needs the rows of the whole country, whoever asked for it.

    The database then hides nothing from it: what it shows its asker it has to limit itself.
    """
    for_all.add(_name_of(function))
    return function


def is_work(job: Job, function: Callable[..., Any]) -> bool:
    """Whether a job is work of this kind."""
    return job.work == _name_of(function)


def _name_of(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__name__}"


def defer(
    session: Session,
    function: Callable[..., Any],
    *,
    actor: Actor,
    about: Row | None = None,
    dedupe: str | None = None,
    **args: object,
) -> int:
    """Write the work down; the bell rings if, and only when, the transaction commits.

    Answers the job's key. With `dedupe`, a live job of the same work and word is answered instead.
    """
    name = _name_of(function)
    row = {
        "work": name,
        "args": args,
        "dedupe": dedupe,
        "subject": about.__tablename__ if about else None,
        "subject_id": about.id if about else None,
        "actor_id": actor.id,
        "actor_areas": sorted(actor.area_ids),
        "actor_programs": None if actor.program_ids is None else sorted(actor.program_ids),
        "national": actor.national,
        "language": current().tag,
    }
    live = Job.state.in_(LIVE)
    new = insert(Job).values(row).on_conflict_do_nothing().returning(Job.id)
    same = select(Job.id).where(Job.work == name, Job.dedupe == dedupe, live)
    job_id = session.scalar(new) or session.scalars(same).one()
    session.info.setdefault("then", []).append(partial(_ring, job_id, 0))
    return job_id


def _ring(job_id: int, attempt: int) -> None:
    ring(job_id, attempt)


def cancel(session: Session, job_id: int) -> None:
    """Ask a job to stop: a waiting one is cancelled at once, a running one at its next report.

    Raises:
        NotFound, JobEnded
    """
    waiting = Job.state == JobState.WAITING
    asked = session.scalar(
        update(Job)
        .where(Job.id == job_id, Job.state.in_(LIVE))
        .values(
            cancel=True,
            state=case((waiting, JobState.CANCELLED), else_=Job.state),
            ended_at=case((waiting, func.now()), else_=None),
        )
        .returning(Job.id)
    )
    if asked is None:
        raise JobEnded if session.get(Job, job_id) else NotFound(job=job_id)


def take(session: Session, job_id: int) -> Job | None:
    """Claim a waiting job for one lease; None if it is not there to be taken."""
    return session.scalar(
        update(Job)
        .where(Job.id == job_id, Job.state == JobState.WAITING, Job.run_after <= func.now())
        .values(
            state=JobState.RUNNING,
            attempt=Job.attempt + 1,
            token=func.gen_random_uuid(),
            lease_until=func.now() + LEASE,
        )
        .returning(Job)
    )


def renew(session: Session, progress: Progress) -> bool:
    """Hold a running job for one more lease; False if it is no longer ours."""
    held = update(Job).where(*_held(progress)).values(lease_until=func.now() + LEASE)
    return session.scalar(held.returning(Job.id)) is not None


def end(session: Session, progress: Progress, state: JobState, **told: object) -> None:
    """Close a running job inside the transaction of its changes.

    Raises:
        Cancelled: it is no longer ours, or was cancelled meanwhile: the changes must not stand.
    """
    wanted = [*_held(progress)]
    if state is JobState.DONE:
        wanted.append(Job.cancel.is_(False))
    closed = {"state": state, "token": None, "lease_until": None, "ended_at": func.now(), **told}
    if session.scalar(update(Job).where(*wanted).values(closed).returning(Job.id)) is None:
        raise Cancelled


def put_back(session: Session, progress: Progress, refusal: str) -> None:
    """After a stumble: wait and try again, or fail when the attempts are used up."""
    session.execute(update(Job).where(*_held(progress)).values(_after_a_fall(refusal)))


def put_all_back(session: Session) -> int:
    """Put every running job back, and let all be rung for again: no worker of theirs is left."""
    held = update(Job).where(Job.state == JobState.RUNNING)
    back = held.values(state=JobState.WAITING, token=None, lease_until=None, run_after=func.now())
    running = changed(session, back)
    session.execute(update(Job).where(Job.state == JobState.WAITING).values(rung_at=None))
    return running


def sweep(session: Session) -> list[tuple[int, int]]:
    """Free jobs whose worker vanished; answer (job, attempt) of those to be rung for (again)."""
    fallen = select(Job.id).where(Job.state == JobState.RUNNING, Job.lease_until < func.now())
    vanished = fallen.with_for_update(skip_locked=True).scalar_subquery()
    session.execute(
        update(Job).where(Job.id.in_(vanished)).values(_after_a_fall("The worker vanished."))
    )
    silent = Job.rung_at.is_(None) | (Job.rung_at < func.now() - RING_AGAIN)
    due = select(Job.id).where(Job.state == JobState.WAITING, Job.run_after <= func.now(), silent)
    batch = due.order_by(Job.run_after).limit(500).with_for_update(skip_locked=True).cte()
    rung = update(Job).where(Job.id == batch.c.id).values(rung_at=func.now())
    return [(row.id, row.attempt) for row in session.execute(rung.returning(Job.id, Job.attempt))]


def _after_a_fall(refusal: str) -> dict[str, Any]:
    again = Job.attempt < ATTEMPTS
    state = case((Job.cancel, JobState.CANCELLED), (again, JobState.WAITING), else_=JobState.FAILED)
    waits = func.now() + timedelta(seconds=0.5) * func.power(2, Job.attempt)
    return {
        "state": state,
        "token": None,
        "lease_until": None,
        "rung_at": None,
        "run_after": waits,
        "refusal": refusal,
        "ended_at": case((again & ~Job.cancel, None), else_=func.now()),
    }
