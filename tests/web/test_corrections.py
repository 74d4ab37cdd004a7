"""Correcting places together on their pages and taking it back; health for who may only count."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from sqlalchemy.orm import Session

from app.auth.roles import Role
from geo.models.areas import Area
from geo.models.locations import Location
from registry.models.registrants import Registrant
from registry.services.place_looks import look_over
from tests.make.geo import make_country
from tests.make.registry import make_household, make_location
from tests.web.conftest import Browser

LIST = "/registry/places/round"
SignIn = Callable[..., Browser]


@pytest.fixture
def homes(session: Session) -> list[Registrant]:
    """Three households of X11 on points of two decimals."""
    areas: dict[str, Area] = make_country(session)
    spots = ((0.5, 0.5), (0.6, 0.5), (0.7, 0.5))
    made = [make_household(session, make_location(session, *at)) for at in spots]
    for home in made:
        session.get_one(Location, home.location_id).area_id = areas["X11"].id
        home.area_id = areas["X11"].id
    session.flush()
    look_over(session, whole=True)
    return made


def corrected(browser: Browser, **form: str) -> str:
    """The page after a correction whose figures were shown first."""
    told = browser.act(f"{LIST}/foresee", **form)
    assert told.status_code == 200, told.text
    page = BeautifulSoup(told.text, "html.parser")
    kept = {str(each["name"]): str(each["value"]) for each in page.select("main form input")}
    return browser.act(f"{LIST}/correct", **kept).text


def stands(session: Session, home: Registrant) -> tuple[float | None, float | None]:
    session.expire_all()
    place = session.get_one(Location, home.location_id)
    return place.lat, place.lon


def test_places_are_set_one_by_one_and_the_correction_is_undone(
    session: Session, signed_in: SignIn, homes: list[Registrant]
) -> None:
    registrar = signed_in(Role.REGISTRAR)
    lines = f"{homes[0].number} 0.512345, 0.612345\n{homes[1].number.lower()} 0,523456; 0,623456\n"
    page = corrected(registrar, which="picked", correction="each", points=lines)

    assert "2 places are corrected." in page
    assert [stands(session, home) for home in homes] == [
        (0.512345, 0.612345),
        (0.523456, 0.623456),
        (0.5, 0.7),
    ]
    listed = BeautifulSoup(registrar.get("/registry/places/corrections/").text, "html.parser")
    assert "Move each to a point of its own" in listed.get_text()
    form = listed.select_one('dialog form[action$="/undo"]')
    assert form is not None
    undone = registrar.act(str(form["action"])).text
    assert "2 places are as before." in undone
    assert "undone" in undone
    assert [stands(session, home) for home in homes] == [(0.5, 0.5), (0.5, 0.6), (0.5, 0.7)]


def test_all_of_the_list_are_shifted_by_metres(
    session: Session, signed_in: SignIn, homes: list[Registrant]
) -> None:
    registrar = signed_in(Role.REGISTRAR)
    corrected(registrar, which="all", correction="shift", east="0", north="1105,74")

    # A hundredth of a degree of latitude at 0.5 degrees north is 1105.74 m on WGS 84.
    lat, lon = stands(session, homes[0])
    assert lat == pytest.approx(0.51, abs=1e-6)
    assert lon == pytest.approx(0.5)


def test_what_is_not_said_is_asked_for(
    session: Session, signed_in: SignIn, homes: list[Registrant]
) -> None:
    registrar = signed_in(Role.REGISTRAR)
    faults = [
        ({"which": "picked", "correction": "turn"}, "Tick those you mean"),
        ({"which": "all", "correction": "shift"}, "how many metres"),
        ({"which": "all", "correction": "each"}, "Set a point"),
        ({"which": "all", "correction": "each", "points": "HG-2 here"}, "here is not a number"),
        (
            {"which": "all", "correction": "each", "points": "HG-2 1.5"},
            "is no number with its point",
        ),
        ({"which": "all", "correction": "snap"}, "0"),
    ]
    for form, sentence in faults:
        assert sentence in registrar.act(f"{LIST}/foresee", **form).text, form


def test_who_may_only_count_is_told_rounded_figures_and_no_lists(
    signed_in: SignIn, homes: list[Registrant]
) -> None:
    viewer = signed_in(Role.VIEWER)
    page = viewer.get("/registry/places").text

    row = BeautifulSoup(page, "html.parser").select_one('tr[data-area="X1"]')
    assert row is not None
    # Three households, all with a point: told as ten, as any figure from 1 to 14 is.
    assert [cell.get_text() for cell in row.select("td")][:3] == ["10", "100.0 %", "0"]
    assert "rounded to 10" in page
    assert "/registry/places/round" not in page
    assert viewer.get(LIST).status_code == 403
    assert viewer.get("/registry/places/corrections/").status_code == 403
