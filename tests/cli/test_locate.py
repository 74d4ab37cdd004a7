"""`highground locate`: the first area that covers a point, its border included."""

from pathlib import Path

import pytest
import shapely

from tests.cli.running import Ran, csv_file, run
from tests.make.files import shapes_file


def located(tmp_path: Path, areas: Path, points: str, *words: object) -> Ran:
    table = csv_file(tmp_path / "points.csv", points)
    return run("locate", table, areas, "--area-id", "code", *words, out=tmp_path / "out.csv")


def quarters(path: Path) -> Path:
    """Two areas that share the border at 1 east, and a third over a part of both."""
    return shapes_file(
        path,
        (shapely.box(1, 0, 2, 1), {"code": 20}),
        (shapely.box(0, 0, 1, 1), {"code": 10}),
        (shapely.box(0.5, 0.5, 3, 1), {"code": 30}),
    )


def test_the_first_in_file_order_holds_on_borders_and_overlaps(tmp_path: Path) -> None:
    ran = located(
        tmp_path,
        quarters(tmp_path / "a.geojson"),
        "id,lon,lat\na,1,0.2\nb,0,0\nc,0.9,0.9\nd,2.5,0.7\ne,2.5,0.2\na,2,1\nf,,\n",
        "--id",
        "id",
    )

    assert ran.code == 0
    assert ran.out.read_bytes() == b"id,area\na,20\nb,10\nc,10\nd,30\ne,\na,20\nf,\n"
    summary = {key: ran.summary[key] for key in ("rows", "located", "empty", "unlocated")}
    assert summary == {"rows": 7, "located": 5, "empty": 2, "unlocated": 1}
    assert ran.summary["areas_repaired"] == 0


def test_a_missing_shape_is_passed_over_and_a_broken_one_mended(tmp_path: Path) -> None:
    areas = shapes_file(
        tmp_path / "a.geojson",
        (shapely.Polygon(), {"code": "none"}),
        (shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)]), {"code": "tie"}),
    )

    ran = located(tmp_path, areas, "x,y\n0.2,1\n1,0.2\n")

    assert ran.column("area") == ["tie", ""]
    assert ran.summary["areas_repaired"] == 1


def test_the_column_of_areas_has_to_be_there(tmp_path: Path) -> None:
    areas = quarters(tmp_path / "a.geojson")
    points = csv_file(tmp_path / "p.csv", "x,y\n1,1\n")
    out = tmp_path / "out.csv"

    assert run("locate", points, areas, "--area-id", "name", out=out).refused
    assert run("locate", points, areas, out=out).code == 2  # not named at all


def test_polygons_are_located_by_their_centroids(tmp_path: Path) -> None:
    houses = shapes_file(tmp_path / "p.geojson", (shapely.box(0.1, 0.1, 1.7, 0.3), {}))

    ran = run(
        "locate",
        houses,
        quarters(tmp_path / "a.geojson"),
        "--area-id",
        "code",
        out=tmp_path / "out.csv",
    )

    assert ran.column("area") == ["10"]


@pytest.mark.parametrize("points", [1, 1000])
def test_points_on_borders_are_found_however_many_are_asked(tmp_path: Path, points: int) -> None:
    areas = shapes_file(
        tmp_path / "a.geojson",
        *(
            (shapely.box(x, y, x + 1, y + 1), {"code": f"{x}{y}"})
            for x in range(3)
            for y in range(3)
        ),
    )
    rows = "1,1\n3,3\n0,3\n1,0.5\n0.5,2\n" * points

    ran = located(tmp_path, areas, "x,y\n" + rows)

    assert ran.column("area") == ["00", "22", "02", "00", "01"] * points
