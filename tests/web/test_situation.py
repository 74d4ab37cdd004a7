"""The start page: what is going on, what waits, and what to do on a platform that is new."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import shapely
from bs4 import BeautifulSoup
from geoalchemy2.shape import from_shape
from sqlalchemy.orm import Session

from app.auth.roles import Role
from geo.models.areas import AreaLevel
from geo.models.events import EventState, LayerKind, Severity
from geo.models.releases import Release, ReleasePart, ReleaseState
from registry.models.imports import Import, ImportKind, ImportState
from tests.make.exposure import make_exposure
from tests.make.geo import make_area, make_country, make_event, make_release, square
from tests.make.registry import make_household, make_location
from tests.web.conftest import Browser

SignedIn = Callable[..., Browser]


@pytest.fixture
def release(session: Session) -> Release:
    """A flood with one household of three in it, one unseen."""
    areas = make_country(session)
    event = make_event(session, severity=Severity.EXTREME)
    release = make_release(
        session,
        event,
        kind=LayerKind.RASTER,
        measure="Water depth",
        unit="m",
        floor=0.0,
        number=2,
        observed_at=datetime(2026, 11, 19, 6, 12, tzinfo=UTC),
        histogram_edges=[i / 20 for i in range(257)],
    )
    deep, dry, unseen = (
        make_location(session, x, 0.5, area_id=areas["X11"].id) for x in (0.2, 0.4, 0.6)
    )
    make_exposure(session, release, {deep: 1.2, unseen: None})
    for place in (deep, dry, unseen):
        make_household(session, place)
    return release


def test_a_new_platform_says_what_to_do_first(signed_in: SignedIn) -> None:
    page = signed_in(Role.GIS_ANALYST).get("/").text
    assert "Nothing is loaded yet" in page
    assert "Load boundaries" in page
    assert "Nothing waits for you" in page


def test_with_boundaries_loaded_the_households_are_next(
    signed_in: SignedIn, session: Session
) -> None:
    make_country(session)
    page = signed_in(Role.REGISTRAR).get("/").text
    assert "Load households" in page
    assert "Load boundaries" not in page


def test_with_households_loaded_a_hazard_is_next(signed_in: SignedIn, session: Session) -> None:
    make_country(session)
    make_household(session, make_location(session, 0.2, 0.5))
    page = signed_in(Role.GIS_ANALYST).get("/").text
    assert "Upload a hazard file" in page


def test_the_first_sentence_says_how_many_stand_in_the_water(
    signed_in: SignedIn, release: Release
) -> None:
    page = " ".join(signed_in(Role.COORDINATOR).get("/").text.split())
    assert "1 household</a></b> (0 people) stand in water depth of at least 0.5 m." in page
    assert "<b>1 more</b> live where nothing could be observed" in page
    assert "Karsa" in page
    assert "Extreme" in page
    assert "1 households in, 0 probable, 1 out, 1 not observed, 0 unlocated" in page


def test_half_a_metre_is_asked_first_where_all_depths_were_kept(
    signed_in: SignedIn, session: Session, release: Release
) -> None:
    release.floor = None  # everything above 0
    session.flush()
    page = signed_in(Role.COORDINATOR).get("/").text
    assert "water depth of at least 0.5 m" in page


def test_a_country_of_one_region_is_counted_by_what_lies_in_the_region(
    signed_in: SignedIn, session: Session
) -> None:
    for level, name in enumerate(("country", "region", "province")):
        session.merge(AreaLevel(level=level, name=name))
    country = make_area(session, "Y", square(0, 0, 2), name="Karsa (the)", is_leaf=False)
    region = make_area(session, "Y0", square(0, 0, 2), country, is_leaf=False)
    east, west = (make_area(session, f"Y{i + 1}", square(i, 0), region) for i in (0, 1))
    release = make_release(session, kind=LayerKind.EXTENT)
    places = [make_location(session, 0.5 + i, 0.5, area_id=a.id) for i, a in ((0, east), (1, west))]
    make_exposure(session, release, dict.fromkeys(places, 1.0))
    for place in places:
        make_household(session, place)

    page = BeautifulSoup(signed_in(Role.COORDINATOR).get("/").text, "html.parser")

    assert [row["data-area"] for row in page.select("#figures tbody tr")] == ["Y1", "Y2"]
    heading, title = page.select_one("#figures thead th"), page.select_one("h1")
    assert (heading and heading.text, title and title.text) == ("province", "Karsa")


def test_the_map_begins_with_the_hazard_or_with_the_areas_one_may_see(
    signed_in: SignedIn, session: Session
) -> None:
    areas = make_country(session)
    release = make_release(session, kind=LayerKind.EXTENT)  # observed in the whole country
    flood = from_shape(shapely.box(1.5, 0.5, 2.5, 1.5), 4326)
    session.add(ReleasePart(release_id=release.id, value=1.0, part=flood))
    session.flush()

    national = _map_settings(signed_in(Role.COORDINATOR))
    bound = _map_settings(signed_in(Role.COORDINATOR, area_id=areas["X2"].id))

    assert national["bounds"] == [1.5, 0.5, 2.5, 1.5]
    assert bound["bounds"] == [2.0, 0.0, 4.0, 2.0]
    assert national["release"]["bounds"] == [0.0, 0.0, 4.0, 2.0]  # where there are tiles


def _map_settings(browser: Browser) -> dict[str, Any]:
    page = BeautifulSoup(browser.get("/").text, "html.parser")
    settings = page.select_one("#map [data-part=settings]")
    assert settings is not None
    told: dict[str, Any] = json.loads(settings.text)
    return told


def test_events_stand_in_the_order_of_their_urgency(
    signed_in: SignedIn, session: Session, release: Release
) -> None:
    make_event(session, "A minor thing", severity=Severity.MINOR)
    make_event(session, "A storm ahead", severity=Severity.EXTREME, state=EventState.ALERT)
    make_event(session, "Long over", state=EventState.CLOSED)
    page = signed_in(Role.COORDINATOR).get("/").text
    found = [page.find(name) for name in ("Flood of the Oru", "A minor thing", "A storm ahead")]
    assert found == sorted(found)
    assert -1 not in found
    assert "Long over" not in page


def test_an_earlier_release_can_be_looked_at(
    signed_in: SignedIn, session: Session, release: Release
) -> None:
    earlier = make_release(
        session,
        number=1,
        event=session.get_one(type(make_event(session, "other")), release.event_id),
        state=ReleaseState.SUPERSEDED,
        measure="Water depth",
        observed_at=datetime(2026, 11, 16, 5, 0, tzinfo=UTC),
    )
    browser = signed_in(Role.COORDINATOR)
    assert "Releases over time" in browser.get("/").text
    page = browser.get(f"/?r={earlier.id}").text
    assert "observed 16 Nov 2026, 05:00; release 1" in page


def test_what_waits_is_shown_to_who_may_do_it(
    signed_in: SignedIn, session: Session, release: Release
) -> None:
    make_release(session, make_event(session, "New"), state=ReleaseState.READ)
    kind, state = ImportKind.HOUSEHOLDS, ImportState.CHECKED
    waiting = {"original_name": "households.csv", "original_sha256": "0" * 64, "uploaded_by": 1}
    session.add(Import(kind=kind, state=state, **waiting))
    session.flush()
    both = signed_in(Role.GIS_ANALYST, Role.REGISTRAR).get("/").text
    assert "Say what a new hazard file means" in both
    assert "households.csv" in both
    neither = signed_in(Role.VIEWER).get("/").text
    assert "Nothing waits for you" in neither


def test_a_distributor_starts_where_help_is_handed_over(signed_in: SignedIn) -> None:
    assert signed_in(Role.DISTRIBUTOR).get("/").location == "/redeem"
