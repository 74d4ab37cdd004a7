"""A program officer says whom they mean by choosing, and keeps it; nothing is typed but figures."""

from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import expect
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from geo.services.areas import shape_areas
from registry.models.filters import Filter, Shared
from tests.conftest import OWNER
from tests.journeys.conftest import People
from tests.journeys.person import SETTLED, Person
from tests.make.geo import make_country
from tests.make.registry import make_household, make_location, make_person
from tests.make.users import PASSWORD, make_user
from tests.running import Platform, own_database, served

YOUNG, OLD = date(2025, 1, 1), date(1950, 1, 1)


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Doro in X11 has two small children, Kesh in X12 one and an old woman, Marr in X21 two."""
    files = tmp_path_factory.mktemp("building")
    with own_database("building", files) as environment:
        engine = create_engine(environment[OWNER])
        with Session(engine) as session, session.begin():
            areas = make_country(session)
            shape_areas(session)
            for name, pcode, lon, born in (
                ("Doro", "X11", 0.5, (YOUNG, YOUNG)),
                ("Kesh", "X12", 1.5, (YOUNG, OLD)),
                ("Marr", "X21", 2.5, (YOUNG, YOUNG)),
            ):
                place = make_location(session, lon, 0.5, area_id=areas[pcode].id)
                home = make_household(session, place, name=name)
                make_person(session, home, relation="head")
                for day in born:
                    make_person(session, home, birth_date=day)
            make_user(session, Role.PROGRAM_MANAGER, email="officer@example.org")
        engine.dispose()
        with served(environment, files) as running:
            yield running


@pytest.fixture
def officer(people: People) -> Person:
    officer = people("Dara Kesh")
    officer.sign_in("officer@example.org", PASSWORD)
    return officer


def _choose(officer: Person, name: str, value: str) -> None:
    """Choose, and wait until the rows are there again."""
    with officer.page.expect_response("**/filters/new"):
        officer.choose(name, value)
    officer.page.wait_for_function(SETTLED)


def _press(officer: Person, what: str) -> None:
    """Press a button of the builder, and wait until the rows are there again."""
    with officer.page.expect_response("**/filters/new"):
        officer.click(what)
    officer.page.wait_for_function(SETTLED)


def _built(officer: Person) -> None:
    """Of X1, with two members below five or above seventy, and complete or headed by a woman."""
    _press(officer, "Add a condition")
    _choose(officer, "0.term", "area_in")
    _choose(officer, "0.value", "X1")
    _means(officer, 2)
    _press(officer, "Count its members")
    _choose(officer, "1.0.term", "age")
    _choose(officer, "1.0.operator", "<")
    _types(officer, **{"1.0.value": "5"})
    _types(officer, **{"1.value": "2"})
    _means(officer, 1)
    _press(officer, "Add a condition on a member")
    _choose(officer, "1.1.term", "age")
    _choose(officer, "1.1.operator", ">")
    _types(officer, **{"1.1.value": "70"})
    _means(officer, 0)
    _choose(officer, "1.joined", "any")
    _means(officer, 2)
    _press(officer, "Add alternatives")
    _choose(officer, "2.0.term", "is_complete")
    _choose(officer, "2.0.operator", "no")
    _means(officer, 0)
    _choose(officer, "2.1.term", "sex_of_head")
    _choose(officer, "2.1.value", "female")
    _means(officer, 2)


def _types(officer: Person, **figures: str) -> None:
    """Type figures, and wait for what is meant now."""
    with officer.page.expect_response("**/filters/new"):
        officer.fill(**figures)
    officer.page.wait_for_function(SETTLED)


def _means(officer: Person, households: int) -> None:
    expect(officer.page.locator("#told .found")).to_contain_text(f"{households} of 3")


def test_a_filter_is_built_kept_and_shared_without_writing_an_expression(
    officer: Person, platform: Platform
) -> None:
    officer.go("/filters/")
    officer.click("Build a filter")
    _means(officer, 3)
    _built(officer)
    officer.fill(name="Young or old in X1")
    officer.click("Keep this filter")
    officer.click("Share it")
    officer.choose("with", "everybody")
    officer.page.locator("#share").get_by_role("button", name="Share it").click()
    officer.sees("Shared with: everybody.")
    officer.finds_it_good_on_any_screen()

    _means(officer, 2)
    kept = _kept(platform)
    assert kept.shared is Shared.EVERYBODY
    assert kept.written == (
        "area_in('X1') AND count_of(age < 5 OR age > 70) >= 2"
        " AND (is_complete = FALSE OR sex_of_head = 'female')"
    )


def _kept(platform: Platform) -> Filter:
    engine = create_engine(platform.environment[OWNER])
    with Session(engine) as session:
        kept = session.scalars(select(Filter)).one()
    engine.dispose()
    return kept
