"""A table as each kind of file, read again by programs that had no part in writing it."""

import csv
import io
import json
import sqlite3
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pyogrio
import pytest
import shapely
from python_calamine import CalamineWorkbook

from geo.files.tables import FileKind, Table, write

WEST, EAST = shapely.box(0, 0, 1, 2), shapely.MultiPolygon([shapely.box(1, 0, 2, 2)])
TABLE = Table(
    "areas_hit",
    ("pcode", "name", "households", "hit_km2", "seen"),
    [
        ("X11", "Oru", 6, 12_304.5, datetime(2026, 11, 19, 6, tzinfo=UTC)),
        ("X12", "=cmd|' /C calc'!A0", None, None, None),
        (None, "-5 hills", 0, 0.0, None),
        ("+254 712", "@home", 3, 1.5, None),
    ],
    [WEST.wkb, EAST.wkb, None, WEST.wkb],
    [("Source", "National Flood Centre"), ("Title", "=1+1")],
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def _file(folder: Path, kind: FileKind) -> Path:
    path = folder / f"table{kind.ending}"
    write(TABLE, kind, path)
    return path


def test_a_geopackage_holds_shapes_figures_and_provenance(folder: Path) -> None:
    file = _file(folder, FileKind.GEOPACKAGE)
    read = pyogrio.read_dataframe(file, layer="areas_hit")

    assert read["pcode"].tolist()[:2] == ["X11", "X12"]
    assert read["households"].tolist()[0] == 6
    assert read["households"].isna().tolist() == [False, True, False, False]
    assert read["hit_km2"].tolist()[0] == 12_304.5
    assert read.geometry[0].equals(WEST)
    assert read.geometry[1].equals(EAST)
    assert read.geometry[2] is None
    assert read.crs.to_epsg() == 4326
    said = pyogrio.read_dataframe(file, layer="provenance")
    assert said.to_numpy().tolist() == [list(pair) for pair in TABLE.provenance]
    with sqlite3.connect(file) as package:
        [metadata] = package.execute("select metadata from gpkg_metadata").fetchall()
    assert "National Flood Centre" in metadata[0]


def test_a_geojson_holds_its_provenance_beside_its_features(folder: Path) -> None:
    file = _file(folder, FileKind.GEOJSON)
    document = json.loads(file.read_bytes())

    assert document["provenance"] == {"Source": "National Flood Centre", "Title": "=1+1"}
    assert [one["properties"]["households"] for one in document["features"]] == [6, None, 0, 3]
    assert document["features"][0]["properties"]["seen"] == "2026-11-19T06:00:00+00:00"
    assert pyogrio.read_dataframe(file).geometry[1].equals(EAST)


def test_a_csv_comes_with_its_provenance_and_holds_no_formula(folder: Path) -> None:
    with zipfile.ZipFile(_file(folder, FileKind.CSV)) as parts:
        tables = {
            name: list(csv.reader(io.StringIO(parts.read(name).decode(), newline="")))
            for name in parts.namelist()
        }

    rows = tables["areas_hit.csv"]
    assert rows[0] == ["pcode", "name", "households", "hit_km2", "seen"]
    assert rows[1] == ["X11", "Oru", "6", "12304.5", "2026-11-19T06:00:00+00:00"]
    assert [row[1] for row in rows[2:]] == ["'=cmd|' /C calc'!A0", "'-5 hills", "'@home"]
    assert (rows[2][2], rows[4][0]) == ("", "+254 712")  # nothing; a telephone number stays
    assert tables["provenance.csv"][1:] == [["Source", "National Flood Centre"], ["Title", "'=1+1"]]


def test_a_workbook_has_a_sheet_of_its_provenance_and_no_formula(folder: Path) -> None:
    file = _file(folder, FileKind.WORKBOOK)
    book = CalamineWorkbook.from_path(str(file))
    table, provenance = (book.get_sheet_by_name(n).to_python() for n in book.sheet_names)

    assert book.sheet_names == ["areas_hit", "Provenance"]
    assert table[1][:4] == ["X11", "Oru", 6, 12_304.5]
    assert table[2] == ["X12", "=cmd|' /C calc'!A0", "", "", ""]
    assert provenance[1] == ["Source", "National Flood Centre"]
    with zipfile.ZipFile(file) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if "worksheets/sheet" in name]
    assert not [sheet for sheet in sheets if b"<f>" in sheet]


@pytest.mark.parametrize("kind", FileKind)
def test_a_table_without_rows_is_a_file_too(folder: Path, kind: FileKind) -> None:
    path = folder / f"none{kind.ending}"

    write(Table("none", ("pcode", "households"), [], [], TABLE.provenance), kind, path)

    assert path.stat().st_size > 100
