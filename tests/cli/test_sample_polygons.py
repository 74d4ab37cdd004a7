"""`highground sample` where the hazard, or what is asked about, are polygons."""

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from rasterio.transform import from_origin

from tests.cli.running import Ran, asked, run
from tests.make.files import depth_file, shapes_file

BOX = shapely.box(0, 0, 2, 2)


def answers(ran: Ran) -> list[tuple[str, str]]:
    assert ran.code == 0, ran.said
    return [(row["status"], row["value"]) for row in ran.rows]


def test_inside_and_on_the_border_is_in_and_outside_not_observed(tmp_path: Path) -> None:
    hazard = shapes_file(tmp_path / "h.geojson", (BOX - shapely.box(0.5, 0.5, 1, 1), {}))

    ran = asked(tmp_path, hazard, "lon,lat\n1.5,1.5\n2,2\n0,1\n0.5,0.75\n0.75,0.75\n3,3\n")

    assert answers(ran) == [("in", "")] * 4 + [("not_observed", "")] * 2
    assert ran.summary["clause"] == "inside or on the border"
    assert ran.summary["hazard"]["kind"] == "vector"
    assert ran.summary["hazard"]["band"] is None
    assert "not observed" in ran.said


def test_outside_is_out_where_all_was_observed(tmp_path: Path) -> None:
    hazard = shapes_file(tmp_path / "h.geojson", (BOX, {}))

    ran = asked(tmp_path, hazard, "lon,lat\n1,1\n3,3\n,\n", "--observed", "all")

    assert answers(ran) == [("in", ""), ("out", ""), ("unlocated", "")]


def test_an_observed_extent_parts_out_from_not_observed(tmp_path: Path) -> None:
    hazard = shapes_file(tmp_path / "h.geojson", (BOX, {}))
    seen = shapes_file(tmp_path / "seen.geojson", (shapely.box(1, 0, 4, 4), {}))

    ran = asked(tmp_path, hazard, "lon,lat\n1.5,1\n3,3\n4,4\n5,5\n0.5,1\n", "--observed", seen)

    statuses = [status for status, _ in answers(ran)]
    assert statuses == ["in", "out", "out", "not_observed", "not_observed"]


def test_the_field_gives_the_value_inside_and_is_judged_by_a_threshold(tmp_path: Path) -> None:
    hazard = shapes_file(
        tmp_path / "h.geojson",
        (BOX, {"depth": 0.5}),
        (shapely.box(3, 0, 4, 1), {"depth": 1.5}),
        (shapely.box(5, 0, 6, 1), {"depth": None}),
    )
    points = "lon,lat\n1,1\n3.5,0.5\n5.5,0.5\n9,9\n"

    plain = answers(asked(tmp_path, hazard, points, "--field", "depth", "--observed", "all"))
    deep = answers(asked(tmp_path, hazard, points, "--field", "DEPTH", "--at-least", 1))

    assert plain == [("in", "0.5"), ("in", "1.5"), ("in", ""), ("out", "")]
    assert deep == [
        ("out", "0.5"),
        ("in", "1.5"),
        ("not_observed", ""),
        ("not_observed", ""),
    ]


def test_of_overlapping_polygons_the_worst_value_holds(tmp_path: Path) -> None:
    hazard = shapes_file(
        tmp_path / "h.geojson",
        (BOX, {"depth": 1}),
        (shapely.box(1, 0, 2, 2), {"depth": 3}),
        (shapely.box(0, 0, 2, 2), {"depth": 2}),
    )
    points = "lon,lat\n1.5,1\n0.5,1\n"

    upward = answers(asked(tmp_path, hazard, points, "--field", "depth", "--at-least", 2))
    downward = answers(asked(tmp_path, hazard, points, "--field", "depth", "--at-most", 1))

    assert upward == [("in", "3"), ("in", "2")]
    assert downward == [("in", "1"), ("in", "1")]


