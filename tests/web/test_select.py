"""The page where households are selected: by address, by what a drawing hand sends, and kept."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import shapely
from bs4 import BeautifulSoup
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from geo.classes import round_axis
from geo.models.areas import Area
from geo.models.events import Event, LayerKind
from geo.models.releases import Release
from registry.models.registrants import Registrant
from registry.models.rosters import Roster, RosterState
from tests.make.exposure import make_area_graded, make_exposure
from tests.make.geo import make_country, make_event, make_release
from tests.make.programs import make_program
from tests.make.registry import make_household, make_location, make_person
from tests.web.conftest import Browser

SignedIn = Callable[..., Browser]
WEST_POLY = "??_ibE??_ibE~hbE?"  # 0 0, 0 1, 1 1, 1 0 degrees; latitude first


@dataclass
class World:
    """In the west a household of two in 1.2 m of water and one in 0.3 m; in the east a dry one."""

    areas: dict[str, Area]
    release: Release
    deep: Registrant


@pytest.fixture
def world(session: Session) -> World:
    areas = make_country(session)
    release = make_release(
        session,
        make_event(session),
        kind=LayerKind.RASTER,
        measure="Depth",
        unit="m",
        floor=0.0,
        number=3,
        source="National Flood Centre",
        histogram_edges=[i / 20 for i in range(257)],
    )
    deep, shallow = (make_location(session, x, 0.5, area_id=areas["X11"].id) for x in (0.2, 0.4))
    dry = make_location(session, 3.5, 0.5, area_id=areas["X22"].id)
    make_exposure(session, release, {deep: 1.2, shallow: 0.3})
    household = make_household(session, deep, name="Doro, Amina")
    make_person(session, household)
    make_person(session, household, sex="male")
    for place in (shallow, dry):
        make_household(session, place)
    return World(areas, release, household)


def _answer(browser: Browser, sent: dict[str, Any]) -> Any:
    return browser.post(
        "/selections/answer",
        data=json.dumps(sent),
        headers={"X-CSRFToken": browser.token(), "Content-Type": "application/json"},
    )


def _text(page: Any) -> str:
    return " ".join(page.text.split())


def test_the_page_asks_the_latest_release_at_half_a_metre(
    signed_in: SignedIn, world: World
) -> None:
    page = signed_in(Role.COORDINATOR).get("/select")
    assert page.status_code == 200
    assert "1 households in, 0 probable, 2 out, 0 not observed, 0 unlocated" in page.text
    assert "Households in depth of at least 0.5 m" in _text(page)
    assert "Flood of the Oru" in page.text


def test_the_card_shows_who_is_probable_and_how_many_are_expected(
    signed_in: SignedIn, session: Session, world: World
) -> None:
    for _ in range(5):
        make_household(session, area_id=world.areas["X12"].id)
    make_area_graded(session, world.release, world.areas["X12"], [0.0] * 12 + [0.6] * 4)

    page = signed_in(Role.COORDINATOR).get("/select")

    assert "1 households in, 5 probable, 2 out, 0 not observed, 0 unlocated" in page.text
    assert "about 1.2 expected to be in" in page.text  # 1.25, half to even
    assert "Probable" in page.text


def test_a_list_says_what_each_was_known_by_and_whether_a_cycle_takes_the_probable(
    signed_in: SignedIn, session: Session, world: World
) -> None:
    make_household(session, area_id=world.areas["X12"].id)
    make_area_graded(session, world.release, world.areas["X12"], [0.0] * 12 + [0.6] * 4)
    browser = signed_in(Role.COORDINATOR)
    clause = {"release": world.release.id, "at_least": 0.5}
    asked = json.dumps({"event": None, "clause": clause})
    browser.act("/rosters/", question=asked, name="Sure", condition="")
    browser.act("/rosters/", question=asked, name="Wide", condition="", with_probable="yes")
    wide, sure = session.scalars(select(Roster).order_by(Roster.id.desc())).all()

    page = _text(browser.get(f"/rosters/{wide.id}?status=probable"))
    assert "its area" in page
    assert "25.0 %" in page
    manager = signed_in(Role.PROGRAM_MANAGER)
    make_program(session)
    for roster, ticked in ((wide, True), (sure, False)):
        form = BeautifulSoup(manager.get(f"/cycles/new?roster={roster.id}").text, "html.parser")
        box = form.select_one("input[name=with_probable]")
        assert box is not None
        assert box.has_attr("checked") is ticked


def test_the_address_holds_the_whole_question(signed_in: SignedIn, world: World) -> None:
    browser = signed_in(Role.COORDINATOR)
    lower = browser.get(f"/select?r={world.release.id}&min=0.3")
    assert "2 households in, 0 probable, 1 out" in lower.text
    east = browser.get("/select?areas=X2")
    assert "0 households in, 0 probable, 1 out" in east.text
    without = browser.get("/select?min=0.1&areas=X&without=X1")
    assert "0 households in, 0 probable, 1 out" in without.text
    drawn = browser.get(f"/select?poly={WEST_POLY}&min=0.1")
    assert "2 households in, 0 probable, 0 out" in drawn.text


def test_an_unknown_p_code_in_the_address_is_refused_with_a_sentence(
    signed_in: SignedIn, world: World
) -> None:
    page = signed_in(Role.COORDINATOR).get("/select?areas=Y9")
    assert page.status_code == 404
    assert "No area has the P-code Y9" in page.text


def test_a_changed_question_is_answered_by_the_parts_that_change(
    signed_in: SignedIn, world: World
) -> None:
    shapes = json.loads(shapely.to_geojson(shapely.box(0, 0, 1, 1)))
    sent = {
        "event": "1",
        "shapes": {"type": "MultiPolygon", "coordinates": [shapes["coordinates"]]},
        "areas": [],
        "exclude": {"areas": []},
        "combine": "union",
        "clause": {"release": world.release.id, "at_least": 0.25},
    }
    page = _answer(signed_in(Role.COORDINATOR), sent)
    assert page.status_code == 200
    assert "<!doctype" not in page.text
    for part in ("result", "who", "tally", "by-area"):
        assert f'id="{part}"' in page.text
    assert "2 households in, 0 probable, 0 out" in page.text


def test_the_bars_of_the_slider_follow_the_question_on_the_same_scale(
    signed_in: SignedIn, world: World
) -> None:
    world.release.histogram = [1.0] * 40 + [0.0] * 216  # values from 0 to 2 m
    browser = signed_in(Role.COORDINATOR)

    page = _bars(browser.get("/select").text)
    clause = {"release": world.release.id, "at_least": 0.5}
    answer = _answer(browser, {"areas": ["X2"], "clause": clause})

    assert [bar["data-from"] for bar in _bars(answer.text)] == [bar["data-from"] for bar in page]
    assert {float(bar["data-from"]) for bar in page if bar["height"] != "0.0"} == {0.3, 1.2}
    assert {bar["height"] for bar in _bars(answer.text)} == {"0.0"}  # nobody in the east is wet


def test_the_slider_stops_at_the_releases_own_steps_however_wide_the_bars_are(
    signed_in: SignedIn, world: World
) -> None:
    world.release.histogram = [1.0] * 200 + [0.0] * 56  # values from 0 to 10 m, bars of 0.35 m
    page = signed_in(Role.COORDINATOR).get("/select").text
    slider = BeautifulSoup(page, "html.parser").select_one("input[type=range]")
    assert slider is not None
    assert float(str(slider["step"])) == 0.05


def test_the_axis_under_the_slider_begins_and_ends_at_round_figures(
    signed_in: SignedIn, world: World
) -> None:
    world.release.histogram = [1.0] * 75 + [0.0] * 181  # values from 0 to 3.75 m
    soup = BeautifulSoup(signed_in(Role.COORDINATOR).get("/select").text, "html.parser")

    slider = soup.select_one("input[type=range]")
    assert slider is not None
    assert [figure.text for figure in soup.select(".axis span")] == ["0 m", "1", "2", "3", "4 m"]
    assert (float(str(slider["min"])), float(str(slider["max"]))) == (0.0, 4.0)


@pytest.mark.parametrize(
    ("low", "high", "axis"),
    [
        (0, 3.73, [0, 1, 2, 3, 4]),
        (0, 2, [0, 0.5, 1, 1.5, 2]),
        (0, 0.03, [0, 0.01, 0.02, 0.03]),
        (4.3, 8.9, [4, 5, 6, 7, 8, 9]),
        (-3.1, 1.2, [-4, -2, 0, 2]),
        (0, 256, [0, 100, 200, 300]),
    ],
)
def test_an_axis_has_few_figures_at_equal_round_distances(
    low: float, high: float, axis: list[float]
) -> None:
    assert round_axis(low, high, 5) == axis


def _bars(page: str) -> list[dict[str, str]]:
    soup = BeautifulSoup(page, "html.parser")
    return [
        {name: str(bar[name]) for name in ("data-from", "height")} for bar in soup.select(".bin")
    ]


def test_a_drawing_that_crosses_itself_is_refused(signed_in: SignedIn, world: World) -> None:
    crossing = [[[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]]
    sent = {"shapes": {"type": "MultiPolygon", "coordinates": crossing}}
    page = _answer(signed_in(Role.COORDINATOR), sent)
    assert page.status_code == 422
    assert "crosses itself near 0.5000, 0.5000" in page.text


@pytest.mark.parametrize("sent", [{"combine": "perhaps"}, {"areas": 3}, {"clause": {}}])
def test_a_question_that_cannot_be_read_is_refused(
    signed_in: SignedIn, world: World, sent: dict[str, Any]
) -> None:
    page = _answer(signed_in(Role.COORDINATOR), sent)
    assert page.status_code == 422
    assert "cannot be read" in page.text


def test_a_large_drawing_is_kept_for_the_address_and_given_back(
    signed_in: SignedIn, world: World
) -> None:
    browser = signed_in(Role.COORDINATOR)
    circle = shapely.MultiPolygon([shapely.Point(0.5, 0.5).buffer(0.45, 64)])
    kept = browser.post(
        "/selections/drafts",
        json={"shapes": json.loads(shapely.to_geojson(circle))},
        headers={"X-CSRFToken": browser.token()},
    )
    code = kept.get_json()["code"]
    again = browser.get(f"/selections/drafts/{code}")
    assert shapely.from_geojson(again.text).equals(circle)
    page = browser.get(f"/select?draft={code}&min=0.1")
    assert "2 households in, 0 probable, 0 out" in page.text


def test_an_uploaded_shape_comes_back_as_polygons_in_degrees(
    signed_in: SignedIn, world: World
) -> None:
    browser = signed_in(Role.COORDINATOR)
    text = shapely.to_geojson(shapely.box(0, 0, 1, 1)).encode()
    answer = browser.post(
        "/selections/shapes",
        data={"file": (io.BytesIO(text), "west.geojson")},
        headers={"X-CSRFToken": browser.token()},
    )
    assert shapely.from_geojson(answer.text).equals(shapely.box(0, 0, 1, 1))


def test_areas_are_found_by_a_part_of_their_name_or_code(signed_in: SignedIn, world: World) -> None:
    found = signed_in(Role.VIEWER).get("/areas/search?q=X11").get_json()
    assert found[0]["pcode"] == "X11"
    assert found[0]["path"] == "Area X1, Karsa"


def test_a_kept_list_is_frozen_shown_and_opened_as_its_question_again(
    signed_in: SignedIn, session: Session, world: World
) -> None:
    browser = signed_in(Role.COORDINATOR)
    sent = {"areas": ["X1"], "clause": {"release": world.release.id, "at_least": 0.5}}
    page = browser.act("/rosters/", question=json.dumps(sent), name="Lower Oru", condition="")
    roster = session.scalars(select(Roster)).one()
    assert roster.state is RosterState.FROZEN
    assert "Lower Oru" in page.text
    assert "<b>1</b> household of 2 asked is in" in _text(page)
    assert roster.hash is not None
    assert roster.hash in page.text
    assert world.deep.number in page.text
    assert "Lower Oru" in browser.get("/rosters/").text
    listed = 'class="code"><a href="/registry/HG-'
    assert page.text.count(listed) == 1  # a list begins with who is in
    assert browser.get(f"/rosters/{roster.id}?status=all").text.count(listed) == 2
    assert browser.get(f"/rosters/{roster.id}?status=in").text.count(listed) == 1
    assert "Next: start a cycle with it" in page.text
    assert "A program manager who sees all of it does it" in page.text
    opened = browser.get(f"/rosters/{roster.id}")
    code = opened.text.split("/selections/")[1].split('"')[0]
    again = browser.get(f"/selections/{code}")
    assert again.location == f"/select?r={world.release.id}&min=0.5&areas=X1"


def test_a_list_is_named_after_the_event_and_the_day_it_was_observed(
    signed_in: SignedIn, session: Session, world: World
) -> None:
    world.release.observed_at = datetime(2026, 11, 19, 6, 12, tzinfo=UTC)
    event = session.get_one(Event, world.release.event_id)
    soup = BeautifulSoup(signed_in(Role.COORDINATOR).get("/select").text, "html.parser")
    field = soup.select_one("#keep input[name=name]")
    assert field is not None
    assert field["value"] == f"{event.name}, 19 Nov 2026"


def test_the_page_of_a_list_says_that_its_figures_are_of_the_areas_one_may_see(
    signed_in: SignedIn, session: Session, world: World
) -> None:
    signed_in(Role.COORDINATOR).act("/rosters/", question="{}", name="Everybody")
    roster = session.scalars(select(Roster)).one()
    beyond = "the list goes beyond them"
    bound = signed_in(Role.COORDINATOR, area_id=world.areas["X2"].id)

    page = bound.get(f"/rosters/{roster.id}?status=all")
    all_lists = bound.get("/rosters/").text

    assert beyond in page.text
    assert "of 1 asked" in _text(page)

    assert "in the areas you may see" in all_lists
    assert "People in" not in all_lists
    assert beyond not in signed_in(Role.COORDINATOR).get(f"/rosters/{roster.id}").text


def test_a_list_is_taken_along_as_a_file(
    signed_in: SignedIn, session: Session, world: World
) -> None:
    browser = signed_in(Role.COORDINATOR)
    browser.act("/rosters/", question="{}", name="Everybody")
    roster = session.scalars(select(Roster)).one()
    answer = browser.get(f"/rosters/{roster.id}/list.csv")
    assert answer.mimetype == "text/csv"
    assert len(answer.text.splitlines()) == 1 + 3


def test_who_only_looks_is_offered_no_keeping(signed_in: SignedIn, world: World) -> None:
    browser = signed_in(Role.VIEWER)
    assert "Keep this list" not in browser.get("/select").text
    assert browser.act("/rosters/", question="{}", name="Mine").status_code == 403


def test_without_any_release_everybody_is_counted(signed_in: SignedIn, session: Session) -> None:
    make_household(session)
    page = signed_in(Role.COORDINATOR).get("/select")
    assert page.status_code == 200
    assert "No release is published yet" in page.text


def test_who_may_not_see_exact_places_is_told_why_and_led_to_picking_areas(
    signed_in: SignedIn, world: World
) -> None:
    viewer = signed_in(Role.VIEWER)

    page = viewer.get(f"/select?poly={WEST_POLY}&areas=X1")

    assert page.status_code == 200
    assert "A drawing is not counted for your role" in page.text
    assert " households in, " not in page.text
    way = BeautifulSoup(page.text, "html.parser").find("a", string="Pick areas instead")
    assert way
    assert str(way["href"]).startswith("/select?")
    assert "areas=X1" in str(way["href"])
    assert "draft" not in str(way["href"])
