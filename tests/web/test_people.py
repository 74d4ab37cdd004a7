"""The page on which a household is registered, as somebody with a phone uses it."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from core.audit import AuditEntry
from geo.models.areas import Area
from geo.models.locations import Location, LocationSource
from registry.models.registrants import Individual, Registrant, RegistrantKind
from tests.make.geo import make_country
from tests.web.conftest import Browser

PAGE = "/registry/new/"
FORM = {
    "name-1": "Amina Doro",
    "relation-1": "head",
    "sex-1": "female",
    "birth_date-1": "1990-03-14",
    "name-2": "Idris Doro",
    "relation-2": "child",
    "sex-2": "male",
    "birth_date-2": "2021",
    "phone": "+254 712 345 678",
    "kind": "household",
    "latitude": "1,0",
    "longitude": "0.5",
    "accuracy": "6",
    "source": "gps",
}


@pytest.fixture
def areas(session: Session) -> dict[str, Area]:
    return make_country(session)


@pytest.fixture
def registrar(signed_in: Callable[..., Browser]) -> Browser:
    return signed_in(Role.REGISTRAR)


def groups(session: Session) -> list[Registrant]:
    return list(session.scalars(select(Registrant).where(Registrant.kind == RegistrantKind.GROUP)))


def test_a_household_of_two_with_a_pin_is_registered_and_shown(
    session: Session, areas: dict[str, Area], registrar: Browser
) -> None:
    page = registrar.act(PAGE, **FORM)

    (home,) = groups(session)
    assert page.request.path == f"/registry/{home.number}"
    assert f"Amina Doro is registered under {home.number}." in page.text
    for shown in ("Idris Doro", "+254712345678", "1.000000, 0.500000", "X11"):
        assert shown in page.text
    place = session.get_one(Location, home.location_id)
    assert (place.lat, place.lon, place.accuracy_m, place.source) == (
        1.0,
        0.5,
        6.0,
        LocationSource.GPS,
    )
    born = select(Individual.birth_date_exact).order_by(Individual.registrant_id)
    assert session.scalars(born).all() == [True, False]


def test_what_is_wrong_is_said_and_nothing_that_was_written_is_lost(
    session: Session, areas: dict[str, Area], registrar: Browser
) -> None:
    before = session.scalar(select(func.count()).select_from(AuditEntry))
    page = registrar.act(PAGE, **{**FORM, "relation-2": "head"})

    assert page.status_code == 409
    told = BeautifulSoup(page.text, "html.parser")
    assert ["already has a head" in each.text for each in told.select(".error-summary")] == [True]
    kept = {each["name"]: each["value"] for each in told.select("main form input[type=text]")}
    assert kept["name-1"] == "Amina Doro"
    assert kept["name-2"] == "Idris Doro"
    assert kept["latitude"] == "1,0"
    assert groups(session) == []
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == before
    again = registrar.act(PAGE, **FORM)
    assert "is registered under" in again.text


def test_a_row_is_added_without_registering_anybody(
    session: Session, areas: dict[str, Area], registrar: Browser
) -> None:
    page = registrar.post("/registry/new/people", data={**FORM, "csrf_token": registrar.token()})

    told = BeautifulSoup(page.text, "html.parser")
    assert [each["value"] for each in told.select('input[name^="name-"]')] == [
        "Amina Doro",
        "Idris Doro",
        "",
    ]
    assert groups(session) == []


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"latitude": "north"}, "north is not a number"),
        ({"birth_date-1": "14/03/1990"}, "14/03/1990 is not a date"),
        ({"name-1": "", "name-2": ""}, "Person 1 has no name"),
        ({"phone": "12"}, "12 is no telephone number"),
    ],
)
def test_what_cannot_be_read_is_named(
    areas: dict[str, Area], registrar: Browser, said: dict[str, str], sentence: str
) -> None:
    page = registrar.act(PAGE, **{**FORM, **said})

    assert page.status_code == 422
    assert sentence in page.text


def test_who_may_not_write_is_neither_offered_nor_given_the_page(
    signed_in: Callable[..., Browser], areas: dict[str, Area]
) -> None:
    browser = signed_in(Role.COORDINATOR)

    assert browser.get(PAGE).status_code == 403
    assert "Register a household" not in browser.get("/registry/").text
    assert browser.act(PAGE, **FORM).status_code == 403
