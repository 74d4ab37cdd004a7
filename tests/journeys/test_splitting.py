"""Households change: a registrar asks, a coordinator validates near by, a supervisor applies."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import Select, create_engine, select
from sqlalchemy.orm import Session, aliased

from app.auth.roles import Role
from core.settings import settings
from geo.models.locations import Location
from geo.services.areas import shape_areas
from registry.models.registrants import (
    Identifier,
    Individual,
    Membership,
    Registrant,
    RegistrantKind,
    RegistrantState,
)
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
FOUR = {
    "Neema Juma": "head",
    "Baraka Juma": "spouse",
    "Tumaini Juma": "child",
    "Furaha Juma": "child",
}
PHONE = {"width": 360, "height": 780}
MIDDLE = {"x": 164, "y": 170}  # CSS pixels of a map 328 wide and 340 high


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Households of five and of four in X11, one of two in X12, somebody who is written down twice,
    somebody alone, and three who have to do with their changes."""
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
            there = make_location(session, 1.5, 1.0, area_id=areas["X12"].id)
            other = make_household(session, there, name="Halima Sen")
            make_person(session, other, relation="head", name="Halima Sen")
            oru = make_household(session, place, name="Neema Juma")
            for name, relation in FOUR.items():
                make_person(session, oru, relation=relation, name=name)
            make_person(session, name="Rehema Kato", area_id=areas["X11"].id)
            double = make_person(session, name="Halimah Sen", birth_date=None)
            double.language, double.area_id = "sw", areas["X12"].id
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

    _looked_at_and_applied(people)

    groups = _numbers(platform)
    assert set(groups) == {"Amina Doro", "Omar Doro", "Halima Sen", "Neema Juma"}
    registrar.go(f"/registry/{groups['Omar Doro']}")
    registrar.sees("2 members listed")
    registrar.go(f"/registry/{home}")
    registrar.sees("3 members listed")


def test_somebody_moves_to_another_household(people: People, platform: Platform) -> None:
    registrar = _signed_in(people("Ines Aro"), "registrar@example.org")
    groups, persons = _numbers(platform), _numbers(platform, RegistrantKind.INDIVIDUAL)
    registrar.go(f"/changes/new/transfer_member?of={groups['Amina Doro']}")
    registrar.choose("member", persons["Sefu Doro"])
    registrar.fill(to=groups["Halima Sen"], why="He lives with his aunt")
    registrar.choose("relation", "other_relative")
    registrar.click("Ask for it")

    _looked_at_and_applied(people)

    registrar.go(f"/registry/{groups['Halima Sen']}")
    registrar.sees("2 members listed")
    registrar.sees("Sefu Doro")


def test_two_records_are_put_together_and_taken_apart(people: People, platform: Platform) -> None:
    registrar = _signed_in(people("Ines Aro"), "registrar@example.org")
    persons = _numbers(platform, RegistrantKind.INDIVIDUAL)
    kept, gone = persons["Halima Sen"], persons["Halimah Sen"]
    registrar.go(f"/changes/new/merge_registrants?of={kept}")
    registrar.fill(gone=gone, why="The same woman, registered twice")
    registrar.click("Ask for it")

    _looked_at_and_applied(people)

    registrar.go(f"/registry/{gone}")
    registrar.sees("This record was merged into another one:")
    registrar.shows("merged-away")
    registrar.finds_it_good_on_any_screen()
    registrar.click(kept)
    registrar.sees("Other records became a part of this one:")
    registrar.shows("merged-here")
    registrar.finds_it_good_on_any_screen()
    registrar.click(f"Take {gone} apart again")
    registrar.sees(f"{gone} is a record of its own again.")


def test_a_household_moves_house_by_a_tap_on_the_map(people: People, platform: Platform) -> None:
    registrar = _signed_in(people("Ines Aro", **PHONE), "registrar@example.org")
    home = _numbers(platform)["Halima Sen"]
    registrar.go(f"/changes/new/move_house?of={home}")
    page = registrar.page
    page.locator(".map[data-ready]").wait_for()
    page.locator("#map .canvas canvas").first.click(position=MIDDLE)  # type: ignore[arg-type]
    expect(page.locator("#latitude")).not_to_have_value("")
    tapped = [float(page.locator(f"#{name}").input_value()) for name in ("longitude", "latitude")]
    registrar.fill(why="They moved to her mother")
    registrar.shows("change-moving")
    registrar.finds_it_accessible()
    registrar.click("Ask for it")
    registrar.sees("Others look at it from now on.")

    _looked_at_and_applied(people, "From A to B")

    place = select(Location.lon, Location.lat).join(
        Registrant, Registrant.location_id == Location.id
    )
    found = _asked(platform, place.where(Registrant.number == home))
    assert found == [pytest.approx(tuple(tapped), abs=1e-6)]


