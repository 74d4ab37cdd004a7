"""Jobs under every failure there is: delivered often, killed, cancelled, unheard."""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import URL, Engine, delete, func, select, text, update
from sqlalchemy.orm import Session

from app import worker
from app.auth.models import RoleGrant, User
from app.auth.roles import Role
from core import jobs
from core.actor import Actor
from core.audit import AuditEntry, FieldChange
from core.db import connect, new_session, transaction
from core.errors import Invalid
from core.jobs import Job, JobState, Progress

pytestmark = pytest.mark.xdist_group("servers")


class NoSuchFile(Invalid):
    """The file cannot be read; send another."""


def note(session: Session, *, actor: Actor, progress: Progress, word: str) -> dict[str, str]:
    """Write a note"""
    session.execute(text("insert into area_levels values (:n, :word)"), {"n": 9, "word": word})
    return {"word": word}


def stumble(session: Session, *, actor: Actor, progress: Progress) -> None:
    """Stumble twice"""
    job = session.get_one(Job, progress.job_id)
    if job.attempt < 3:
        raise ZeroDivisionError


def refuse(session: Session, *, actor: Actor, progress: Progress) -> None:
    """Refuse"""
    session.execute(text("insert into area_levels values (8, 'half done')"))
    raise NoSuchFile


def crawl(session: Session, *, actor: Actor, progress: Progress) -> None:
    """Take a long time"""
    session.execute(text("insert into area_levels values (7, 'half done')"))
    for step in range(200):
        progress.report(step, 200)
        time.sleep(0.05)


@pytest.fixture
def asker(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Actor]:
    """A person whose jobs are really committed; all of it is removed afterwards."""
    new_session.configure(bind=engine, join_transaction_mode="conditional_savepoint")
    for function in (note, stumble, refuse, crawl):
        monkeypatch.setitem(jobs.works, f"{__name__}.{function.__name__}", function)
    with transaction() as session:
        user = User(name="Ines Aro", email="ines@example.org", password_hash="x")
        session.add(user)
        session.flush()
        session.add(RoleGrant(user_id=user.id, role=Role.GIS_ANALYST))
        actor = Actor(user.id, user.name, frozenset(), national=True)
    yield actor
    with transaction() as session:
        session.execute(text("set local highground.retiring = 'yes'"))
        for table in (Job, RoleGrant, AuditEntry, User, FieldChange):
            session.execute(delete(table))
        session.execute(text("delete from area_levels"))


def _defer(function: object, actor: Actor, **args: object) -> int:
    with transaction() as session:
        return jobs.defer(session, function, actor=actor, **args)  # type: ignore[arg-type]


def _job(job_id: int) -> Job:
    with transaction() as session:
        job = session.get_one(Job, job_id)
        session.expunge(job)
        return job


def _notes() -> list[str]:
    with transaction() as session:
        return list(session.scalars(text("select name from area_levels order by level")))


def test_a_job_delivered_four_times_is_done_once(asker: Actor) -> None:
    job_id = _defer(note, asker, word="once")

    for _ in range(4):
        worker.do(job_id)

    assert _job(job_id).state is JobState.DONE
    assert (_job(job_id).attempt, _notes()) == (1, ["once"])


def test_a_job_that_stumbles_twice_is_done_at_the_third_attempt(asker: Actor) -> None:
    job_id = _defer(stumble, asker)

    for _ in range(3):
        _let_it_run_now(job_id)
        worker.do(job_id)

    assert (_job(job_id).state, _job(job_id).attempt) == (JobState.DONE, 3)


def _let_it_run_now(job_id: int) -> None:
    with transaction() as session:
        session.execute(update(Job).where(Job.id == job_id).values(run_after=func.now()))


def test_a_refusal_ends_the_job_with_its_sentence_and_leaves_nothing(asker: Actor) -> None:
    job_id = _defer(refuse, asker)

    worker.do(job_id)

    assert _job(job_id).state is JobState.FAILED
    assert _job(job_id).refusal == "The file cannot be read; send another."
    assert _notes() == []


def test_who_lost_the_right_to_sign_in_has_no_work_done(asker: Actor) -> None:
    job_id = _defer(note, asker, word="gone")
    with transaction() as session:
        session.execute(update(User).values(active=False))

    worker.do(job_id)

    assert _job(job_id).state is JobState.FAILED
    assert _notes() == []


