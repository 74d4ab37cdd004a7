"""What a hazard laid out in a file says is what it says itself, and it is silent only of the dry.

Numbers of grid cells are reckoned here as the SQL function `grid_cell` is written.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from rasterio.transform import from_origin

from geo import lookups, mapped
from geo.clauses import Clause
from geo.crs import WGS84, carried
from geo.hazards import AtPlaces, ExtentHazard, Hazard, RasterHazard, extent_hazard
from geo.raster.histogram import Bins
from geo.raster.open import opened
from geo.raster.reasons import Reason
from geo.vector.screen import Ranges, middles

RNG = np.random.default_rng(11)
BOX = (119.5, 15.5, 121.5, 17.5)
EDGES = np.array([0.0, 1.0, 9.0])
PLACES = {
    "degrees": ("EPSG:4326", from_origin(120, 17, 0.001, 0.001)),
    "metres": ("EPSG:32651", from_origin(200_000, 1_880_000, 100, 100)),
    "south up": ("EPSG:4326", rasterio.Affine(0.001, 0, 120, 0, 0.001, 16)),
    "large cells": ("EPSG:32651", from_origin(200_000, 1_880_000, 5_000, 5_000)),
}


def everywhere(count: int = 50_000) -> tuple[NDArray[Any], NDArray[Any]]:
    """Places all over the box, a few of them on borders of cells."""
    lon, lat = RNG.uniform(BOX[0], BOX[2], count), RNG.uniform(BOX[1], BOX[3], count)
    lon[:500] = np.round((lon[:500] + 180) / 360 * 65536) / 65536 * 360 - 180
    return lon, lat


def numbers(lon: NDArray[Any], lat: NDArray[Any]) -> NDArray[np.int64]:
    row, column = (
        np.floor(degrees / 360 * 65536).astype(np.int64) for degrees in (lat + 90, lon + 180)
    )
    return ((row >> 6) << 22) | ((column >> 6) << 12) | ((row & 63) << 6) | (column & 63)


def asked(hazard: Hazard, lon: NDArray[Any], lat: NDArray[Any]) -> NDArray[np.bool_]:
    """Which places stand in the cells a hazard wants to be asked about."""
    assert hazard.screen is not None
    return (_range_of(hazard.screen.asked, lon, lat) >= 0) | alike(hazard, lon, lat)


def alike(hazard: Hazard, lon: NDArray[Any], lat: NDArray[Any]) -> NDArray[np.bool_]:
    """Which places stand in cells of one answer."""
    assert hazard.screen is not None
    return _range_of(hazard.screen.alike, lon, lat) >= 0


def _range_of(ranges: Ranges, lon: NDArray[Any], lat: NDArray[Any]) -> NDArray[np.int64]:
    """In which of some ranges of cells places stand, or -1."""
    if not len(ranges):
        return np.full(len(lon), -1)
    number = numbers(lon, lat)
    at = np.searchsorted(ranges[:, 0], number, side="right") - 1
    return np.where((at >= 0) & (number <= ranges[at, 1]), at, -1)


def depths(file: Path, where: str) -> Path:
    """A pond in dry land, a ditch of one cell, and a cloud; nothing is known around."""
    crs, transform = PLACES[where]
    size = 40 if where == "large cells" else 1000
    cells = np.zeros((size, size), dtype="float32")
    cells[size // 5 : size // 3, size // 2 : size * 3 // 5] = 2
    cells[size // 2, size // 2] = 1
    cells[size * 3 // 4 : size * 4 // 5, : size // 3] = -9999
    profile: dict[str, Any] = {"driver": "GTiff", "dtype": "float32", "count": 1, "nodata": -9999}
    tiled = {"tiled": True, "blockxsize": 512, "blockysize": 512}
    shape = {"height": size, "width": size, "crs": crs, "transform": transform}
    with rasterio.open(file, "w", **profile, **tiled, **shape) as out:
        out.write(cells, 1)
    return file


def flood() -> ExtentHazard:
    """Two floods that overlap, one with a hole, seen by an image of two parts."""
    ring = shapely.Point(120.4, 16.4).buffer(0.2) - shapely.Point(120.4, 16.4).buffer(0.1)
    parts = np.array([ring, shapely.box(120.5, 16.3, 120.9, 16.5)], dtype=object)
    halves = shapely.box(120, 16, 120.5, 17), shapely.box(120.5, 16, 121, 17)
    seen = np.array(halves, dtype=object)
    return extent_hazard(parts, np.array([1.0, 3.0]), seen, BOX, Clause())


def as_lists(said: AtPlaces) -> list[list[Any]]:
    values = np.where(said.kept, said.values, -1)
    return [values.tolist(), said.kept.tolist(), said.observed.tolist()]


@pytest.mark.parametrize("where", PLACES)
def test_a_raster_laid_out_is_silent_only_of_places_it_saw_dry(where: str, tmp_path: Path) -> None:
    lon, lat = everywhere()
    clause = Clause(at_least=1.0)

    with opened(depths(tmp_path / "a.tif", where)) as grid:
        bins = Bins(grid, EDGES)
        lookups.write_raster(tmp_path / "lookup", grid, clause, BOX, bins)
        laid_out = lookups.raster(tmp_path / "lookup", grid, clause)
        said = RasterHazard(grid, clause).at_places(lon, lat)
        again = laid_out.at_places(lon, lat)

    there = asked(laid_out, lon, lat)
    assert not (said.kept | ~said.observed)[~there].any()
    assert as_lists(again) == as_lists(said)
    assert (~there).mean() > (0.05 if where == "large cells" else 0.1)
    assert bins.counts.sum() > 0


def test_places_in_permanent_water_are_asked_too(tmp_path: Path) -> None:
    """A lake in the south-west, where the depths are dry and seen."""
    crs, transform = PLACES["degrees"]
    lake = np.zeros((1000, 1000), dtype="uint8")
    lake[900:, :100] = Reason.PERMANENT_WATER
    size = {"height": 1000, "width": 1000, "count": 1, "crs": crs, "transform": transform}
    with rasterio.open(tmp_path / "why.tif", "w", driver="GTiff", dtype="uint8", **size) as out:
        out.write(lake, 1)
    lon, lat = everywhere()
    here = (lon > 120) & (lon < 120.1) & (lat > 16) & (lat < 16.1)
    clause = Clause(at_least=1.0)

    with opened(depths(tmp_path / "a.tif", "degrees")) as grid, opened(tmp_path / "why.tif") as why:
        lookups.write_raster(tmp_path / "lookup", grid, clause, BOX, Bins(grid, EDGES), why)
        laid_out = lookups.raster(tmp_path / "lookup", grid, clause, reasons=why)
        said = laid_out.at_places(lon, lat)

    assert here.any()
    assert asked(laid_out, lon, lat)[here].all()
    assert (said.why[here] == Reason.PERMANENT_WATER).all()
    assert not said.kept[here].any()


def test_an_extent_laid_out_is_silent_only_of_places_it_saw_dry(tmp_path: Path) -> None:
    lon, lat = everywhere()
    hazard = flood()
    lookups.write_extent(tmp_path / "lookup", hazard)

    laid_out = lookups.extent(tmp_path / "lookup", Clause())

    said, there = hazard.at_places(lon, lat), asked(laid_out, lon, lat)
    assert not (said.kept | ~said.observed)[~there].any()
    assert as_lists(laid_out.at_places(lon, lat)) == as_lists(said)
    assert 0.1 < (~there).mean() < 0.25  # a quarter of the box was seen, some of it flooded


def test_of_places_in_one_range_of_cells_the_same_is_said(tmp_path: Path) -> None:
    """And it is what is said in the middle of the first of them; by far most cells are such."""
    lon, lat = everywhere()
    lake = np.array([shapely.box(120.1, 16.7, 120.3, 16.9)], dtype=object)
    parts = np.array([shapely.box(120.5, 16.3, 120.9, 16.5)], dtype=object)
    seen = np.array([shapely.box(120, 16, 120.7, 17)], dtype=object)
    hazard = extent_hazard(parts, np.array([1.0]), seen, BOX, Clause(), lake)
    lookups.write_extent(tmp_path / "lookup", hazard)
    laid_out = lookups.extent(tmp_path / "lookup", Clause())
    assert laid_out.screen is not None

    same = _range_of(laid_out.screen.alike, lon, lat)

    there = same >= 0
    wet = (lon >= 120.5) & (lon <= 120.9) & (lat >= 16.3) & (lat <= 16.5)
    image = (lon >= 120) & (lon <= 120.7) & (lat >= 16) & (lat <= 17)
    unseen = ~image & ~wet
    said = laid_out.at_places(*middles(laid_out.screen.alike[:, 0]))
    assert said.kept[same[there]].tolist() == wet[there].tolist()
    assert (~said.observed)[same[there]].tolist() == unseen[there].tolist()
    assert 0.9 < there[wet | unseen].mean() < 1
    assert not there[shapely.intersects_xy(lake[0], lon, lat)].any()


def test_cells_across_the_border_of_a_box_are_asked_place_by_place() -> None:
    west = BOX[0] + 0.001
    parts = np.array([shapely.box(west, 16, 121, 17)], dtype=object)
    hazard = extent_hazard(parts, np.array([1.0]), parts, (west, 16.0, 121.0, 17.0), Clause())
    lon, lat = everywhere()
    column = np.floor((lon + 180) / 360 * 65536)
    across = (column == np.floor((west + 180) / 360 * 65536)) & (lat > 16) & (lat < 17)

    assert across.any()
    assert asked(hazard, lon, lat)[across].all()
    assert not alike(hazard, lon, lat)[across].any()
    assert alike(hazard, lon, lat).any()


def test_an_extent_laid_out_still_has_its_shapes(tmp_path: Path) -> None:
    lookups.write_extent(tmp_path / "lookup", flood())

    laid_out = lookups.extent(tmp_path / "lookup", Clause())

    area = np.array([shapely.box(120.6, 16.35, 120.7, 16.45)], dtype=object)
    over = laid_out.over_areas(area)
    assert over.hit_km2.tolist() == pytest.approx(flood().over_areas(area).hit_km2.tolist())
    assert over.hit_km2.tolist() == pytest.approx(over.observed_km2.tolist())


def test_where_grids_cross_the_antimeridian_every_place_is_asked(tmp_path: Path) -> None:
    fiji = CRS.from_epsg(32760)
    x, y = carried(np.array([178.0]), np.array([-15.0]), WGS84, fiji)
    at = from_origin(float(x[0]), float(y[0]), 1000, 1000)
    profile = {"driver": "GTiff", "dtype": "uint8", "count": 1, "crs": "EPSG:32760"}
    with rasterio.open(
        tmp_path / "a.tif", "w", **profile, width=512, height=512, transform=at
    ) as out:
        out.write(np.ones((512, 512), dtype="uint8"), 1)

    with opened(tmp_path / "a.tif") as grid:
        box = (-180.0, -20.0, 180.0, -10.0)
        lookups.write_raster(tmp_path / "b", grid, Clause(at_least=1), box, Bins(grid, EDGES))
        assert lookups.raster(tmp_path / "b", grid, Clause(at_least=1)).screen is None


def test_arrays_come_back_as_they_were_laid_down(tmp_path: Path) -> None:
    chunks = [np.arange(6, dtype="f4").reshape(2, 3), np.ones((1, 3), dtype="f4")]
    empty = np.empty((0, 2), dtype="i8")

    mapped.write(tmp_path / "a", [("rows", chunks), ("none", [empty])])

    found = mapped.read(tmp_path / "a")
    assert found["rows"].tolist() == [[0, 1, 2], [3, 4, 5], [1, 1, 1]]
    assert found["none"].tolist() == empty.tolist()
