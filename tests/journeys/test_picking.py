"""Somebody who counts by whole areas alone, at the map where others draw."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Route
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.auth.roles import Role
from tests.conftest import OWNER
from tests.journeys.conftest import People
from tests.journeys.person import Person
from tests.make.geo import make_country
from tests.make.registry import make_household, make_location
from tests.make.users import PASSWORD, make_user
from tests.running import Platform, own_database, served

WEST_POLY = "??_ibE??_ibE~hbE?"  # 0 0, 0 1, 1 1, 1 0 degrees; latitude first
WAYS = "[role=tab]"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Seven households in the west, nine in the east, and a viewer."""
    files = tmp_path_factory.mktemp("picking")
    with own_database("picking", files) as environment:
        engine = create_engine(environment[OWNER])
        with Session(engine) as session, session.begin():
            areas = make_country(session)
            for pcode, lon, households in (("X11", 0.5, 7), ("X22", 3.5, 9)):
                for n in range(households):
                    place = make_location(session, lon, 0.1 + n / 20, area_id=areas[pcode].id)
                    make_household(session, place)
            make_user(session, Role.VIEWER, email="viewer@example.org")
        engine.dispose()
        with served(environment, files) as running:
            yield running


@pytest.fixture
def viewer(people: People) -> Person:
    viewer = people("Lena Marr")
    viewer.sign_in("viewer@example.org", PASSWORD)
    return viewer


def test_who_counts_by_areas_begins_by_picking_and_is_told_figures(viewer: Person) -> None:
    viewer.go("/select")
    ways = viewer.page.locator(WAYS)

    assert ways.all_inner_texts() == ["Pick areas", "Draw", "Upload"]
    assert viewer.page.locator(f"{WAYS}[aria-selected=true]").inner_text() == "Pick areas"
    viewer.page.fill("#find-area", "X1")
    viewer.page.locator("[role=option]").first.wait_for()
    viewer.page.keyboard.press("Enter")

    viewer.page.locator("#result .figure", has_text="7").first.wait_for()
    assert viewer.page.locator(".float.live").is_hidden()
    viewer.finds_it_good_on_any_screen()


def test_what_is_typed_before_the_page_is_ready_is_looked_for(viewer: Person) -> None:
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    viewer.page.route("**/combobox.js", hold)
    with viewer.page.expect_request("**/combobox.js"):
        viewer.page.goto(f"{viewer.address}/select", wait_until="commit")
    viewer.page.fill("#find-area", "X1")

    late[0].continue_()

    viewer.page.locator("[role=option]").first.wait_for()


def test_drawing_says_beforehand_that_it_is_measured_and_not_counted(viewer: Person) -> None:
    viewer.go("/select")

    viewer.click("Draw")

    viewer.sees("A drawing is measured on the map but not counted")
    viewer.finds_it_accessible()


def test_the_way_from_anothers_drawing_leads_to_areas_and_their_figures(viewer: Person) -> None:
    viewer.go(f"/select?poly={WEST_POLY}&areas=X2")
    viewer.sees("A drawing is not counted for your role")

    viewer.click("Pick areas instead")

    viewer.page.locator("#result .figure", has_text="9").first.wait_for()
    assert "poly" not in viewer.page.url
    assert viewer.page.locator(f"{WAYS}[aria-selected=true]").inner_text() == "Pick areas"
