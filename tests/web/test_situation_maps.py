"""The page of a list makes its situation map, follows it, and gives it away as a file."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from core.actor import Actor
from core.jobs import Job, JobState
from geo.models.areas import Area
from registry.jobs.situation_maps import make_situation_map
from registry.models.rosters import Roster
from registry.models.situation_maps import Audience
from registry.services.situation_maps import make_map
from tests.make.geo import make_country
from tests.make.jobs import Silent
from tests.make.situation_maps import make_mapped_list
from tests.web.conftest import Browser

SignedIn = Callable[..., Browser]
MAKE, AGAIN = "Make a situation map", "Make it again"


@pytest.fixture
def areas(session: Session) -> dict[str, Area]:
    return make_country(session)


@pytest.fixture
def roster(session: Session, anybody: Actor, areas: dict[str, Area]) -> Roster:
    return make_mapped_list(session, anybody, areas)


def _asked_for(session: Session, browser: Browser, roster: Roster) -> Job:
    """Press the button; the work that was put off by it."""
    answer = browser.act("/situation-maps/", follow=False, roster=roster.id)
    job = session.scalars(select(Job).order_by(Job.id.desc())).first()
    assert job is not None
    assert answer.status_code == 303
    assert answer.location == f"/rosters/{roster.id}?job={job.id}"
    return job


def _carried_out(session: Session, job: Job, actor: Actor) -> None:
    """Do the work as the worker would."""
    job.result = dict(make_situation_map(session, actor=actor, progress=Silent(), **job.args))
    job.state = JobState.DONE
    session.flush()


def test_a_map_is_made_by_a_job_and_then_listed(
    session: Session, signed_in: SignedIn, anybody: Actor, roster: Roster
) -> None:
    browser = signed_in(Role.COORDINATOR)
    assert MAKE in browser.get(f"/rosters/{roster.id}").text
    job = _asked_for(session, browser, roster)
    assert f"/jobs/{job.id}" in browser.get(f"/rosters/{roster.id}?job={job.id}").text

    _carried_out(session, job, anybody)

    page = browser.get(f"/rosters/{roster.id}").text
    found = re.search(r'href="(/situation-maps/\d+\.html)"', page)
    assert found
    assert "Situation map 1" in page
    assert AGAIN in page
    file = browser.get(found[1])
    assert file.mimetype == "text/html"
    assert "attachment" in file.headers["Content-Disposition"]
    assert "Karsa: Flood of the Oru" in file.text


def test_made_again_it_is_said_to_stand(
    session: Session, signed_in: SignedIn, anybody: Actor, roster: Roster
) -> None:
    browser = signed_in(Role.COORDINATOR)
    for _time in range(2):
        job = _asked_for(session, browser, roster)
        _carried_out(session, job, anybody)
    page = browser.get(f"/rosters/{roster.id}?job={job.id}").text
    assert "Nothing has changed since this map was made" in page
    assert page.count('href="/situation-maps/') == 1


def test_asked_for_twice_at_once_it_is_made_once(
    session: Session, signed_in: SignedIn, roster: Roster
) -> None:
    browser = signed_in(Role.COORDINATOR)
    first = _asked_for(session, browser, roster)
    assert _asked_for(session, browser, roster).id == first.id


def test_who_signs_takes_maps_for_the_public_along_but_makes_none(
    session: Session, signed_in: SignedIn, anybody: Actor, roster: Roster
) -> None:
    made = make_map(session, roster.id, actor=anybody, audience=Audience.PUBLIC).map
    browser = signed_in(Role.APPROVER)
    page = browser.get(f"/rosters/{roster.id}").text
    assert f"/situation-maps/{made.id}.html" in page
    assert AGAIN not in page
    assert browser.get(f"/situation-maps/{made.id}.html").status_code == 200
    assert browser.act("/situation-maps/", follow=False, roster=roster.id).status_code == 403


def test_a_map_of_the_whole_country_is_not_for_who_sees_a_part(
    session: Session,
    signed_in: SignedIn,
    anybody: Actor,
    roster: Roster,
    areas: dict[str, Area],
) -> None:
    made = make_map(session, roster.id, actor=anybody).map
    browser = signed_in(Role.COORDINATOR, area_id=areas["X2"].id)
    assert 'href="/situation-maps/' not in browser.get(f"/rosters/{roster.id}").text
    assert browser.get(f"/situation-maps/{made.id}.html").status_code == 404
    assert signed_in(Role.VIEWER).get(f"/situation-maps/{made.id}.html").status_code == 403


def test_a_map_of_no_list_is_not_found(session: Session, signed_in: SignedIn) -> None:
    browser = signed_in(Role.COORDINATOR)
    assert browser.act("/situation-maps/", follow=False, roster="none").status_code == 404
