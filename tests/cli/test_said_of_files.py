"""What a command says of a file that does not speak for itself: nothing in doubt goes unsaid."""

import io
import math
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely
from geopandas import GeoDataFrame

from tests.cli.running import Ran, asked, run, statuses, values
from tests.make.files import depth_file, shapes_file

BOX = shapely.box(0, 0, 1, 1)
POINTS = "lon,lat\n0.5,1.5\n1.5,1.5\n0.5,0.5\n1.5,0.5\n"


def test_a_number_that_looks_like_no_data_is_pointed_at(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", [[0.0, 1.5], [-9999.0, 2.0]], nodata=None)

    ran = asked(tmp_path, hazard, POINTS)
    assert values(ran) == ["0.0", "1.5", "-9999.0", "2.0"]

    told = asked(tmp_path, hazard, POINTS, "--nodata", -9999)

    assert "holds -9999, far from its other values" in ran.said
    assert "--nodata -9999" in ran.said
    assert statuses(told) == ["out", "in", "not_observed", "in"]
    assert told.said == ""


def test_of_areas_such_a_number_is_pointed_at_too(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", [[0.0, 1.5], [65535.0, 2.0]], nodata=None)
    areas = shapes_file(tmp_path / "a.geojson", (BOX, {}), (shapely.box(0, 1, 2, 2), {}))

    ran = run("zonal", hazard, areas, out=tmp_path / "out.csv")

    assert ran.column("max") == ["65535.0", "1.5"]
    assert "--nodata 65535" in ran.said


def test_lines_and_points_among_polygons_are_left_out_and_counted(tmp_path: Path) -> None:
    line, point = shapely.LineString([(0, 0), (2, 2)]), shapely.Point(1.5, 0.5)
    hazard = shapes_file(
        tmp_path / "h.geojson", (BOX, {}), (line, {}), (shapely.box(0, 1, 1, 2), {}), (point, {})
    )

    ran = asked(tmp_path, hazard, POINTS, "--observed", "all")

    assert statuses(ran) == ["in", "out", "in", "out"]
    assert "holds 2 lines or points, left out" in ran.said


def test_a_layer_without_a_polygon_is_said_to_hit_nothing(tmp_path: Path) -> None:
    (tmp_path / "h.geojson").write_text('{"type": "FeatureCollection", "features": []}')

    ran = asked(tmp_path, tmp_path / "h.geojson", POINTS, "--observed", "all")

    assert statuses(ran) == ["out"] * 4
    assert "holds no polygon, so that nothing is hit" in ran.said


def broken_corner(folder: Path) -> Path:
    corner = shapely.transform(BOX, lambda at: np.where(at == 1, math.inf, at))
    GeoDataFrame(geometry=[BOX, corner], crs="EPSG:4326").to_file(folder / "h.gpkg")
    return folder / "h.gpkg"


def latitude_first(folder: Path) -> Path:
    return shapes_file(folder / "h.geojson", (shapely.box(16, 120, 17, 121), {}))


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "h")
    return folder / "h"


def tar(folder: Path) -> Path:
    with tarfile.open(folder / "h.tar.gz", "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("a.tif"), io.BytesIO())
    return folder / "h.tar.gz"


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (broken_corner, "coordinates that are no numbers in its feature 2"),
        (latitude_first, "latitude where longitude belongs"),
        (pipe, "is a pipe or a device, not a file"),
        (tar, "it is a tar archive; ask for the same files as a zip"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_it_is(
    tmp_path: Path, made: Callable[[Path], Path], said: str
) -> None:
    ran: Ran = asked(tmp_path, made(tmp_path), POINTS)

    assert ran.refused
    assert said in ran.said