def test_each_other_kind_of_change_goes_the_whole_way(people: People, platform: Platform) -> None:
    groups, persons = _numbers(platform), _numbers(platform, RegistrantKind.INDIVIDUAL)
    home, of = groups["Neema Juma"], {name.split()[0]: persons[name] for name in FOUR}
    asked: dict[str, tuple[str, dict[str, str]]] = {
        "edit_individual": (of["Tumaini"], {"occupation": "Fisher"}),
        "edit_group": (home, {"settlement": "Upper Oru"}),
        "edit_identifier": (of["Baraka"], {"id_type": "national_id", "id_number": "A1234567"}),
        "add_member": (home, {"name": "Upendo Juma", "birth_date": "2026", "relation": "child"}),
        "remove_member": (home, {"member": of["Furaha"]}),
        "change_head": (home, {"member": of["Baraka"], "former": "spouse"}),
        "create_group": (of["Neema"], {"kind": "association", "name": "Nets of the Oru"}),
        "exit_registrant": (persons["Rehema Kato"], {}),
    }
    registrar = _signed_in(people("Ines Aro"), "registrar@example.org")
    numbers = [_ask_for(registrar, kind, *answers) for kind, answers in asked.items()]

    coordinator = _signed_in(people("Lena Marr"), "coordinator@example.org")
    supervisor = _signed_in(people("Rana Ode"), "supervisor@example.org")
    for number in numbers:
        coordinator.go(f"/changes/{number}")
        coordinator.click("It is right")
        coordinator.sees("The change is validated.")
        supervisor.go(f"/changes/{number}")
        supervisor.click("It is right")
        supervisor.click("Apply the change")
        supervisor.sees("The change is applied.")

    registrar.go(f"/registry/{home}")
    registrar.sees("4 members listed")
    named, member, group = Registrant.name, Membership, aliased(Registrant)
    belong = (
        select(named, member.kind, group.name)
        .join(member, member.member_id == Registrant.id)
        .join(group, group.id == member.group_id)
        .where(member.ended_on.is_(None), named.endswith(" Juma"))
    )
    assert set(_asked(platform, belong)) == {  # a household is called as its head is
        ("Baraka Juma", "head", "Baraka Juma"),
        ("Neema Juma", "spouse", "Baraka Juma"),
        ("Tumaini Juma", "child", "Baraka Juma"),
        ("Upendo Juma", "child", "Baraka Juma"),
        ("Neema Juma", "member", "Nets of the Oru"),
    }
    told = (
        *(select(Registrant.settlement).where(Registrant.number == home),),
        select(Individual.occupation).join(Registrant).where(named == "Tumaini Juma"),
        select(Identifier.value).join(Registrant).where(named == "Baraka Juma"),
        select(Registrant.state).where(named == "Rehema Kato"),
    )
    found = [_asked(platform, question)[0][0] for question in told]
    assert found == ["Upper Oru", "Fisher", "A1234567", RegistrantState.EXITED]


def _ask_for(registrar: Person, kind: str, of: str, answers: dict[str, str]) -> str:
    """Write a change down and ask for it; answers its number."""
    registrar.go(f"/changes/new/{kind}?of={of}")
    for name, answer in answers.items():
        if registrar.page.locator(f"main select[name='{name}']").count():
            registrar.choose(name, answer)
        else:
            registrar.fill(**{name: answer})
    registrar.fill(why=f"They told us at the gathering: {kind}")
    registrar.click("Ask for it")
    registrar.sees("Others look at it from now on.")
    return registrar.page.url.rsplit("/", 1)[1]


def _looked_at_and_applied(people: People, shown: str = "Before and after") -> None:
    """The only change that waits is looked at by two, and applied by the second."""
    coordinator = _signed_in(people("Lena Marr"), "coordinator@example.org")
    number = _open_the_change(coordinator)
    coordinator.sees(shown)
    coordinator.shows(f"change-{shown.lower().replace(' ', '-')}")
    coordinator.finds_it_good_on_any_screen()
    coordinator.click("It is right")
    coordinator.sees("The change is validated.")

    supervisor = _signed_in(people("Rana Ode"), "supervisor@example.org")
    assert _open_the_change(supervisor) == number
    supervisor.click("It is right")
    supervisor.click("Apply the change")
    supervisor.sees("The change is applied.")


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
    named = select(Registrant.name, Registrant.number).where(Registrant.kind == kind)
    return {row[0]: row[1] for row in _asked(platform, named)}


def _asked(platform: Platform, question: Select[*tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    engine = create_engine(platform.environment[OWNER])
    with Session(engine) as session:
        found = [tuple(row) for row in session.execute(question)]
    engine.dispose()
    return found
