"""Maps put together on their page: chosen, made by a worker, looked at, published."""

from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from core.actor import Actor
from core.jobs import Job
from geo.jobs.composites import compose
from geo.jobs.releases import publish
from geo.models.releases import Operation, Release, ReleaseState
from tests.make.composites import make_days
from tests.make.geo import make_country, make_event
from tests.make.jobs import Silent
from tests.web.conftest import Browser

SignedIn = Callable[..., Browser]


@pytest.fixture
def days(session: Session, anybody: Actor, tmp_path: Path) -> list[Release]:
    make_country(session)
    return make_days(session, make_event(session), anybody, tmp_path)


def text(page: str) -> str:
    return " ".join(BeautifulSoup(page, "html.parser").get_text(" ").split())


def test_the_desk_leads_to_the_page_that_puts_maps_together(
    signed_in: SignedIn, days: list[Release]
) -> None:
    analyst = signed_in(Role.GIS_ANALYST)
    address = f"/hazards/events/{days[0].event_id}/composites/new"
    assert address in analyst.get("/hazards/").text
    page = BeautifulSoup(analyst.get(address).text, "html.parser")
    boxes = [str(box["value"]) for box in page.select("input[name=release][checked]")]
    assert boxes == [str(release.id) for release in days]
    viewer = signed_in(Role.VIEWER)
    assert address not in viewer.get("/hazards/").text
    assert viewer.get(address).status_code == 403


def test_maps_are_put_together_published_and_say_what_they_are_made_of(
    signed_in: SignedIn, session: Session, anybody: Actor, days: list[Release]
) -> None:
    analyst = signed_in(Role.GIS_ANALYST)
    ids = [str(release.id) for release in days]
    page = analyst.act(
        "/hazards/composites", operation="days", release=ids, threshold="0.5", name="Days wet"
    )
    made = session.scalars(select(Release).order_by(Release.id.desc()).limit(1)).one()
    assert (made.operation, made.operand) == (Operation.DAYS, 0.5)
    assert "Days wet.tif" in page.text
    assert (
        session.scalars(select(Job).where(Job.subject_id == made.id)).one().work.endswith("compose")
    )

    compose(session, actor=anybody, progress=Silent(), release_id=made.id)
    confirmed = text(analyst.get(f"/hazards/{made.id}").text)
    assert made.state is ReleaseState.CONFIRMED
    assert "Days wet" in confirmed

    publish(session, actor=anybody, progress=Silent(), release_id=made.id)
    shown = text(analyst.get(f"/hazards/{made.id}").text)
    assert "How many times it was hit in (from 0.5 on): Day 0" in shown
    asked = text(analyst.get(f"/select?r={made.id}&min=2").text)
    assert "Nobody is registered" in asked
    table = analyst.get(f"/hazards/{made.id}/areas.geojson").get_json(force=True)
    assert table["provenance"]["Put together as"] == "days 0.5"
    assert days[0].original_sha256 in table["provenance"]["Made of the files with SHA-256"]


def test_what_is_missing_is_said(signed_in: SignedIn, days: list[Release]) -> None:
    analyst = signed_in(Role.GIS_ANALYST)
    page = analyst.act(
        "/hazards/composites", operation="days", release=[str(days[0].id)], name="Alone"
    )
    assert page.status_code == 422
    assert "1 releases are chosen" in page.text


def test_a_making_that_was_stopped_is_asked_for_again(
    signed_in: SignedIn, session: Session, days: list[Release]
) -> None:
    analyst = signed_in(Role.GIS_ANALYST)
    ids = [str(release.id) for release in days]
    analyst.act("/hazards/composites", operation="maximum", release=ids, name="Highest")
    made = session.scalars(select(Release).order_by(Release.id.desc()).limit(1)).one()
    for job in session.scalars(select(Job).where(Job.subject_id == made.id)):
        session.delete(job)
    session.flush()
    assert "Make it once more" in analyst.get(f"/hazards/{made.id}").text
    analyst.act(f"/hazards/{made.id}/making")
    assert session.scalars(select(Job).where(Job.subject_id == made.id)).one()
    refused = analyst.act(f"/hazards/{days[0].id}/making")
    assert refused.status_code == 409
