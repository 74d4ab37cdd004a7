"""A file with errors is mapped, corrected, taken into the registry, and taken out of it again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from core.settings import settings
from geo.services.areas import shape_areas
from registry.models.registrants import Registrant
from tests.conftest import OWNER
from tests.journeys.conftest import People
from tests.journeys.person import LONG, Person
from tests.make.geo import make_country
from tests.make.registry import make_household, make_location, make_person
from tests.make.users import PASSWORD, make_user
from tests.running import Platform, at_work, own_database

LINES = """HH ID,Full name,Sexe,Birth date,Size,Pcode
H1,Aminna Doro,Dame,1992-03-14,4,X11
H2,Idris Kivali,Monsieur,2001-01-05,six,X11
H3,Zuri Sen,Dame,1990-05-02,2,X12"""


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A country, a registrar, and Amina Doro, who is registered already."""
    files = tmp_path_factory.mktemp("importing")
    with own_database("importing", files) as environment:
        engine = create_engine(environment[OWNER])
        with _settings_of(environment), Session(engine) as session, session.begin():
            areas = make_country(session)
            shape_areas(session)
            make_user(session, Role.REGISTRAR, email="registrar@example.org", name="Ines Aro")
            place = make_location(session, 0.5, 1.0, area_id=areas["X11"].id)
            home = make_household(session, place, name="Amina Doro")
            who = {"relation": "head", "name": "Amina Doro"}
            make_person(session, home, "female", date(1992, 3, 14), **who)
        engine.dispose()
        with at_work(environment, files) as running:
            yield running


@contextmanager
def _settings_of(environment: dict[str, str]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        settings.cache_clear()
        yield
    settings.cache_clear()


def test_a_file_with_errors_is_corrected_merged_and_undone(
    people: People, platform: Platform, tmp_path: Path
) -> None:
    registrar = people("Ines Aro")
    registrar.sign_in("registrar@example.org", PASSWORD)
    _send(registrar, tmp_path / "village.csv")
    _map(registrar)
    _correct(registrar)
    _link(registrar)

    registrar.page.get_by_role("button", name="Take 3 rows").click(timeout=LONG)
    registrar.sees("The rows are in the registry.", LONG)
    assert _registered(platform) == 6  # two households with a person each, and Amina's
    registrar.click("Undo this merge")
    registrar.sees("Nothing depends on it.")
    registrar.click("Undo it")
    registrar.sees("were taken out of it again", LONG)
    assert _registered(platform) == 2


def _send(registrar: Person, file: Path) -> None:
    file.write_text(LINES)
    registrar.go("/registry/imports/")
    registrar.finds_it_good_on_any_screen()
    registrar.tick("kind", "registrations")
    registrar.attach("file", file)
    registrar.click("Read this file")
    registrar.sees("Which column holds what?")
    registrar.finds_it_good_on_any_screen()


def _map(registrar: Person) -> None:
    """The words of a column, as soon as it is chosen."""
    registrar.choose("sex", "Sexe")
    registrar.page.locator("select[name='word:sex:dame']").wait_for()
    registrar.choose("word:sex:dame", "female")
    registrar.choose("word:sex:monsieur", "male")
    registrar.click("Check the rows")
    registrar.sees("The size six is not a whole number.", LONG)
    registrar.sees("1 new row is like somebody registered", LONG)
    registrar.finds_it_good_on_any_screen()


def _correct(registrar: Person) -> None:
    registrar.page.locator("td.marked a").first.click()
    registrar.sees("What it says")
    registrar.finds_it_good_on_any_screen()
    registrar.fill(size="6")
    registrar.click("Keep and check anew")
    registrar.sees("As it was sent", LONG)


def _link(registrar: Person) -> None:
    """The first row is somebody who is registered."""
    registrar.click("Row 2")
    registrar.page.get_by_role("button", name="It is them").wait_for(timeout=LONG)
    registrar.finds_it_good_on_any_screen()
    registrar.click("It is them")
    registrar.sees("Taken for:", LONG)
    registrar.page.locator(".crumbs").get_by_text("village.csv").click()


def _registered(platform: Platform) -> int:
    engine = create_engine(platform.environment[OWNER])
    with Session(engine) as session:
        found = session.scalar(select(func.count(Registrant.id)))
    engine.dispose()
    return found or 0
