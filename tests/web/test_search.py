"""The search of the bar finds what has a name, of what its asker may see."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from app.auth.roles import Role
from geo.models.areas import Area
from tests.make.geo import make_country, make_event
from tests.make.programs import make_program, make_roster
from tests.make.registry import make_household
from tests.web.conftest import Browser

SignIn = Callable[..., Browser]


@pytest.fixture
def areas(session: Session) -> dict[str, Area]:
    """A country in which all kinds of things are called Oru, in its area X11."""
    areas = make_country(session)
    areas["X11"].name = "Oru Mouth"
    make_event(session, "Flood of the Oru")
    make_program(session, name="Oru cash")
    make_roster(session, name="Lower Oru")
    make_household(session, area_id=areas["X11"].id, name="Oru Daran")
    session.flush()
    return areas


@pytest.mark.usefixtures("areas")
def test_a_registrar_finds_households_areas_events_programs_and_lists(signed_in: SignIn) -> None:
    page = signed_in(Role.REGISTRAR).get("/search?q=oru").text

    for name in ("Oru Mouth", "Flood of the Oru", "Oru cash", "Lower Oru", "Oru Daran"):
        assert name in page


@pytest.mark.usefixtures("areas")
def test_who_may_not_read_the_registry_finds_no_household_and_no_list(signed_in: SignIn) -> None:
    page = signed_in(Role.VIEWER).get("/search?q=oru").text

    assert "Oru cash" in page
    assert "Oru Mouth" in page
    assert "Oru Daran" not in page
    assert "Lower Oru" not in page


def test_a_search_within_an_area_ends_at_its_border(
    signed_in: SignIn, areas: dict[str, Area]
) -> None:
    from_elsewhere = signed_in(Role.REGISTRAR, area_id=areas["X2"].id)

    page = from_elsewhere.get("/search?q=oru").text

    assert "Oru Daran" not in page
    assert "Oru Mouth" not in page


def test_what_is_found_nowhere_is_said_with_what_was_looked_through(signed_in: SignIn) -> None:
    page = signed_in(Role.DISTRIBUTOR).get("/search?q=nothing").text

    assert "Nothing is called that" in page
    assert "Areas" in page
    assert "Programs" not in page


def test_who_may_see_nothing_is_not_offered_a_search(signed_in: SignIn) -> None:
    browser = signed_in()

    assert browser.get("/search?q=oru").status_code == 403
    assert 'action="/search"' not in browser.get("/me").text
