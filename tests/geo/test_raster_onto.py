"""Areas are brought to a projected grid without false places from the far side of the earth."""

from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import CRS
from rasterio.transform import from_origin
from shapely.geometry.base import BaseGeometry

from geo.clauses import Clause
from geo.crs import WGS84, carried
from geo.raster.grid import Grid
from geo.raster.onto import onto_grid
from geo.raster.open import opened
from geo.raster.sample import sample
from geo.raster.zonal import zonal
from tests.make.files import depth_file

UTM51, UTM60 = "EPSG:32651", "EPSG:32660"


def grid(folder: Path, crs: str, west: float, north: float, cell: float = 10_000) -> Grid:
    """Twenty by twenty cells of one."""
    place = from_origin(west, north, cell, cell)
    file = depth_file(folder / "h.tif", [[1.0] * 20] * 20, crs=crs, transform=place)
    with opened(file) as described:
        return described


def cells(here: Grid, *areas: BaseGeometry) -> list[float]:
    made = np.empty(len(areas), dtype=object)
    made[:] = areas
    counted = zonal(here, onto_grid(made, WGS84, here), Clause()).cells
    return [round(float(count), 6) for count in counted]


def test_the_far_side_of_the_earth_is_not_in_a_zone_of_mercator(tmp_path: Path) -> None:
    here = grid(tmp_path, UTM51, 400_000, 2_000_000)  # around 123 east, 17 north
    antipode = shapely.box(-60, -20, -54, -14)

    assert cells(here, shapely.box(120, 10, 126, 25), antipode) == [400, 0]
    x, y = carried(np.array([123.0, -57.0]), np.array([17.0, -17.0]), WGS84, CRS(UTM51))
    assert sample(here, x, y).observed.tolist() == [True, False]


def test_a_country_wider_than_a_projection_counts_where_the_grid_lies(tmp_path: Path) -> None:
    here = grid(tmp_path, UTM51, 400_000, 7_200_000)

    assert cells(here, shapely.box(20, 50, 190, 80), shapely.box(-180, -90, 180, 90)) == [400, 400]


def test_a_grid_across_the_antimeridian_meets_both_halves_of_a_country(tmp_path: Path) -> None:
    here = grid(tmp_path, UTM60, 730_000, 1_900_000)  # from 179.2 east past 180
    east, west = shapely.box(175, 10, 180, 20), shapely.box(-180, 10, -175, 20)

    halves = cells(
        here, east, west, shapely.MultiPolygon([east, west]), shapely.box(175, 10, 185, 20)
    )

    assert halves[0] > 0 < halves[1]
    assert halves[0] + halves[1] == pytest.approx(400)
    assert halves[2:] == [pytest.approx(400), pytest.approx(400)]


def test_a_grid_around_a_pole_meets_the_lands_around_it(tmp_path: Path) -> None:
    here = grid(tmp_path, "EPSG:3413", -100_000, 100_000)

    quarters = [shapely.box(west, 60, west + 90, 90) for west in (-180, -90, 0, 90)]

    assert cells(here, *quarters) == [pytest.approx(100, abs=0.1)] * 4


def test_a_world_in_web_mercator_meets_every_country(tmp_path: Path) -> None:
    half = 20_037_508.342789244
    here = grid(tmp_path, "EPSG:3857", -half, half, half / 10)

    assert cells(here, shapely.box(-180, -90, 180, 90)) == [400]
    assert cells(here, shapely.box(-180, 0, 0, 90)) == [100]
