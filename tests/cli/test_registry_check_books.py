"""Checking workbooks and layers of shapes: titles, merged cells, failed formulas, systems."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
import xlsxwriter

from geo.crs import WGS84, carried, parsed
from tests.cli.checking import Answer, check

HEAD = ["hh_id", "name", "sex", "birth_date", "size", "longitude", "latitude"]
ROWS = [
    ["H1", "Ana Diaz", "F", date(1980, 3, 14), 4, 121.73, 17.61],
    ["H2", "Bo Li", "M", date(1975, 11, 22), 5, 121.74, 17.62],
    ["H3", "Cy Oh", "F", date(1990, 2, 1), 2, 121.72, 17.60],
    ["H4", "Di Vu", "M", date(1966, 12, 31), 7, 17.63, 121.75],
    ["H5", "Ed Xu", "M", date(2000, 1, 15), 3, 0, 0],
]


def _book(folder: Path, *sheets: Sequence[Any], merged: Sequence[Any] = ()) -> Path:
    """A workbook; `merged` are ranges of the first sheet and their texts."""
    path = folder / "list.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        for rows in sheets:
            sheet = book.add_worksheet()
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
            for corners in merged:
                sheet.merge_range(*corners)
            merged = ()
    return path


def _read(answer: Answer) -> list[str]:
    return list(answer.answer["mapping"])


def test_titles_above_the_headings_are_passed_over_and_counted(tmp_path: Path) -> None:
    book = _book(tmp_path, [["Registration list of Tuao"], [], ["1 November 2026"], HEAD, *ROWS])

    answer = check(book)

    assert answer.totals == (5, 3, 2, 0)
    assert answer.faults == {8: ["longitude:swapped"], 9: ["longitude:zero"]}
    assert answer.answer["guessed"] == {"encoding": None, "separator": None, "decimal": "."}
    assert "The headings stand in row 4" in answer.said


def test_the_sheet_that_holds_the_list_is_read(tmp_path: Path) -> None:
    answer = check(_book(tmp_path, [["Read me"], ["The list comes next."]], [HEAD, *ROWS]))

    assert answer.totals == (5, 3, 2, 0)
    assert "The sheet read is Sheet2" in answer.said


def test_a_household_that_is_merged_downward_is_that_of_every_row(tmp_path: Path) -> None:
    rows = [
        ["household code", "person name", "sex", "age", "relationship"],
        ["H1", "Ana", "F", 30, "head"],
        ["", "Bo", "M", 33, "spouse"],
        ["H2", "Di", "F", 40, "head"],
        ["", "Ed", "M", 41, "head"],
        ["", "Flo", "F", 4, "daughter"],
        ["", "Gus", "M", 40, "brother"],
    ]
    merged = [(1, 0, 2, 0, "H1"), (3, 0, 5, 0, "H2")]

    answer = check(_book(tmp_path, rows, merged=merged))

    assert answer.faults == {
        5: ["relation:second_head"],
        7: ["household_code:missing_household"],
    }


def test_a_formula_that_failed_is_told_and_read_as_empty(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([["hh_id", "name", "size"], ["H1", "Ana", 4], ["H2", "Bo", 5]]):
            sheet.write_row(at, 0, row)
        sheet.write_formula(1, 1, "=VLOOKUP(1,A1:B1,9)", None, "#REF!")
        sheet.write_formula(2, 2, "=1/0", None, "#DIV/0!")

    answer = check(path)

    assert answer.faults == {2: ["name:cell_error"], 3: ["size:cell_error"]}
    assert "#DIV/0!" in answer.answer["rows"][1]["sentences"][0]["text"]


def test_an_unnamed_column_with_cells_is_no_error(tmp_path: Path) -> None:
    rows = [["hh_id", "", "size", ""], ["H1", "a", 4, "b"], ["H2", "c", 5, ""]]

    assert check(_book(tmp_path, rows)).totals == (2, 2, 0, 0)


def _layer(
    folder: Path,
    shapes: Sequence[Any],
    crs: str | None = "EPSG:4326",
    more: Mapping[str, Sequence[float]] = MappingProxyType({}),
) -> Path:
    """A GeoPackage of households H1, H2 and so on of four people each, with `more` columns."""
    path = folder / "list.gpkg"
    numbers = range(1, len(shapes) + 1)
    columns = {"hh_id": [f"H{n}" for n in numbers], "size": [4 for _n in numbers], **more}
    kinds = {shapely.get_type_id(shape) for shape in shapes if shape is not None}
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(shapes, dtype=object)),
        [np.array(column) for column in columns.values()],
        list(columns),
        geometry_type="Point" if kinds == {0} else "Unknown",
        crs=crs,
    )
    return path


def _utm(lon: float, lat: float) -> shapely.Point:
    east, north = carried(np.array([lon]), np.array([lat]), WGS84, parsed("EPSG:32651"))
    return shapely.Point(east[0], north[0])


HOMES = [shapely.Point(121.73, 17.61), shapely.Point(121.74, 17.62), shapely.Point(121.75, 17.6)]


def test_points_in_metres_stand_where_their_system_says(tmp_path: Path) -> None:
    metres = [*(_utm(home.x, home.y) for home in HOMES), None]

    answer = check(_layer(tmp_path, metres, "EPSG:32651"))

    assert answer.totals == (4, 4, 0, 0)
    assert answer.answer["mapping"]["longitude"] == "geometry"
    assert answer.answer["mapping"]["latitude"] == "geometry"


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_points_in_an_unknown_system_are_kept_without_a_place(tmp_path: Path) -> None:
    path = _layer(tmp_path, [_utm(home.x, home.y) for home in HOMES], None)
    said = tmp_path / "map.json"
    said.write_text('{"crs": "EPSG:32651"}')

    assert check(path).faults == {row: ["longitude:no_crs"] for row in (2, 3, 4)}
    assert check(path, "--mapping", said).totals == (3, 3, 0, 0)


def test_shapes_that_are_no_place_are_told(tmp_path: Path) -> None:
    several = shapely.MultiPoint([(121.7, 17.6), (121.8, 17.7)])
    one = shapely.MultiPoint([(121.7, 17.6)])
    line = shapely.LineString([(121.7, 17.6), (121.8, 17.7)])

    answer = check(_layer(tmp_path, [line, one, several, shapely.box(121.7, 17.6, 121.8, 17.7)]))

    assert answer.faults == {2: ["longitude:geometry"], 4: ["longitude:geometry"]}


def test_coordinates_far_from_the_shape_of_their_row_are_a_second_place(tmp_path: Path) -> None:
    """One thousandth of a degree of latitude is 110 m, four of ten thousandths are 44 m."""
    beside = {"longitude": [121.73, 121.74, 121.75], "latitude": [17.611, 17.6204, 17.6]}

    answer = check(_layer(tmp_path, HOMES, more=beside))

    assert answer.faults == {2: ["longitude:two_places"]}


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        ('{"type": "Polygon"}', 2),
        ('{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]}', 0),
        ('{"type": "Point", "coordinates": []}', 0),
    ],
)
def test_a_broken_shape_is_mended_or_its_file_refused(
    tmp_path: Path, shape: str, code: int
) -> None:
    file = tmp_path / "list.geojson"
    row = '{"type": "Feature", "properties": {"hh_id": "H1", "size": 4}, "geometry": %s}'
    file.write_text('{"type": "FeatureCollection", "features": [%s]}' % (row % shape))

    assert check(file).code == code


def test_a_layer_without_shapes_is_a_table(tmp_path: Path) -> None:
    path = tmp_path / "list.gpkg"
    columns = [np.array(["H1", "H2"]), np.array([4, 40])]
    pyogrio.raw.write(path, None, columns, ["hh_id", "size"], geometry_type=None, crs=None)

    answer = check(path)

    assert (answer.totals, _read(answer)) == ((2, 1, 1, 0), ["code", "size"])


@pytest.mark.parametrize("content", [b'{"a": [1, 2]}', b'[{"code": 1}]', b"\x1f\x8b\x08\0rows"])
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(content)

    assert (check(file).code, check(file).answer) == (2, {})
