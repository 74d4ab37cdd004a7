"""Checking places against areas, and what MAP.json says of how a file is written."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from tests.cli.checking import check, check_text

WEST, EAST = shapely.box(121, 17, 122, 18), shapely.box(122, 17, 123, 18)
PLACES = """
hh_id;size;pcode;lat;lon
A;4;PH1;17,5;121,5
B;4;PH2;17,5;121,5
C;4;PH1;121,5;17,5
D;4;PH1;0;0
E;4;PH9;17,5;122,5
F;4;;10,0;10,0
G;4;PH2;17,5;122,5
H;4;PH1;;
I;4;PH1;17,5;
J;4;PH1;195;95,5
K;4;PH1;0;121,5
L;4;PH1;abc;121,5
M;4; ph2;17,5;122,1
"""
FAULTS = {
    3: ["longitude:outside_area"],
    4: ["longitude:swapped"],
    5: ["longitude:zero"],
    6: ["area_pcode:unknown_area"],
    7: ["longitude:foreign"],
    10: ["longitude:coordinates"],
    11: ["longitude:coordinates"],
    12: ["longitude:zero"],
    13: ["longitude:coordinates"],
}


def _areas(folder: Path, columns: Mapping[str, Sequence[str]], shapes: Sequence[Any]) -> Path:
    path = folder / "areas.gpkg"
    values = [np.array(column, dtype=object) for column in columns.values()]
    wkb = shapely.to_wkb(np.array(shapes, dtype=object))
    names = list(columns)
    pyogrio.raw.write(path, wkb, values, names, geometry_type="Polygon", crs="EPSG:4326")
    return path


@pytest.mark.parametrize(
    "columns",
    [
        {"pcode": ["PH1", "PH2"]},
        {"ADM3_PCODE": ["PH1", "PH2"], "ADM3_EN": ["One", "Two"]},
        {
            "ADM0_PCODE": ["PH", "PH"],
            "ADM0_EN": ["Land", "Land"],
            "ADM1_PCODE": ["PH1", "PH2"],
            "ADM1_EN": ["One", "Two"],
        },
    ],
)
def test_places_are_held_against_the_areas_of_a_map(
    tmp_path: Path, columns: dict[str, Sequence[str]]
) -> None:
    areas = _areas(tmp_path, columns, [WEST, EAST])

    answer = check_text(tmp_path, PLACES, "--areas", areas)

    assert answer.faults == FAULTS
    assert answer.totals == (13, 4, 5, 4)


def test_a_place_may_lie_anywhere_in_the_province_its_row_names(tmp_path: Path) -> None:
    columns = {"ADM1_PCODE": ["P", "P"], "ADM2_PCODE": ["P1", "P2"]}
    areas = _areas(tmp_path, columns, [WEST, EAST])
    text = "hh_id,pcode,lat,lon\nA,P,17.5,121.5\nB,P,17.5,122.5\nC,P2,17.5,121.5\nD,Q,17.5,122.5\n"

    assert check_text(tmp_path, text, "--areas", areas).faults == {
        4: ["longitude:outside_area"],
        5: ["area_pcode:unknown_area"],
    }


@pytest.mark.parametrize("content", [b"nonsense", b""])
def test_areas_that_cannot_be_read_are_refused(tmp_path: Path, content: bytes) -> None:
    areas = tmp_path / "areas.gpkg"
    areas.write_bytes(content)

    answer = check_text(tmp_path, PLACES, "--areas", areas)

    assert (answer.code, answer.answer) == (2, {})


def test_coordinates_in_metres_need_their_system(tmp_path: Path) -> None:
    """352,345 m east and 1,948,123 m north in zone 51 are 121.6 E, 17.6 N."""
    text = "hh_id;x;y\nA;352345,5;1948123,2\nB;352445,5;1948223,2\n"
    said = tmp_path / "map.json"
    said.write_text('{"crs": "EPSG:32651"}')
    areas = _areas(tmp_path, {"pcode": ["PH1", "PH2"]}, [WEST, EAST])

    assert check_text(tmp_path, text).totals == (2, 0, 0, 2)
    assert check_text(tmp_path, text, "--mapping", said, "--areas", areas).totals == (2, 2, 0, 0)


def test_a_constant_is_meant_where_a_row_says_nothing(tmp_path: Path) -> None:
    text = "code,name,id_type,id_number\n1,Ana,passport,X12345\n2,Bo,,Y12345\n"
    said = tmp_path / "map.json"
    said.write_text('{"constants": {"id_type": "national ID"}}')

    assert check_text(tmp_path, text).faults == {3: ["id_type:missing_id_type"]}
    assert check_text(tmp_path, text, "--mapping", said).faults == {}


@pytest.mark.parametrize(
    "said",
    [
        {"words": {"sex": {"1": "nobody"}}},
        {"words": {"name": {"1": "Ana"}}},
        {"constants": {"id_type": "nothing"}},
        {"separator": ";;"},
        {"encoding": "utf-16"},
        {"encoding": "zzz"},
        {"crs": "EPSG:99999"},
        {"decimal": ";"},
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, said: dict[str, Any]) -> None:
    file = tmp_path / "map.json"
    file.write_text(json.dumps(said))

    answer = check_text(tmp_path, "code;size;sex\nA;4;1\n", "--mapping", file)

    assert (answer.code, answer.answer) == (2, {})
    assert answer.said.strip().endswith(".")


def test_a_tab_can_be_named_by_its_word(tmp_path: Path) -> None:
    file = tmp_path / "map.json"
    file.write_text('{"separator": "tab"}')

    answer = check_text(tmp_path, "code\tsize\nA\t4\n", "--mapping", file)

    assert answer.answer["guessed"]["separator"] == "\t"
    assert check(file).code == 2  # a mapping is no table