def test_a_field_of_words_is_given_as_it_stands(tmp_path: Path) -> None:
    hazard = shapes_file(tmp_path / "h.geojson", (BOX, {"class": "0.5 - 1 m"}))

    assert answers(asked(tmp_path, hazard, "x,y\n1,1\n", "--field", "class")) == [
        ("in", "0.5 - 1 m")
    ]
    assert asked(tmp_path, hazard, "x,y\n1,1\n", "--field", "class", "--at-least", 1).refused


@pytest.mark.parametrize(
    "words",
    [
        ["--at-least", "1"],
        ["--field", "no"],
        ["--band", "1"],
        ["--time", "2020"],
        ["--nodata", "0"],
    ],
)
def test_what_cannot_be_asked_of_polygons_is_refused(tmp_path: Path, words: list[str]) -> None:
    hazard = shapes_file(tmp_path / "h.geojson", (BOX, {"depth": 1}))

    assert asked(tmp_path, hazard, "lon,lat\n1,1\n", *words).refused


def test_lines_and_points_are_no_hazard(tmp_path: Path) -> None:
    lines = shapes_file(tmp_path / "l.geojson", (shapely.LineString([(0, 0), (1, 1)]), {}))
    points = shapes_file(tmp_path / "p.geojson", *[(shapely.Point(0, 0), {})] * 2, (BOX, {}))

    for hazard, kind in ((lines, "lines"), (points, "points")):
        ran = asked(tmp_path, hazard, "lon,lat\n1,1\n")
        assert ran.refused
        assert kind in ran.said


def test_an_invalid_polygon_is_mended_first(tmp_path: Path) -> None:
    bow_tie = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    hazard = shapes_file(tmp_path / "h.geojson", (bow_tie, {}))

    ran = asked(tmp_path, hazard, "lon,lat\n0.2,1\n1.8,1\n1,0.2\n1,1\n")

    assert [s for s, _ in answers(ran)] == ["in", "in", "not_observed", "in"]


def test_geojson_in_metres_without_a_system_is_refused_until_one_is_named(tmp_path: Path) -> None:
    hazard = shapes_file(
        tmp_path / "h.geojson", (shapely.box(499000, 1999000, 501000, 2001000), {})
    )
    point = "lon,lat\n123,18.0888\n"

    assert asked(tmp_path, hazard, point).refused
    assert answers(asked(tmp_path, hazard, point, "--crs", "EPSG:32651")) == [("in", "")]


def test_geojson_that_names_its_system_may_not_be_given_another(tmp_path: Path) -> None:
    hazard = shapes_file(
        tmp_path / "h.geojson", (shapely.box(499000, 1999000, 501000, 2001000), {})
    )
    told = json.loads(hazard.read_text())
    told["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32651"}}
    hazard.write_text(json.dumps(told))
    point = "lon,lat\n123,18.0888\n"

    assert answers(asked(tmp_path, hazard, point)) == [("in", "")]
    assert answers(asked(tmp_path, hazard, point, "--crs", "EPSG:32651")) == [("in", "")]
    assert asked(tmp_path, hazard, point, "--crs", "EPSG:32652").refused


def test_degrees_may_not_be_called_metres(tmp_path: Path) -> None:
    hazard = shapes_file(tmp_path / "h.geojson", (BOX, {}))

    assert asked(tmp_path, hazard, "lon,lat\n1,1\n", "--crs", "EPSG:32651").refused


def test_polygons_beyond_180_degrees_are_met_from_the_other_side(tmp_path: Path) -> None:
    hazard = shapes_file(tmp_path / "h.geojson", (shapely.box(179, 0, 182, 1), {}))

    ran = asked(tmp_path, hazard, "lon,lat\n179.5,0.5\n-178.5,0.5\n-177,0.5\n")

    assert [s for s, _ in answers(ran)] == ["in", "in", "not_observed"]


# What is asked about are polygons; the cells of the raster:   1  2
#                                                              3  4


