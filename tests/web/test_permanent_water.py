"""Permanent water and reasons on pages, in exports and in answers of the API."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from core.actor import Actor
from core.storage import keep_file
from geo.models.events import Event
from geo.models.releases import Release
from geo.services.releases import receive_release
from registry.models.registrants import Registrant
from tests.make.geo import make_country, make_event
from tests.make.registry import make_household, make_location
from tests.make.releases import read
from tests.make.water import ems_zip, published_ems
from tests.web.conftest import Browser

SignIn = Callable[..., Browser]


@pytest.fixture
def lake(session: Session, anybody: Actor, storage: Path, tmp_path: Path) -> Release:
    """A flood beside a lake, with a household in each, one on dry ground and one out of sight."""
    areas, event = make_country(session), make_event(session)
    for lon, pcode in ((0.25, "X11"), (1.25, "X12"), (1.75, "X12"), (3.5, "X22")):
        place = make_location(session, lon, 0.5, area_id=areas[pcode].id, accuracy_m=None)
        make_household(session, place)
    path = ems_zip(tmp_path)
    got = receive_release(session, event.id, keep_file(path), path.name, actor=anybody)
    read(session, got.release, anybody)
    return published_ems(session, got.release, anybody)


def words(page: str) -> str:
    """What a page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_page_of_a_release_counts_permanent_water_apart(
    lake: Release, signed_in: SignIn
) -> None:
    page = signed_in(Role.COORDINATOR).get(f"/hazards/{lake.id}").text

    assert "km² of permanent water are counted apart" in words(page)
    assert "Permanent water, km²" in page
    assert "Not observed, km²: outside what was seen" in page
    assert 'value="water" checked' in page


def test_the_answer_of_a_selection_tells_water_and_reasons_beside_its_figures(
    lake: Release, signed_in: SignIn
) -> None:
    said = words(signed_in(Role.COORDINATOR).get(f"/select?r={lake.id}").text)

    assert "Out 1 of them in permanent water 2" in said
    assert "Not observed 1 outside what was seen 1" in said
    assert "Out: permanent water" in said


def test_the_page_of_a_household_says_why_nobody_knows(
    session: Session, lake: Release, signed_in: SignIn
) -> None:
    browser = signed_in(Role.COORDINATOR)
    pages = {
        number: words(browser.get(f"/registry/{number}").text)
        for number in session.scalars(select(Registrant.number).order_by(Registrant.id))
    }

    _flooded, in_water, dry, unseen = pages.values()
    assert "out, in permanent water" in in_water
    assert "not observed: outside what was seen" in unseen
    assert "permanent water" not in dry


def test_files_and_the_api_tell_the_ground_of_areas_and_its_households_apart(
    session: Session, lake: Release, signed_in: SignIn
) -> None:
    """Figures of a few are hidden in what is copied on; those of the ground are not."""
    browser = signed_in(Role.COORDINATOR)
    items = f"/api/ogc/collections/release-{lake.id}-areas-2/items"
    address = f"/hazards/{lake.id}/areas.geojson?level=2"

    for taken in (browser.get(items).get_json(), browser.get(address).get_json()):
        said = {each["properties"]["pcode"]: each["properties"] for each in taken["features"]}
        half_a_square = said["X12"]["permanent_water_km2"]
        assert half_a_square == pytest.approx(said["X11"]["hit_km2"])
        assert said["X12"]["nodata_km2"] == 0
        assert said["X12"]["outside_km2"] > half_a_square
        assert said["X12"]["households_out_in_permanent_water"] is None


def test_the_desk_asks_whether_floods_over_water_count(
    session: Session, anybody: Actor, storage: Path, tmp_path: Path, signed_in: SignIn
) -> None:
    make_country(session)
    path = ems_zip(tmp_path)
    event: Event = make_event(session)
    got = receive_release(session, event.id, keep_file(path), path.name, actor=anybody)
    read(session, got.release, anybody)
    analyst = signed_in(Role.GIS_ANALYST)
    asked = analyst.get(f"/hazards/{got.release.id}").text

    sent = {
        "measure": "Flooded",
        "layer": "Flood",
        "observed_rule": "country",
        "observed_at": "2026-11-19T06:11",
        "source": "Copernicus EMS",
        "water_floods": "yes",
    }
    analyst.act(f"/hazards/{got.release.id}/meaning", **sent)

    assert "A flood over permanent water counts as flooded" in asked
    session.refresh(got.release)
    assert got.release.water_floods
