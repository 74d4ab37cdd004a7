"""Tables by area code, laid on the shapes of their areas and read like polygons."""

import csv
from pathlib import Path

import geopandas
import pytest
import shapely
import xlsxwriter

from tests.cli.running import run
from tests.make.files import shapes_file
from tests.places import DATA

RAIN = DATA / "hazard" / "phl_vamco2020_rain_wind_by_adm3.csv"
REGION = DATA / "admin" / "phl_r02_cod_ab.gpkg"
TABLE = [
    ["code", "rain"],
    ["AA01", "12.5"],
    ["AA02", "3"],
    ["AA03", ""],
    ["AA04", "0"],
    ["AA09", "90"],
]
POINTS = "id,lon,lat\na,0.5,0.5\nb,1.5,0.5\nc,2.5,0.5\nd,5,5\n"


def _areas(folder: Path) -> Path:
    """Four areas side by side, a degree wide each; nobody named the codes' column."""
    shapes = [(shapely.box(x, 0, x + 1, 1), {"pcode": f"AA0{x + 1}"}) for x in range(4)]
    return shapes_file(folder / "areas.geojson", *shapes)


def _table(folder: Path, rows: list[list[str]]) -> Path:
    path = folder / "rain.csv"
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def _workbook(folder: Path, rows: list[list[str]]) -> Path:
    path = folder / "rain.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Notes").write(0, 0, "Nothing here")
        sheet = book.add_worksheet("Rain")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_places_read_the_row_of_their_area(tmp_path: Path, kind: str) -> None:
    """An area whose cell is empty was not observed, nor was what lies in no area of the table."""
    table = _table(tmp_path, TABLE) if kind == "csv" else _workbook(tmp_path, TABLE)
    points = tmp_path / "points.csv"
    points.write_text(POINTS)
    chosen = [] if kind == "csv" else ["--layer", "Rain"]

    ran = run(
        "sample",
        table,
        points,
        "--shapes",
        _areas(tmp_path),
        *chosen,
        *("--field", "rain", "--at-least", 10),
        out=tmp_path / "out.csv",
    )

    assert ran.code == 0, ran.said
    assert ran.column("status") == ["in", "out", "not_observed", "not_observed"]
    assert ran.column("value") == ["12.5", "3.0", "", ""]
    assert "1 row stands for no area and is left out (AA09)" in ran.said


def test_areas_are_hit_where_the_rows_of_theirs_are(tmp_path: Path) -> None:
    """One area over half of the wet one, and the other half of the dry one beside it."""
    asked = shapes_file(tmp_path / "asked.geojson", (shapely.box(0.5, 0, 1.5, 1), {}))

    ran = run(
        "zonal",
        _table(tmp_path, TABLE),
        asked,
        *("--shapes", _areas(tmp_path), "--field", "rain", "--at-least", 10),
        out=tmp_path / "out.csv",
    )

    assert ran.code == 0, ran.said
    assert float(ran.column("hit_share")[0]) == pytest.approx(0.5, abs=1e-9)


def test_the_rain_of_vamco_falls_on_the_municipalities_of_its_codes(tmp_path: Path) -> None:
    """Each of the 93 municipalities, asked at a point inside it, reads the rain of its own row."""
    towns = geopandas.read_file(REGION, layer="phl_admbnda_adm3")
    towns["geometry"] = towns.representative_point()
    towns[["ADM3_PCODE", "geometry"]].to_file(tmp_path / "towns.geojson")
    with RAIN.open() as stream:
        fell = {row["adm3_pcode"]: float(row["rain_total_mm"]) for row in csv.DictReader(stream)}

    ran = run(
        "sample",
        RAIN,
        tmp_path / "towns.geojson",
        *("--shapes", REGION, "--shapes-layer", "phl_admbnda_adm3"),
        *("--id", "ADM3_PCODE", "--field", "rain_total_mm", "--at-least", 250),
        out=tmp_path / "out.csv",
    )

    assert ran.code == 0, ran.said
    read = dict(zip(ran.column("id"), map(float, ran.column("value")), strict=True))
    assert read == fell
    assert len(read) == 93


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["code", "rain"], ["ZZ1", "1"]], "no column most of whose codes are those of areas in"),
        ([*TABLE, ["AA01", "1"]], "rain.csv has several rows for AA01; leave one row"),
    ],
)
def test_a_table_that_does_not_fit_its_areas_is_refused(
    tmp_path: Path, rows: list[list[str]], said: str
) -> None:
    points = tmp_path / "points.csv"
    points.write_text(POINTS)

    ran = run(
        "sample",
        _table(tmp_path, rows),
        points,
        *("--shapes", _areas(tmp_path), "--field", "rain"),
        out=tmp_path / "out.csv",
    )

    assert ran.code == 2
    assert said in ran.said