def test_polygons_are_asked_at_their_centroids(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", [[1.0, 2.0], [3.0, 4.0]])
    houses = shapes_file(
        tmp_path / "p.geojson",
        (shapely.box(0.4, 1.4, 1.4, 1.6), {"n": "a"}),  # centroid at 0.9, 1.5
        (shapely.MultiPolygon([shapely.box(1, 0, 2, 1)]), {"n": "b"}),
        (shapely.Point(0.5, 0.5), {"n": "c"}),
        (shapely.Polygon(), {"n": "d"}),
    )

    ran = run("sample", hazard, houses, "--id", "n", out=tmp_path / "out.csv")

    assert ran.column("id") == ["a", "b", "c", "d"]
    assert answers(ran) == [("in", "1.0"), ("in", "4.0"), ("in", "3.0"), ("unlocated", "")]
    assert ran.summary["unlocated_reasons"]["missing"] == 1


def test_the_centroid_is_taken_in_the_polygons_own_system(tmp_path: Path) -> None:
    cells = np.arange(1, 31, dtype=float).reshape(30, 1)  # rows of one degree from 85 north
    hazard = depth_file(tmp_path / "h.tif", cells.tolist(), transform=from_origin(0, 85, 10, 1))
    tall = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    house = shapes_file(tmp_path / "p.geojson", (shapely.box(1e5, 8e6, 2e5, 18e6), {}))
    told = json.loads(house.read_text())
    house.write_text(json.dumps({"crs": tall, **told}))

    ran = run("sample", hazard, house, out=tmp_path / "out.csv")

    # its middle lies at 13,000,000 m of Mercator, which is 75.1 north, in the tenth row
    assert answers(ran) == [("in", "10.0")]


def test_a_footprint_takes_the_largest_value_it_overlaps(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", [[1.0, 2.0], [3.0, -9999.0]])
    houses = shapes_file(
        tmp_path / "p.geojson",
        (shapely.box(0.1, 0.1, 0.9, 1.9), {}),  # 1 and 3
        (shapely.box(0, 1, 1, 2), {}),  # exactly the cell of 1; the others are only touched
        (shapely.box(1.1, 0.1, 1.9, 0.9), {}),  # nodata alone
        (shapely.box(1.1, 0.1, 1.9, 1.1), {}),  # nodata and a little of 2
        (shapely.box(5, 5, 6, 6), {}),
        (shapely.Point(0.5, 0.5), {}),
    )

    ran = run("sample", hazard, houses, "--footprint", "max", out=tmp_path / "out.csv")

    assert answers(ran) == [
        ("in", "3.0"),
        ("in", "1.0"),
        ("not_observed", ""),
        ("in", "2.0"),
        ("not_observed", ""),
        ("in", "3.0"),
    ]


def test_the_largest_value_of_a_footprint_is_compared_in_its_own_width(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", [[0.1, 0.2], [0.1, 0.1]])
    house = shapes_file(tmp_path / "p.geojson", (shapely.box(0.5, 0.5, 1.5, 1.5), {}))
    words = ("sample", hazard, house, "--footprint", "max")

    assert answers(run(*words, "--at-most", 0.2, out=tmp_path / "a.csv")) == [("in", "0.2")]
    assert answers(run(*words, "--at-most", 0.1, out=tmp_path / "b.csv")) == [("out", "0.2")]


def test_a_footprint_is_in_polygons_it_overlaps_by_some_area(tmp_path: Path) -> None:
    hazard = shapes_file(
        tmp_path / "h.geojson", (BOX, {"d": 1}), (shapely.box(1, 1, 3, 3), {"d": 5})
    )
    houses = shapes_file(
        tmp_path / "p.geojson",
        (shapely.box(-1, 0, 0.2, 1), {}),  # centroid outside, overlaps
        (shapely.box(-1, 0, 0, 1), {}),  # only touches
        (shapely.box(0.5, 0.5, 1.5, 1.5), {}),
    )

    ran = run(
        "sample", hazard, houses, "--footprint", "max", "--field", "d", out=tmp_path / "out.csv"
    )

    assert answers(ran) == [("in", "1"), ("not_observed", ""), ("in", "5")]


def test_lines_are_no_places(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", [[1.0]])
    roads = shapes_file(tmp_path / "p.geojson", (shapely.LineString([(0, 0), (1, 1)]), {}))

    assert run("sample", hazard, roads, out=tmp_path / "out.csv").refused
