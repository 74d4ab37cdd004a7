"""A household is split: a registrar asks, a coordinator validates near by, a supervisor applies."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from core.settings import settings
from geo.services.areas import shape_areas
from registry.models.registrants import Registrant, RegistrantKind
from tests.conftest import OWNER
from tests.journeys.conftest import People
from tests.journeys.person import Person
from tests.make.geo import make_country
from tests.make.registry import make_household, make_location, make_person
from tests.make.users import PASSWORD, make_user
from tests.running import Platform, own_database, served

FIVE = {
    "Amina Doro": "head",
    "Omar Doro": "spouse",
    "Idris Doro": "child",
    "Sefu Doro": "child",
    "Zuri Doro": "child",
}
PHONE = {"width": 360, "height": 780}

pytestmark = pytest.mark.xdist_group("journeys")


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A household of five in X11, and three who have to do with its change."""
    files = tmp_path_factory.mktemp("splitting")
    with own_database("splitting", files) as environment:
        engine = create_engine(environment[OWNER])
        with _settings_of(environment), Session(engine) as session, session.begin():
            areas = make_country(session)
            shape_areas(session)
            make_user(session, Role.REGISTRAR, email="registrar@example.org", name="Ines Aro")
            coordinator, supervisor = "coordinator@example.org", "supervisor@example.org"
            near = areas["X1"].id
            make_user(session, Role.COORDINATOR, email=coordinator, name="Lena Marr", area_id=near)
            make_user(session, Role.REGISTRY_SUPERVISOR, email=supervisor, name="Rana Ode")
            place = make_location(session, 0.5, 1.0, area_id=areas["X11"].id)
            home = make_household(session, place, name="Amina Doro")
            for name, relation in FIVE.items():
                make_person(session, home, relation=relation, name=name)
        engine.dispose()
        with served(environment, files) as running:
            yield running


@contextmanager
def _settings_of(environment: dict[str, str]) -> Iterator[None]:
    """The platform's own key, under which the supervisor's second factor is kept."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        settings.cache_clear()
        yield
    settings.cache_clear()


def test_a_household_is_split_through_both_validations(people: People, platform: Platform) -> None:
    registrar = _signed_in(people("Ines Aro", **PHONE), "registrar@example.org")
    home = _numbers(platform)["Amina Doro"]
    registrar.go(f"/registry/{home}?tab=changes")
    registrar.click("Ask for a change")
    registrar.click("Split a household")
    people_there = _numbers(platform, RegistrantKind.INDIVIDUAL)
    registrar.choose(f"goes-{people_there['Omar Doro']}", "head")
    registrar.choose(f"goes-{people_there['Zuri Doro']}", "child")
    registrar.fill(why="They live apart since October")
    registrar.click("Ask for it")
    registrar.sees("Others look at it from now on.")
    registrar.finds_it_good_on_any_screen()

    coordinator = _signed_in(people("Lena Marr"), "coordinator@example.org")
    number = _open_the_change(coordinator)
    coordinator.finds_it_good_on_any_screen()
    coordinator.click("It is right")
    coordinator.sees("The change is validated.")

    supervisor = _signed_in(people("Rana Ode"), "supervisor@example.org")
    assert _open_the_change(supervisor) == number
    supervisor.click("It is right")
    supervisor.click("Apply the change")
    supervisor.sees("The change is applied.")

    groups = _numbers(platform)
    assert set(groups) == {"Amina Doro", "Omar Doro"}
    registrar.go(f"/registry/{groups['Omar Doro']}")
    registrar.sees("2 members listed")
    registrar.go(f"/registry/{home}")
    registrar.sees("3 members listed")


def _signed_in(person: Person, email: str) -> Person:
    person.sign_in(email, PASSWORD)
    return person


def _open_the_change(person: Person) -> str:
    """The only change that waits, opened from the list; answers its number."""
    person.go("/changes/")
    link = person.page.locator("main table a.code")
    number = link.inner_text()
    link.click()
    person.sees("Before and after")
    return number


def _numbers(platform: Platform, kind: RegistrantKind = RegistrantKind.GROUP) -> dict[str, str]:
    """The numbers of all groups, or people, by their names."""
    engine = create_engine(platform.environment[OWNER])
    with Session(engine) as session:
        named = select(Registrant.name, Registrant.number).where(Registrant.kind == kind)
        found = dict(session.execute(named).all())
    engine.dispose()
    return found
