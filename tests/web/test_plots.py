"""The page of the land somebody holds: drawn, walked, sent as a file, and given up."""

import io
import json
from collections.abc import Callable

import pytest
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from geo.models.plots import Plot, PlotSource
from registry.models.registrants import Registrant
from tests.make.geo import make_country
from tests.make.registry import make_household, make_location
from tests.web.conftest import Browser

SignIn = Callable[..., Browser]
SQUARE = "0.500, 0.500\n0.500, 0.501\n0.501, 0.501\n0,501; 0,500\n"
HELD = {"tenure": "owned", "use": "cropland", "from_day": "2020-05-01"}


@pytest.fixture
def home(session: Session) -> Registrant:
    areas = make_country(session)
    return make_household(session, make_location(session, 0.5, 0.5, area_id=areas["X11"].id))


def test_a_plot_is_drawn_by_its_corners_and_held_no_more(
    session: Session, signed_in: SignIn, home: Registrant
) -> None:
    registrar = signed_in(Role.REGISTRAR)
    address = f"/registry/{home.number}/plots/"
    page = registrar.act(address, corners=SQUARE, source="drawn", **HELD)
    plot = session.scalars(select(Plot)).one()

    assert f"{plot.number} is written down: 1.23 ha." in page.text
    assert plot.source is PlotSource.DRAWN
    assert "drawn on a map" in page.text
    ended = registrar.act(f"{address}end", plot=plot.number, on="2026-01-31")
    assert "They hold it until" in ended.text


def test_a_plot_is_walked_or_sent_as_a_file(
    session: Session, signed_in: SignIn, home: Registrant
) -> None:
    registrar = signed_in(Role.REGISTRAR)
    address = f"/registry/{home.number}/plots/"
    registrar.act(address, corners=f"{SQUARE}0.5, 0.50001", source="walked", accuracy="7", **HELD)
    shape = json.loads(shapely.to_geojson(shapely.box(0.6, 0.6, 0.61, 0.61)))
    file = io.BytesIO(json.dumps(shape).encode())
    registrar.act(address, file=(file, "field.geojson"), **HELD)
    walked, sent = session.scalars(select(Plot).order_by(Plot.id))

    assert (walked.source, walked.accuracy_m) == (PlotSource.WALKED, 7.0)
    assert (sent.source, round(sent.km2, 2)) == (PlotSource.IMPORTED, 1.23)


def test_what_is_wrong_is_said_and_what_was_written_stays(
    session: Session, signed_in: SignIn, home: Registrant
) -> None:
    registrar = signed_in(Role.REGISTRAR)
    address = f"/registry/{home.number}/plots/"
    for corners, sentence in (
        ("0.5 0.5\nhere", "here"),
        ("0.5 0.5", "at least three corners"),
        ("", "Draw the border of the plot"),
    ):
        page = registrar.act(address, corners=corners, **HELD)
        assert page.status_code == 422
        assert sentence in page.text
        assert 'value="2020-05-01"' in page.text
    assert session.scalars(select(Plot)).all() == []


def test_who_writes_no_land_sees_no_form(signed_in: SignIn, home: Registrant) -> None:
    coordinator = signed_in(Role.COORDINATOR)
    address = f"/registry/{home.number}/plots/"

    assert "Write a plot down" not in coordinator.get(address).text
    assert coordinator.act(address, corners=SQUARE, **HELD).status_code == 403
