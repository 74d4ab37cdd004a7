"""The pages of scores: written by one, put in force by another, told on a household's page."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from app.worker import do
from core.clock import today
from core.jobs import Job
from tests.make.geo import make_country
from tests.make.registry import make_household, make_location, make_person
from tests.web.conftest import Browser

SignedIn = Callable[..., Browser]
PMT = {
    "code": "PMT",
    "name": "Proxy means test",
    "base": "-0,8",
    "term-name-0": "People",
    "term-of-0": "people",
    "term-weight-0": "0.35",
    "term-name-1": "Young children",
    "term-of-1": "children_under_5",
    "term-steps-1": "..1: 0; 1..: 1.2",
    "band-name-0": "poor",
    "band-from-0": "1",
}


@pytest.fixture
def home(session: Session) -> str:
    """Four people, one of them a young child."""
    areas = make_country(session)
    place = make_location(session, 0.5, 0.5, area_id=areas["X11"].id)
    home = make_household(session, place, name="Doro")
    for year in (1980, 1985, 2000, today().year - 1):
        make_person(session, home, birth_date=date(year, 1, 1))
    return home.number


def test_a_score_is_written_put_in_force_reckoned_and_told_in_parts(
    session: Session, signed_in: SignedIn, home: str
) -> None:
    written = signed_in(Role.ADMINISTRATOR).act("/admin/scores/", **PMT).text
    assert "somebody else puts it in force" in written
    assert "Put it in force" not in written

    manager = signed_in(Role.PROGRAM_MANAGER)
    assert "Put it in force" in manager.get("/admin/scores/PMT/1").text
    manager.act("/admin/scores/PMT/1/activate")
    for job in session.scalars(select(Job.id)).all():
        do(job)
    session.expire_all()

    told = manager.get(f"/registry/{home}").text
    for said in ("Proxy means test", "Young children", "-0.8", "1.4", "1.2", "<b>1.8</b>"):
        assert said in told, said
    assert '<td class="n">1</td>' in manager.get("/admin/scores/PMT/1").text


def test_what_is_wrong_is_said_beside_what_was_written(signed_in: SignedIn) -> None:
    wrong = {**PMT, "term-of-0": "peeple"}

    answer = signed_in(Role.ADMINISTRATOR).act("/admin/scores/", follow=False, **wrong)

    assert answer.status_code == 422
    assert "perhaps people is meant" in answer.text
    assert 'value="peeple"' in answer.text


def test_a_new_version_begins_as_the_one_in_force(session: Session, signed_in: SignedIn) -> None:
    office = signed_in(Role.ADMINISTRATOR)
    office.act("/admin/scores/", **PMT)
    signed_in(Role.PROGRAM_MANAGER).act("/admin/scores/PMT/1/activate")

    form = signed_in(Role.ADMINISTRATOR).get("/admin/scores/PMT/1/change").text

    assert 'action="/admin/scores/"' in form
    for said in ('value="children_under_5"', 'value="..1: 0; 1..: 1.2"', 'value="-0.8"'):
        assert said in form, said


def test_a_new_version_is_compared_with_the_one_in_force_before_it_is(
    session: Session, signed_in: SignedIn, home: str
) -> None:
    """Of 0.35 for each of four with 1.2 for a child 1.8 is poor; without the child 0.6 is not."""
    signed_in(Role.ADMINISTRATOR).act("/admin/scores/", **PMT)
    signed_in(Role.PROGRAM_MANAGER).act("/admin/scores/PMT/1/activate")
    for job in session.scalars(select(Job.id)).all():
        do(job)
    session.expire_all()
    new = {**PMT, "term-steps-1": "..1: 0; 1..: 0", "term-unknown-1": "0"}
    shown = signed_in(Role.ADMINISTRATOR).act("/admin/scores/", **new).text
    assert 'action="/admin/scores/PMT/compare"' in shown
    manager = signed_in(Role.PROGRAM_MANAGER)
    assert "Compare them" in manager.get("/admin/scores/PMT/compare?from=1&to=2").text

    waits = manager.act("/admin/scores/PMT/compare", **{"from": "1", "to": "2"})
    asked = session.scalars(select(Job).order_by(Job.id.desc())).first()
    assert asked is not None
    assert f"/jobs/{asked.id}?" in waits.text
    do(asked.id)
    session.expire_all()
    told = manager.get(f"/admin/scores/PMT/compare?from=1&to=2&job={asked.id}").text
    assert manager.get(f"/admin/scores/PMT/compare?from=1&to=1&job={asked.id}").status_code == 404
    other = signed_in(Role.PROGRAM_MANAGER).get(f"/admin/scores/PMT/compare?job={asked.id}")
    assert other.status_code == 404

    assert '<td class="n moved">1</td>' in told
    assert "-1.2" in told
    assert 'id="spread"' in manager.get("/admin/scores/PMT/1").text
