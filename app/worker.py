"""The worker: RQ brings it the number of a job, PostgreSQL says whether it is there to be done."""

import importlib
import logging
import pkgutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

import app.tables
import app.trail  # noqa: F401 - work of its own
import geo.jobs
import programs.jobs
import registry.jobs
from app.auth.door import actor_of, bound_to, grants_of
from app.auth.models import User
from app.retention import tidy
from app.upkeep import keep_up
from core import jobs
from core.actor import PLATFORM, Actor
from core.db import connect, stand, stand_whole, transaction
from core.errors import Forbidden, Refusal
from core.jobs import Cancelled, Job, JobState, Progress
from core.seals import seal
from core.settings import settings
from core.storage import kept_if_done
from core.words import language_of, speaking

log = logging.getLogger("highground.worker")

QUEUE = "highground"
TIDY_SECONDS = 3600.0
SEAL_SECONDS = 1.0
SEALS = 2  # in each round of the sweep


class AskerGone(Forbidden):
    """Who asked for this work may not do it any more; somebody else has to ask for it."""


def hang_bell(redis_url: str) -> None:
    """From now on a committed job rings in Redis. A bell that cannot ring is rung by the sweep."""
    queue = Queue(QUEUE, connection=Redis.from_url(redis_url), serializer=JSONSerializer)

    def ring(job_id: int, attempt: int) -> None:
        with suppress(DuplicateJobError):
            try:
                queue.enqueue(
                    "app.worker.carry_out",
                    job_id,
                    job_id=f"{job_id}-{attempt}",
                    unique=True,
                    result_ttl=0,
                    failure_ttl=0,
                    job_timeout=-1,
                )
            except RedisError as error:
                log.warning("job %s waits for the sweep: %s", job_id, error)

    jobs.ring = ring


def work(redis_url: str) -> None:
    """Take jobs until told to stop. Each is done in a fork, which opens its own connections."""
    load_works()
    connection = Redis.from_url(redis_url)
    queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
    Worker([queue], connection=connection, serializer=JSONSerializer).work(logging_level="WARNING")


def sweep_forever() -> None:
    """Every second seal the audit trail, every other one free what vanished workers held and ring
    for what waits unheard; every hour make room for the next months, and drop those that are over.
    """
    tidied = -TIDY_SECONDS
    while True:
        sweep_once()
        if time.monotonic() - tidied >= TIDY_SECONDS:
            tidied = time.monotonic()
            tidy_once()
        for _seal in range(SEALS):
            seal_once()
            time.sleep(SEAL_SECONDS)


def tidy_once() -> None:
    """Retention; where work in hand holds a table, it is left for the next hour."""
    try:
        with transaction() as session:
            tidy(session)
    except OperationalError:
        log.exception("months of the audit trail were not tidied")


def seal_once() -> None:
    """Chain the entries that have committed; without room for the head, the sweep goes on."""
    try:
        with transaction() as session:
            seal(session)
    except OSError:
        log.exception("the head of the audit trail was not kept")


def sweep_once() -> None:
    """One round of the sweep."""
    with transaction() as session:
        keep_up(session)
    with transaction() as session:
        waiting = jobs.sweep(session)
    for job_id, attempt in waiting:
        jobs.ring(job_id, attempt)


def load_works() -> None:
    """Import every jobs drawer, so that all work is known by name (and costs no import later)."""
    for drawer in (geo.jobs, registry.jobs, programs.jobs):
        for module in pkgutil.iter_modules(drawer.__path__):
            importlib.import_module(f"{drawer.__name__}.{module.name}")


def carry_out(job_id: int) -> None:
    """What RQ calls, in the fork of the worker."""
    load_works()
    connect(settings().database_works_url)
    hang_bell(settings().redis_url)
    do(job_id)


def do(job_id: int) -> None:
    """Do a job if it is there to be done; delivered twice, it is done once."""
    with transaction() as session:
        job = jobs.take(session, job_id)
        if job is not None:
            session.expunge(job)
    if job is None or job.token is None:
        return
    progress = Progress(job.id, job.token)
    with _holding(progress), speaking(language_of(job.language)):
        try:
            _do(job, progress)
        except Cancelled:
            _close(progress, JobState.CANCELLED)
        except Refusal as refusal:
            _close(progress, JobState.FAILED, refusal=refusal.message)
        except Exception:
            log.exception("job %s (%s) stumbled", job.id, job.work)
            with transaction() as session:
                jobs.put_back(session, progress, "The platform stumbled over this work.")


def _do(job: Job, progress: Progress) -> None:
    with kept_if_done(), transaction() as session:
        actor = _asker(session, job)
        if job.work in jobs.for_all:
            stand_whole(session)
        else:
            stand(session, actor)
        result = jobs.works[job.work](session, actor=actor, progress=progress, **job.args)
        jobs.end(session, progress, JobState.DONE, result=result or {})


def _asker(session: Session, job: Job) -> Actor:
    """The actor of the request, with today's rights and nothing in reach that was not then."""
    if job.actor_id == PLATFORM.id:
        return PLATFORM
    user = session.get(User, job.actor_id)
    if user is None or not user.active:
        raise AskerGone
    today = actor_of(session, user, grants_of(session, user))
    if _moved(job, today):
        raise AskerGone
    if today.national and not job.national:
        today = replace(today, national=False, area_ids=frozenset(job.actor_areas), people=None)
    if job.actor_programs is None:
        return today
    programs = frozenset(job.actor_programs)
    return bound_to(today, programs if today.program_ids is None else programs & today.program_ids)


def _moved(job: Job, today: Actor) -> bool:
    """Whether an asker's reach of today is no part of what it was, so that no work fits both."""
    by_people = job.national and job.actor_programs is not None
    if job.national:
        return by_people and bool(today.area_ids)
    return today.people is not None or not today.area_ids <= set(job.actor_areas)


def _close(progress: Progress, state: JobState, **told: object) -> None:
    """End a job that came to nothing, unless it is no longer ours to end."""
    with suppress(Cancelled), transaction() as session:
        jobs.end(session, progress, state, **told)


@contextmanager
def _holding(progress: Progress) -> Iterator[None]:
    """Renew the lease from a thread of its own for as long as the work lasts."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(jobs.LEASE.total_seconds() / 3):
            with transaction() as session:
                if not jobs.renew(session, progress):
                    progress.lost.set()
                    return

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
