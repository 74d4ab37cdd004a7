"""A registrar in the field registers a household on a phone, and sets the pin on its house."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from geo.models.locations import Location
from geo.services.areas import shape_areas
from registry.models.registrants import Registrant, RegistrantKind
from tests.conftest import OWNER
from tests.journeys.conftest import People
from tests.journeys.person import Person
from tests.make.geo import make_country
from tests.make.users import PASSWORD, make_user
from tests.running import Platform, own_database, served

PHONE = {"width": 360, "height": 780}
HERE = {"latitude": 1.0, "longitude": 0.5, "accuracy": 8}
MIDDLE_OF_THE_MAP = {"x": 164, "y": 170}  # CSS pixels of a map 328 wide and 340 high
NEAR = 0.001  # degrees


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A country without households, and a registrar."""
    files = tmp_path_factory.mktemp("registering")
    with own_database("registering", files) as environment:
        engine = create_engine(environment[OWNER])
        with Session(engine) as session, session.begin():
            make_country(session)
            shape_areas(session)
            make_user(session, Role.REGISTRAR, email="registrar@example.org")
        engine.dispose()
        with served(environment, files) as running:
            yield running


@pytest.fixture
def registrar(people: People) -> Person:
    registrar = people("Ines Aro", **PHONE)
    registrar.page.context.grant_permissions(["geolocation"])
    registrar.page.context.set_geolocation(HERE)  # type: ignore[arg-type]
    registrar.sign_in("registrar@example.org", PASSWORD)
    return registrar


def test_a_household_is_registered_on_a_phone_with_a_pin(
    registrar: Person, platform: Platform
) -> None:
    page = registrar.page
    registrar.go("/registry/")
    registrar.click("Register a household")
    registrar.fill(**{"name-1": "Amina Doro", "birth_date-1": "1990-03-14"})
    registrar.choose("sex-1", "female")
    registrar.click("Add a person")
    registrar.fill(**{"name-2": "Idris Doro", "birth_date-2": "2021"})
    registrar.choose("relation-2", "child")
    registrar.fill(phone="+254 712 345 678")
    page.locator(".map[data-ready]").wait_for()
    registrar.click("Where I am now")
    expect(page.locator("#latitude")).to_have_value("1.000000")
    expect(page.locator("#accuracy")).to_have_value("8")
    page.locator("#map .canvas canvas").first.click(position=MIDDLE_OF_THE_MAP)  # type: ignore[arg-type]
    expect(page.locator("#accuracy")).to_have_value("")  # a tap has no accuracy
    page.get_by_role("button", name="Register", exact=True).click()

    page.get_by_text("Amina Doro is registered under").wait_for()
    registrar.finds_it_good_on_any_screen()
    for shown in ("Idris Doro", "a building on a map", "+254712345678"):
        assert page.locator("main", has_text=shown).count() == 1
    assert _place_of_the_household(platform) == pytest.approx((0.5, 1.0), abs=NEAR)


def _place_of_the_household(platform: Platform) -> tuple[float | None, float | None]:
    """Longitude and latitude of the only household there is."""
    engine = create_engine(platform.environment[OWNER])
    place = (
        select(Location.lon, Location.lat)
        .join(Registrant, Registrant.location_id == Location.id)
        .where(Registrant.kind == RegistrantKind.GROUP)
    )
    with Session(engine) as session:
        lon, lat = session.execute(place).one()
    engine.dispose()
    return lon, lat
