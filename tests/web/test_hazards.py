"""The hazard desk: from a dropped file to a published release, and back."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.auth.roles import Role
from core.actor import Actor
from core.jobs import Job, JobState, works
from geo.models.events import Event
from geo.models.releases import Release, ReleaseState
from tests.make.files import depth_file, shapes_file
from tests.make.geo import make_country, make_event, make_release
from tests.make.jobs import Silent
from tests.web.conftest import Browser

SignIn = Callable[..., Browser]
DEPTHS = [[0.0, 0.4, 0.5, 1.5], [2.0, -9999.0, 0.5, 0.2]]
MEANING: dict[str, Any] = {
    "measure": "Water depth",
    "layer": "Water depth",
    "unit": "m",
    "direction": "at_least",
    "floor": "0.1",
    "observed_at": "2026-11-19T06:11",
    "source": "National Flood Centre",
    "licence": "CC BY 4.0",
}


@pytest.fixture
def analyst(signed_in: SignIn) -> Browser:
    return signed_in(Role.GIS_ANALYST)


def send(browser: Browser, event: Event, file: Path) -> TestResponse:
    with file.open("rb") as stream:
        return browser.act("/hazards/", event=event.id, file=(stream, file.name))


def carry_out(session: Session, actor: Actor) -> None:
    """Do the last work put off, as a worker would."""
    job = session.scalars(select(Job).order_by(Job.id.desc())).first()
    assert job is not None
    works[job.work](session, actor=actor, progress=Silent(), **job.args)
    job.state = JobState.DONE
    session.flush()


def only_release(session: Session) -> Release:
    return session.scalars(select(Release)).one()


def test_an_empty_desk_asks_for_an_event(analyst: Browser) -> None:
    page = analyst.get("/hazards/").text

    assert "No event is written down" in page
    assert "Write the event down" in page


def test_the_desk_says_no_hour_where_only_the_day_is_known(
    analyst: Browser, session: Session
) -> None:
    seen = datetime(2020, 11, 13, 6, 30, tzinfo=UTC)
    release = make_release(session, observed_at=seen, day_only=True)

    assert "<td>13 Nov 2020</td>" in analyst.get("/hazards/").text
    release.day_only = False
    session.flush()
    assert "13 Nov 2020, " in analyst.get("/hazards/").text


def test_an_event_is_written_down_and_closed(analyst: Browser, session: Session) -> None:
    form: dict[str, Any] = {"name": "Typhoon Vamco", "kind": "storm", "severity": "severe"}
    page = analyst.act("/hazards/events", began_at="2020-11-11T00:00", **form).text
    assert "Typhoon Vamco was written down" in page

    event = session.scalars(select(Event)).one()
    analyst.act(f"/hazards/events/{event.id}/state", state="recovery")
    page = analyst.act(f"/hazards/events/{event.id}/state", state="closed").text

    assert "closed" in page
    assert "/hazards/new" not in page


def test_an_event_without_a_day_is_refused(analyst: Browser) -> None:
    answer = analyst.act("/hazards/events", name="Flood", kind="flood", severity="minor")

    assert answer.status_code == 422
    assert "Say when the event began" in answer.text


def test_a_choice_that_is_none_is_refused_by_a_sentence(analyst: Browser, session: Session) -> None:
    event = make_event(session)

    answer = analyst.act(f"/hazards/events/{event.id}/state", state="over")

    assert answer.status_code == 422
    assert "over is none of the choices" in answer.text


def test_from_a_dropped_file_to_a_published_release_and_back(
    analyst: Browser, session: Session, anybody: Actor, tmp_path: Path
) -> None:
    make_country(session)
    event = make_event(session)
    waiting = send(analyst, event, depth_file(tmp_path / "depth.tif", DEPTHS)).text
    assert "Reading the file" in waiting or "jobs/" in waiting
    carry_out(session, anybody)
    address = f"/hazards/{only_release(session).id}"

    asked = analyst.get(address).text
    assert "Say what its numbers mean" in asked
    assert "4 x 2 cells, EPSG:4326" in asked
    assert "Publish as release" not in analyst.act(f"{address}/meaning", **MEANING).text
    carry_out(session, anybody)
    confirmed = analyst.get(address).text
    assert "75.0 % of the areas loaded count as hit" in confirmed  # six of eight cells
    assert "Publish as release 1" in confirmed
    assert "at least 0.1" in confirmed
    assert "cells with each value" in confirmed
    refused = analyst.act(f"{address}/publication")
    assert (refused.status_code, "75.0 %" in refused.text) == (409, True)
    publishing = analyst.act(f"{address}/publication", accepted="half_country").text
    assert "Publish as release 1" not in publishing
    carry_out(session, anybody)

    published = analyst.get(address).text
    assert "It hits" in published
    assert "National Flood Centre" in published
    withdrawn = analyst.act(f"{address}/withdrawal", reason="The gauge was wrong").text
    assert "Withdrawn: The gauge was wrong" in withdrawn


def test_missing_answers_are_said_where_they_are_missing(
    analyst: Browser, session: Session, anybody: Actor, tmp_path: Path
) -> None:
    send(analyst, make_event(session), depth_file(tmp_path / "depth.tif", DEPTHS))
    carry_out(session, anybody)
    release = only_release(session)
    form = {**MEANING, "unit": "", "floor": "deep", "source": "Ministry"}

    answer = analyst.act(f"/hazards/{release.id}/meaning", **form)

    assert answer.status_code == 422
    assert "2 answers are missing or wrong" in answer.text
    assert "Choose the unit of the values" in answer.text
    assert 'value="Ministry"' in answer.text
    session.refresh(release)
    assert release.state is ReleaseState.READ


def test_an_extent_asks_what_the_image_could_see(
    analyst: Browser, session: Session, anybody: Actor, tmp_path: Path
) -> None:
    make_country(session)
    flood = shapes_file(tmp_path / "flood.geojson", (shapely.box(0, 0, 1, 1), {}))
    seen = shapes_file(tmp_path / "seen.geojson", (shapely.box(0, 0, 2, 1), {}))
    send(analyst, make_event(session), flood)
    carry_out(session, anybody)
    release = only_release(session)
    form = {**MEANING, "measure": "Flooded", "layer": "Flood extent", "floor": ""}

    page = analyst.get(f"/hazards/{release.id}").text
    assert "What the image could see" in page
    with seen.open("rb") as stream:
        page = analyst.act(
            f"/hazards/{release.id}/meaning",
            observed_rule="layer",
            observed_file=(stream, "seen.geojson"),
            **form,
        ).text
    assert "what another file or layer shows" in page
    carry_out(session, anybody)
    analyst.act(f"/hazards/{release.id}/publication")
    carry_out(session, anybody)

    assert "Flood extent" in analyst.get(f"/hazards/{release.id}").text


def test_the_same_bytes_lead_to_the_release_they_are(
    analyst: Browser, session: Session, anybody: Actor, tmp_path: Path
) -> None:
    event = make_event(session)
    file = depth_file(tmp_path / "depth.tif", DEPTHS)
    send(analyst, event, file)
    carry_out(session, anybody)

    again = send(analyst, event, file).text

    assert "depth.tif is here already, byte by byte" in again
    assert len(session.scalars(select(Release)).all()) == 1


def test_a_file_that_was_refused_can_be_read_again(
    analyst: Browser, session: Session, anybody: Actor, tmp_path: Path
) -> None:
    send(analyst, make_event(session), depth_file(tmp_path / "depth.tif", DEPTHS, crs=None))
    carry_out(session, anybody)
    release = only_release(session)

    page = analyst.get(f"/hazards/{release.id}").text
    assert "coordinate system" in page
    analyst.act(f"/hazards/{release.id}/choice", crs="EPSG:4326", layer="", band="")
    carry_out(session, anybody)

    assert "EPSG:4326" in analyst.get(f"/hazards/{release.id}").text


def test_a_file_is_set_aside_with_a_reason(
    analyst: Browser, session: Session, anybody: Actor, tmp_path: Path
) -> None:
    send(analyst, make_event(session), depth_file(tmp_path / "depth.tif", DEPTHS))
    carry_out(session, anybody)
    release = only_release(session)

    page = analyst.act(f"/hazards/{release.id}/refusal", reason="An older model run").text

    assert "An older model run" in page
    session.refresh(release)
    assert release.state is ReleaseState.REFUSED


def test_a_viewer_sees_what_is_published_and_nothing_else(
    signed_in: SignIn, session: Session, anybody: Actor, tmp_path: Path
) -> None:
    event = make_event(session)
    send(signed_in(Role.GIS_ANALYST), event, depth_file(tmp_path / "depth.tif", DEPTHS))
    carry_out(session, anybody)
    release = only_release(session)
    viewer = signed_in(Role.VIEWER)

    assert viewer.get(f"/hazards/{release.id}").status_code == 404
    page = viewer.get("/hazards/").text
    assert event.name in page
    assert not re.search(r"<form[^>]*enctype", page)
    assert viewer.act("/hazards/", event=event.id).status_code in {403, 422}
