"""The pages about places: moving one household, how well places are known, correcting many."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from core.audit import AuditEntry
from geo.models.areas import Area
from geo.models.locations import Location, LocationSource
from geo.models.place_checks import PlaceCheck
from registry.models.registrants import FormerPlace, Registrant
from registry.services.place_looks import look_over
from tests.make.geo import make_country
from tests.make.registry import make_household, make_location, make_person
from tests.web.conftest import Browser


@pytest.fixture
def areas(session: Session) -> dict[str, Area]:
    return make_country(session)


@pytest.fixture
def home(session: Session, areas: dict[str, Area]) -> Registrant:
    """A household of X11 with one member, at a point of two decimals."""
    home = make_household(session, make_location(session, 0.25, 0.75, area_id=areas["X11"].id))
    make_person(session, home)
    look_over(session, whole=True)
    return home


@pytest.fixture
def registrar(signed_in: Callable[..., Browser]) -> Browser:
    return signed_in(Role.REGISTRAR)


def figures(page: str) -> list[str]:
    """The row of province X1 in the table of health."""
    row = BeautifulSoup(page, "html.parser").select_one('tr[data-area="X1"]')
    assert row is not None
    return [cell.get_text() for cell in row.select("td")]


def test_a_household_is_moved_by_a_pin_and_the_health_changes_by_one(
    session: Session, areas: dict[str, Area], registrar: Browser, home: Registrant
) -> None:
    before = figures(registrar.get("/registry/places").text)
    page = registrar.act(
        f"/registry/{home.number}/place",
        latitude="1,123456",
        longitude="1.654321",
        accuracy="8",
        source="building",
    )

    assert "1 person stands there now." in page.text
    session.expire_all()
    place = session.get_one(Location, home.location_id)
    assert (place.lon, place.lat, place.source) == (1.654321, 1.123456, LocationSource.BUILDING)
    assert place.taken_at is not None
    assert session.scalar(select(func.count()).select_from(FormerPlace)) == 2
    after = figures(registrar.get("/registry/places").text)
    assert (before[4], after[4]) == ("1", "0")  # doubted
    shown = registrar.get(f"/registry/{home.number}/place").text
    assert "0.750000, 0.250000" in shown
    assert "1.123456, 1.654321" in shown


def test_a_wrong_place_is_said_and_nothing_is_changed(
    session: Session, areas: dict[str, Area], registrar: Browser, home: Registrant
) -> None:
    faults: list[tuple[dict[str, str], str]] = [
        ({"latitude": "95", "longitude": "1"}, "Latitude lies between"),
        ({"latitude": "1"}, "needs both"),
        ({"latitude": "x", "longitude": "1"}, "x is not a number"),
        ({}, "Say where it stands now"),
    ]
    for said, sentence in faults:
        page = registrar.act(f"/registry/{home.number}/place", **said)
        assert page.status_code in (404, 422)
        assert sentence in page.text
    assert session.scalar(select(func.count()).select_from(FormerPlace)) == 0


def test_a_doubt_is_shown_and_taken_as_right(
    session: Session, areas: dict[str, Area], registrar: Browser, home: Registrant
) -> None:
    address = f"/registry/{home.number}/place"
    assert "Only two decimals" in registrar.get(address).text
    page = registrar.act(f"{address}/accept", code="round")

    assert "The place is taken as right." in page.text
    assert "Only two decimals" not in page.text
    assert session.scalars(select(PlaceCheck.accepted)).all() == [["round"]]


def test_a_work_list_is_corrected_after_its_figures_were_shown(
    session: Session, areas: dict[str, Area], registrar: Browser, home: Registrant
) -> None:
    listed = registrar.get("/registry/places/round?area=X1").text
    assert home.number in listed
    form = {"area": "X1", "which": "picked", "number": home.number, "correction": "area_only"}
    entries = session.scalar(select(func.count()).select_from(AuditEntry))
    told = registrar.act("/registry/places/round/foresee", **form)
    foreseen = BeautifulSoup(told.text, "html.parser")
    assert [each.get_text(strip=True) for each in foreseen.select(".figures dd")] == ["1", "2"]
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == entries
    kept = {str(each["name"]): each["value"] for each in foreseen.select("main form input")}
    done = registrar.act("/registry/places/round/correct", **kept)

    assert "1 place is corrected." in done.text
    session.expire_all()
    assert session.get_one(Location, home.location_id).lon is None
    assert "Nothing on this list" in registrar.get("/registry/places/round").text


def test_what_cannot_be_done_is_said_before(
    session: Session, areas: dict[str, Area], registrar: Browser, home: Registrant
) -> None:
    page = registrar.act("/registry/places/round/foresee", which="all", correction="move")

    assert page.status_code == 422
    assert "Say where it stands now" in page.text
    assert registrar.get("/registry/places/lost").status_code == 404


def test_who_reads_people_but_writes_none_moves_nobody(
    session: Session,
    areas: dict[str, Area],
    signed_in: Callable[..., Browser],
    home: Registrant,
) -> None:
    coordinator = signed_in(Role.COORDINATOR)

    assert "Write the new place down" not in coordinator.get(f"/registry/{home.number}/place").text
    assert coordinator.get("/registry/places/round").status_code == 200
    refused = coordinator.act(f"/registry/{home.number}/place", latitude="1", longitude="1")
    assert refused.status_code == 403


def test_a_place_that_is_odd_is_said_so_as_soon_as_it_is_taken_down(
    session: Session, areas: dict[str, Area], registrar: Browser, home: Registrant
) -> None:
    page = registrar.act(
        f"/registry/{home.number}/place", latitude="50.123456", longitude="8.123456"
    )
    assert "Look at the place again: Outside the country." in page.text
    said = {"name-1": "Amina Doro", "relation-1": "head", "latitude": "0", "longitude": "0"}
    made = registrar.act("/registry/new/", **said)
    assert "Latitude or longitude is zero" in made.text


def test_a_coarse_position_of_a_phone_is_taken_only_if_somebody_says_so(
    session: Session, areas: dict[str, Area], registrar: Browser, home: Registrant
) -> None:
    address = f"/registry/{home.number}/place"
    coarse = {"latitude": "1.123456", "longitude": "1.654321", "accuracy": "101", "source": "gps"}
    page = registrar.act(address, **coarse)
    assert page.status_code == 422
    assert "knows this place to 101 m only" in page.text
    assert "1.654321" in page.text  # nothing of it is lost
    assert registrar.act(address, **{**coarse, "source": "building"}).status_code == 200
    registrar.act(address, **coarse, rough="yes")

    session.expire_all()
    place = session.get_one(Location, home.location_id)
    assert (place.accuracy_m, place.source) == (101.0, LocationSource.GPS)
    exact = {**coarse, "accuracy": "100"}
    assert registrar.act(address, **exact).status_code == 200
