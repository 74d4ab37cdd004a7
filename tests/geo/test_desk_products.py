"""Real files of products on the desk: what is filled in of their meaning, and what is asked."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.models.readings import FilePart
from geo.models.releases import ObservedRule, Release, ReleaseState
from geo.queries.readings import repairs_of
from tests.make.geo import make_area, make_country, square
from tests.places import DATA

Receive = Callable[..., Release]
HAZARD, NASTY = DATA / "hazard", DATA / "nasty"
MOM = HAZARD / "mom_forecast"
RAIN = HAZARD / "phl_vamco2020_rain_wind_by_adm3.csv"


def test_a_shakemap_is_read_by_its_intensity(session: Session, received: Receive) -> None:
    release = received(HAZARD / "idn_inasafe" / "shake_20131105060809_grid.xml")

    assert (release.state, release.product) == (ReleaseState.READ, "shakemap")
    assert (release.measure, release.unit) == ("Shaking intensity", "MMI")
    titles = session.scalars(select(FilePart.title).order_by(FilePart.number)).all()
    assert len(titles) == 6  # PGA PGV MMI STDPGA URAT SVEL
    assert "MMI" in release.found["part"]


def test_a_forecast_is_told_from_what_was_seen_and_its_mended_shape_is_listed(
    session: Session, received: Receive
) -> None:
    release = received(next(MOM.glob("*Warning*")))

    assert (release.product, release.forecast) == ("mom-forecast", True)
    assert (release.measure, release.observed_rule) == ("Forecast severity", ObservedRule.COUNTRY)
    assert release.found["features"] == 5
    assert len(repairs_of(session, release.id)) == 1  # DATA/MANIFEST.md


def test_the_track_of_a_cyclone_is_no_hazard(received: Receive) -> None:
    release = received(HAZARD / "phl_vamco2020_track_3h.geojson")

    assert release.state is ReleaseState.REFUSED
    assert "where the eye was, not where the wind blew" in str(release.refusal)


def test_a_netcdf_of_several_times_asks_which(session: Session, received: Receive) -> None:
    release = received(NASTY / "stars_bcsd_obs_1999.nc")

    assert release.state is ReleaseState.ASKED
    times = session.scalars(select(FilePart.time).order_by(FilePart.number)).all()
    assert len(times) == 24  # two variables in twelve months
    assert times[0] == "1999-01-31T00:00:00"


@pytest.mark.parametrize("column", ["adm3_pcode", "adm3_pcode_old"])
def test_every_row_of_a_real_table_finds_its_area_by_either_of_its_codes(
    column: str, session: Session, received: Receive
) -> None:
    with RAIN.open() as file:
        codes = [row[column] for row in csv.DictReader(file)]
    country = make_country(session)["X"]
    for place, code in enumerate(codes):
        make_area(session, code, square(place % 4, place // 4 % 2), country)

    release = received(RAIN)

    assert (release.state, release.code_field) == (ReleaseState.READ, column)
    assert (release.found["rows"], release.found["matched"]) == (93, 93)
    assert "wind_510_vmax" in release.found["numeric"]
    assert any("converted twice" in said for said in release.found["says"])


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("rasterio_all-nodata.tif", "nothing to show"),
        ("rasterio_RGBA.uint16.tif", "picture"),
        ("pyogrio_line_zm.gpkg", "load it as a layer for context"),
        ("fiona_test_tz.geojson", "load it as a layer for context"),
    ],
)
def test_what_cannot_be_a_hazard_is_refused_in_a_sentence(
    name: str, says: str, received: Receive, tmp_path: Path
) -> None:
    release = received(NASTY / name)

    assert release.state is ReleaseState.REFUSED
    assert says in str(release.refusal)