def test_a_waiting_job_is_cancelled_at_once_and_never_done(asker: Actor) -> None:
    job_id = _defer(note, asker, word="never")
    with transaction() as session:
        jobs.cancel(session, job_id)

    worker.do(job_id)

    assert _job(job_id).state is JobState.CANCELLED
    assert _notes() == []


def _in_a_fork(url: str, job_id: int) -> None:
    connect(url)
    worker.do(job_id)


def _begin(database: URL, job_id: int) -> multiprocessing.process.BaseProcess:
    url = database.render_as_string(hide_password=False)
    fork = multiprocessing.get_context("fork")
    process = fork.Process(target=_in_a_fork, args=(url, job_id))
    process.start()
    until = time.monotonic() + 10
    while _job(job_id).done < 1:
        assert time.monotonic() < until
        time.sleep(0.05)
    return process


def test_a_running_job_is_cancelled_and_leaves_nothing(asker: Actor, database: URL) -> None:
    job_id = _defer(crawl, asker)
    process = _begin(database, job_id)

    with transaction() as session:
        jobs.cancel(session, job_id)
    process.join(10)

    assert _job(job_id).state is JobState.CANCELLED
    assert _notes() == []


def test_a_killed_worker_leaves_nothing_and_the_sweep_frees_its_job(
    asker: Actor, database: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=1))
    job_id = _defer(crawl, asker)
    process = _begin(database, job_id)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join(10)
    assert _job(job_id).state is JobState.RUNNING
    assert _notes() == []

    time.sleep(1.2)
    with transaction() as session:
        jobs.sweep(session)

    assert (_job(job_id).state, _job(job_id).attempt) == (JobState.WAITING, 1)


def test_a_worker_thought_dead_changes_nothing_when_it_comes_back(asker: Actor) -> None:
    job_id = _defer(note, asker, word="late")
    with transaction() as session:
        taken = jobs.take(session, job_id)
        assert taken is not None
        assert taken.token is not None
        late = Progress(job_id, taken.token)
    with transaction() as session:
        session.execute(update(Job).values(lease_until=func.now() - timedelta(seconds=1)))
        jobs.sweep(session)

    with pytest.raises(jobs.Cancelled):
        _finish(late)

    assert _notes() == []


def _finish(late: Progress) -> None:
    with transaction() as session:
        session.execute(text("insert into area_levels values (6, 'late')"))
        jobs.end(session, late, JobState.DONE)


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    """A Redis database of this test's own, with the bell hung in it."""
    url = os.environ["REDIS_URL"].split("?")[0] + "?db=11"
    connection = Redis.from_url(url)
    connection.flushdb()
    monkeypatch.setattr(jobs, "ring", jobs.ring)
    worker.hang_bell(url)
    yield connection
    connection.flushdb()


def _work_off(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "connect", lambda _url: None)
    monkeypatch.setattr(worker, "hang_bell", lambda _url: None)
    queue = Queue(worker.QUEUE, connection=redis, serializer=JSONSerializer)
    SimpleWorker([queue], connection=redis, serializer=JSONSerializer).work(burst=True)


def test_the_bell_rings_after_the_commit_and_the_job_is_done(
    asker: Actor, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = _defer(note, asker, word="rung")

    _work_off(redis, monkeypatch)

    assert _job(job_id).state is JobState.DONE
    assert _notes() == ["rung"]


def test_what_a_flushed_redis_forgot_is_rung_again_by_the_sweep(
    asker: Actor, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = _defer(note, asker, word="again")
    redis.flushdb()

    worker.sweep_once()
    _work_off(redis, monkeypatch)

    assert _job(job_id).state is JobState.DONE


def test_while_redis_is_down_acts_go_on_and_their_work_waits(
    asker: Actor, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker.hang_bell("unix:///nowhere/redis.sock")
    job_id = _defer(note, asker, word="waited")
    assert _job(job_id).state is JobState.WAITING

    worker.hang_bell(os.environ["REDIS_URL"].split("?")[0] + "?db=11")
    worker.sweep_once()
    _work_off(redis, monkeypatch)

    assert _job(job_id).state is JobState.DONE


def test_the_same_work_asked_for_twice_is_one_job(asker: Actor) -> None:
    first = _defer(note, asker, dedupe="release 1", word="a")
    second = _defer(note, asker, dedupe="release 1", word="b")

    assert first == second
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 1
