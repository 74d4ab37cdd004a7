"""Tables by area become extents on our areas: matched by code, asked which column is meant."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import shapely
import xlsxwriter
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.events import LayerKind
from geo.models.releases import Release, ReleaseState
from geo.services.meanings import faults_of
from tests.make.geo import make_area, make_country
from tests.make.registry import make_location
from tests.make.releases import DEPTH, answers, published

Receive = Callable[..., Release]
RAIN = replace(
    DEPTH, layer="Rain", measure="Rainfall", unit="mm", floor=None, value_field="rain_mm"
)
ROWS = """pcode,name,rain_mm,wind_ms
X11,Ama,120,20
X12,Beo,0,31.5
X21,Ceto,,12
"""


def table(path: Path, rows: str = ROWS) -> Path:
    path.write_text(rows)
    return path


def test_a_table_goes_from_the_desk_to_what_it_says_of_places(
    session: Session, anybody: Actor, received: Receive, tmp_path: Path
) -> None:
    make_country(session)
    for lon in (0.5, 1.5, 2.5, 3.5):
        make_location(session, lon, 0.5, accuracy_m=None)
    release = received(table(tmp_path / "rain.csv"))

    assert (release.state, release.kind) == (ReleaseState.READ, LayerKind.EXTENT)
    assert (release.code_field, release.found["numeric"]) == ("pcode", ["rain_mm", "wind_ms"])
    published(session, release, anybody, RAIN)

    assert answers(session, release) == {
        0.5: "in",  # 120 mm
        1.5: "out",  # 0 mm
        2.5: "not_observed",  # no number in its row
        3.5: "not_observed",  # no row
    }


def test_another_column_says_something_else(
    session: Session, anybody: Actor, received: Receive, tmp_path: Path
) -> None:
    make_country(session)
    for lon in (0.5, 1.5, 2.5):
        make_location(session, lon, 0.5, accuracy_m=None)
    release = received(table(tmp_path / "rain.csv"))
    wind = replace(DEPTH, layer="Wind", measure="Wind speed", unit="m/s", value_field="wind_ms")

    published(session, release, anybody, replace(wind, floor=10.0))

    assert answers(session, release, threshold=25.0) == {0.5: "out", 1.5: "in", 2.5: "out"}


def test_a_table_is_not_confirmed_before_its_column_is_chosen(
    session: Session, received: Receive, tmp_path: Path
) -> None:
    make_country(session)
    release = received(table(tmp_path / "rain.csv"))

    assert set(faults_of(release, replace(RAIN, value_field=None))) == {"value_field"}
    assert faults_of(release, RAIN) == {}


def test_rows_of_areas_we_do_not_know_are_told(
    session: Session, received: Receive, tmp_path: Path
) -> None:
    make_country(session)
    more = ROWS + "X22,Dar,5,1\nZ99,Elsewhere,7,1\n"

    release = received(table(tmp_path / "rain.csv", more))

    found = release.found
    assert (found["rows"], found["matched"], found["strangers"]) == (5, 4, ["Z99"])


def test_an_area_with_a_code_of_before_has_the_shape_it_had(
    session: Session, anybody: Actor, received: Receive, tmp_path: Path
) -> None:
    make_country(session)
    make_area(session, "X9", shapely.box(0, 0, 2, 1), version="v0", valid_to=date(2020, 1, 1))
    make_location(session, 1.5, 0.5, accuracy_m=None)
    release = received(table(tmp_path / "rain.csv", "pcode,rain_mm\nX9,50\nX21,0\n"))

    assert (release.found["matched"], release.found["old"]) == (2, 1)
    published(session, release, anybody, RAIN)

    assert answers(session, release) == {1.5: "in"}


def test_a_second_column_of_codes_helps_where_the_first_is_not_known(
    session: Session, received: Receive, tmp_path: Path
) -> None:
    make_country(session)
    rows = "new,old,rain_mm\nX11,N1,1\nX12,N2,2\nX21,N3,3\nX22,N4,4\nY77,X2,5\n"

    release = received(table(tmp_path / "rain.csv", rows))

    assert release.code_field == "new"
    assert (release.found["matched"], release.found["old"]) == (5, 1)


def test_a_workbook_is_a_table_too(session: Session, received: Receive, tmp_path: Path) -> None:
    make_country(session)
    with xlsxwriter.Workbook(tmp_path / "rain.xlsx") as book:
        sheet = book.add_worksheet("Rain")
        for row, cells in enumerate([["pcode", "rain_mm"], ["X11", 12], ["X12", 3]]):
            sheet.write_row(row, 0, cells)

    release = received(tmp_path / "rain.xlsx")

    assert (release.state, release.found["matched"]) == (ReleaseState.READ, 2)
    assert release.value_field == "rain_mm"  # the only column of numbers


def test_a_table_of_codes_we_do_not_know_is_refused(
    session: Session, received: Receive, tmp_path: Path
) -> None:
    make_country(session)

    release = received(table(tmp_path / "rain.csv", "pcode,rain_mm\nPH1,1\nPH2,2\n"))

    assert release.state is ReleaseState.REFUSED
    assert "codes of areas we know" in str(release.refusal)


def test_two_rows_of_one_area_are_refused(
    session: Session, received: Receive, tmp_path: Path
) -> None:
    make_country(session)

    release = received(table(tmp_path / "rain.csv", "pcode,rain_mm\nX11,9\nX12,1\nX11,60\n"))

    assert release.state is ReleaseState.REFUSED
    assert "several rows for X11" in str(release.refusal)
