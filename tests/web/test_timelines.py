"""The releases of an event on a line of time: each to be looked at, by slider, by key, by link."""

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.auth.roles import Role
from core.actor import Actor
from core.storage import keep_file
from geo.models.releases import Release
from geo.services.areas import shape_areas
from geo.services.releases import receive_release, withdraw_release
from tests.conftest import EVERYTHING, OWNER
from tests.journeys.person import Person
from tests.make.files import depth_file
from tests.make.geo import make_country, make_event
from tests.make.releases import DEPTH, published, read
from tests.make.users import PASSWORD, make_user
from tests.running import own_database, served
from tests.web.conftest import Browser
from tests.web.test_fetches import SignIn

AMINA = Actor(id=1, name="Amina", permissions=EVERYTHING, national=True)
EMAIL = "line@example.org"


def furnish(session: Session, folder: Path) -> list[int]:
    """An event with depths of Monday to Wednesday, those of Tuesday withdrawn, and a forecast."""
    make_country(session)
    shape_areas(session)
    event = make_event(session)
    keys = []
    for day in range(4):
        file = depth_file(folder / f"{day}.tif", [[day + 1.0, 0.0, 0.5, 0.0], [0.0] * 4])
        release = receive_release(
            session, event.id, keep_file(file), file.name, actor=AMINA
        ).release
        read(session, release, AMINA)
        assert DEPTH.observed_at is not None
        at = DEPTH.observed_at + timedelta(days=day)
        layer = "Forecast" if day == 3 else "Water depth"
        meaning = replace(DEPTH, layer=layer, observed_at=at, forecast=day == 3)
        published(session, release, AMINA, meaning)
        keys.append(release.id)
    withdraw_release(session, keys[1], "The gauge was wrong", actor=AMINA)
    session.flush()
    return keys


def line_of(page: str) -> str:
    found = re.search(r'<section class="float episodes.*?</section>', page, re.DOTALL)
    assert found is not None
    return found[0]


def test_the_line_has_every_release_in_the_order_it_was_observed(
    signed_in: SignIn, session: Session, tmp_path: Path
) -> None:
    monday, tuesday, wednesday, forecast = furnish(session, tmp_path)
    viewer = signed_in(Role.VIEWER)

    line = line_of(viewer.get(f"/?r={wednesday}").text)

    links = re.findall(r'<li[^>]*><a href="([^"]+)">', line)
    assert links == [
        f"/?r={monday}",
        f"/hazards/{tuesday}",
        f"/?r={wednesday}",
        f"/?r={forecast}",
    ]
    dots = re.findall(r'<i class="([^"]+)" style="--x:([\d.]+)"', line)
    assert [dot for dot, _x in dots] == ["at", "at gone", "at now", "at next"]
    assert [float(x) for _dot, x in dots] == [0, pytest.approx(1 / 3), pytest.approx(2 / 3), 1]
    assert len(re.findall("<s>", line)) == 1
    assert 'max="3" step="1" value="2"' in line
    assert 'aria-valuetext="Water depth (m), observed 21 Nov 2026, 06:00; release 3"' in line


def test_every_page_of_a_release_has_its_line(
    signed_in: SignIn, session: Session, tmp_path: Path
) -> None:
    monday, tuesday, *_later = furnish(session, tmp_path)
    viewer = signed_in(Role.VIEWER)

    assert f'href="/select?r={monday}"' in line_of(viewer.get(f"/select?r={monday}").text)
    own = line_of(viewer.get(f"/hazards/{tuesday}").text)
    assert re.findall(r'<li[^>]*><a href="([^"]+)">', own)[0] == f"/hazards/{monday}"
    assert "(withdrawn)" in own


def test_an_event_of_one_release_has_no_line(
    signed_in: SignIn, session: Session, tmp_path: Path
) -> None:
    make_country(session)
    event = make_event(session)
    file = depth_file(tmp_path / "1.tif", [[1.0, 0.0]])
    release: Release = receive_release(
        session, event.id, keep_file(file), file.name, actor=AMINA
    ).release
    read(session, release, AMINA)
    published(session, release, AMINA, DEPTH)
    viewer: Browser = signed_in(Role.VIEWER)

    assert "episodes" not in viewer.get("/").text.replace("episodes.", "")


@pytest.fixture
def person(web: Flask, chromium: Chromium, tmp_path: Path) -> Iterator[tuple[Person, list[int]]]:
    """Somebody before a running platform that has the event."""
    with own_database("line", tmp_path) as environment:
        for name in ("STORAGE", "SECRET_KEY"):
            environment[name] = os.environ[name]
        engine = create_engine(environment[OWNER])
        with Session(engine) as session, session.begin():
            keys = furnish(session, tmp_path)
            make_user(session, Role.COORDINATOR, email=EMAIL)
        engine.dispose()
        with served(environment, tmp_path) as platform:
            page = chromium.new_context(viewport={"width": 1440, "height": 900}).new_page()
            reader = Person("Ines", page, platform.address)
            reader.sign_in(EMAIL, PASSWORD)
            yield reader, keys
            page.context.close()


def test_the_slider_shows_a_release_on_the_map_and_then_goes_to_it(
    person: tuple[Person, list[int]],
) -> None:
    reader, (monday, _tuesday, wednesday, _forecast) = person
    page = reader.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    reader.go(f"/?r={wednesday}&at=6/1/2")
    page.wait_for_selector(".map[data-ready]")
    slider = page.locator(".episodes input")
    slider.focus()
    asked.clear()

    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".episodes [data-part=says]")).to_contain_text("release 1")
    page.wait_for_url(lambda url: f"r={monday}" in url)

    tiles = [url for url in asked if f"/tiles/releases/{monday}/" in url]
    assert tiles, "the map showed the release before the page went to it"
    assert "at=6/1/2" in page.url
    page.wait_for_selector(".map[data-ready]")
    expect(slider).to_be_focused()
    expect(page.locator(".episodes .at.now")).to_have_count(1)
    assert slider.input_value() == "0"
    assert reader.faults == []
