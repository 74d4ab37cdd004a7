"""Work put off by somebody bound to programs never sees more than they did, or than they do now."""

from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app import worker
from app.auth.door import actor_of, grants_of
from app.auth.models import RoleGrant, User
from app.auth.roles import Role
from core import jobs
from core.actor import Actor
from core.db import transaction
from core.jobs import Job, JobState, Progress
from tests.make.geo import make_country
from tests.make.programs import make_program


def see(session: Session, *, actor: Actor, progress: Progress) -> dict[str, Any]:
    """See"""
    bound = None if actor.program_ids is None else sorted(actor.program_ids)
    return {"programs": bound, "people": actor.people is not None}


@pytest.fixture(autouse=True)
def world(apart: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(jobs.works, f"{__name__}.see", see)


def _two_programs() -> tuple[int, int]:
    with transaction() as session:
        return make_program(session).id, make_program(session).id


def _partner(**bounds: int) -> int:
    with transaction() as session:
        user = User(name="Ines Aro", email="ines@example.org", password_hash="x")
        session.add(user)
        session.flush()
        session.add(RoleGrant(user_id=user.id, role=Role.VIEWER, **bounds))
        return user.id


def _put_off(user_id: int) -> int:
    with transaction() as session:
        user = session.get_one(User, user_id)
        actor = actor_of(session, user, grants_of(session, user))
        return jobs.defer(session, see, actor=actor)


def _change(user_id: int, **bounds: int) -> None:
    with transaction() as session:
        session.execute(delete(RoleGrant).where(RoleGrant.user_id == user_id))
        session.add(RoleGrant(user_id=user_id, role=Role.VIEWER, **bounds))


def _done(job_id: int) -> dict[str, Any] | None:
    worker.do(job_id)
    with transaction() as session:
        job = session.get_one(Job, job_id)
        return job.result if job.state is JobState.DONE else None


def test_it_is_done_within_the_programs_of_the_asker() -> None:
    one, _other = _two_programs()

    assert _done(_put_off(_partner(program_id=one))) == {"programs": [one], "people": True}


def test_who_is_let_in_everywhere_meanwhile_still_sees_what_they_did() -> None:
    one, _other = _two_programs()
    partner = _partner(program_id=one)
    job = _put_off(partner)

    _change(partner)

    assert _done(job) == {"programs": [one], "people": True}


def test_who_is_bound_meanwhile_sees_what_they_do_now() -> None:
    one, _other = _two_programs()
    somebody = _partner()
    job = _put_off(somebody)

    _change(somebody, program_id=one)

    assert _done(job) == {"programs": [one], "people": True}


def test_what_was_then_and_what_is_now_have_to_meet() -> None:
    one, other = _two_programs()
    partner = _partner(program_id=one)
    job = _put_off(partner)

    _change(partner, program_id=other)

    assert _done(job) == {"programs": [], "people": True}


def test_people_of_programs_then_and_of_areas_now_do_not_meet() -> None:
    one, _other = _two_programs()
    with transaction() as session:
        area = make_country(session)["X11"].id
    partner = _partner(program_id=one)
    job = _put_off(partner)

    _change(partner, program_id=one, area_id=area)

    assert _done(job) is None


def test_other_areas_than_then_do_not_meet() -> None:
    with transaction() as session:
        areas = make_country(session)
        here, there = areas["X11"].id, areas["X21"].id
    somebody = _partner(area_id=here)
    job = _put_off(somebody)

    _change(somebody, area_id=there)

    assert _done(job) is None
