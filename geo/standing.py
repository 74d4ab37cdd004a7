"""What of things that are there stands in a hazard: sites, roads, ground, and grids of numbers.

Pure: arrays in, arrays out. Figures are by area and kept apart: what is hit, what was not observed;
the rest is dry. Places are longitudes and latitudes, shapes valid and in degrees (EPSG:4326).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod

from geo.crs import WGS84, Floats, carried, in_degrees
from geo.ellipsoid import Shapes, polygons_km2, quadrangles_km2
from geo.hazards import Hazard
from geo.raster.grid import Grid, Indices
from geo.raster.pieces import Piece, read
from geo.reports import Report, unheard
from geo.vector.locate import NOWHERE, Locator

STRETCH = 0.00025  # degrees, at most 28 m: the pieces of a line that are asked by their middles
FINE, COARSE = 60.0, 400.0  # metres along a side of a cell that is asked at 2 x 2, or 4 x 4, places
METRES_OF_DEGREE = 111_320.0
MANY = 1 << 21  # places asked at a time
WHOLE = 1 - 1e-3  # of a shape: what the rounding of sizes may leave over
EARTH = Geod(ellps="WGS84")


@dataclass(frozen=True)
class Standing:
    """Of N areas how much there is, how much of that is hit, and how much was not observed."""

    total: Floats
    hit: Floats
    unseen: Floats

    def __add__(self, other: "Standing") -> "Standing":
        """Both together."""
        return Standing(self.total + other.total, self.hit + other.hit, self.unseen + other.unseen)


def nothing(areas: int) -> Standing:
    """Nothing in so many areas."""
    return Standing(np.zeros(areas), np.zeros(areas), np.zeros(areas))


def of_places(hazard: Hazard, areas: Locator, lon: Floats, lat: Floats, worth: Floats) -> Standing:
    """Places that are worth so much each: one for a site, its share for a place of a cell."""
    area = areas.covering(lon, lat)
    there = area != NOWHERE
    area, worth = area[there], worth[there]
    said = hazard.at_places(lon[there], lat[there])

    def by_area(which: NDArray[np.bool_]) -> Floats:
        share = np.bincount(area[which], weights=worth[which], minlength=len(areas.shapes))
        return share.astype(np.float64)

    every = np.ones(len(area), dtype=bool)
    return Standing(by_area(every), by_area(said.kept), by_area(~said.observed))


def of_lines(hazard: Hazard, areas: Locator, lines: Shapes) -> Standing:
    """Kilometres of line; a stretch of at most 28 m belongs to what its middle stands in."""
    found = nothing(len(areas.shapes))
    for lon, lat, km in _stretches(lines):
        found += of_places(hazard, areas, lon, lat, km)
    return found


def of_polygons(hazard: Hazard, areas: Shapes, shapes: Shapes, worth: Floats) -> Standing:
    """Shapes that are worth so much each, spread evenly over their ground; by the areas they meet.

    Where shapes overlap each of them counts.
    """
    shape, area, pieces = _pieces(shapes, areas)
    if not len(pieces):
        return nothing(len(areas))
    km2, whole = polygons_km2(pieces), polygons_km2(shapes)
    share = worth[shape] * np.divide(km2, whole[shape], out=np.zeros_like(km2), where=km2 > 0)
    said = hazard.over_areas(pieces)
    hit, seen = (
        np.minimum(np.divide(ground, km2, out=np.zeros_like(km2), where=km2 > 0), 1)
        for ground in (said.hit_km2, said.observed_km2)
    )
    unseen = np.where(seen > WHOLE, 0.0, 1 - seen)

    def by_area(part: Floats) -> Floats:
        return np.bincount(area, weights=share * part, minlength=len(areas)).astype(np.float64)

    return Standing(by_area(np.ones(len(area))), by_area(hit), by_area(unseen))


def of_grid(
    hazard: Hazard, areas: Locator, grid: Grid, *, density: bool, report: Report = unheard
) -> Standing:
    """Numbers that cells hold, or that they hold to each km2, spread evenly over their ground.

    A cell is asked at 2 x 2, 4 x 4 or 8 x 8 places, by its size. Negative numbers count as none.
    """
    side = _places_along(grid)
    found = nothing(len(areas.shapes))
    for piece in read(grid, report):
        rows, columns, held = _held(grid, piece)
        for some in np.array_split(np.arange(len(rows)), len(rows) * side**2 // MANY + 1):
            worth = held[some]
            if density:
                worth = worth * _cells_km2(grid, rows[some], columns[some])
            lon, lat = _places_in(grid, rows[some], columns[some], side)
            found += of_places(hazard, areas, lon, lat, np.repeat(worth / side**2, side**2))
    return found


def lengths_km(lines: Shapes) -> Floats:
    """The length of N lines on the ellipsoid."""
    return np.array([EARTH.geometry_length(line) / 1000 for line in lines], dtype=np.float64)


def held_in_all(grid: Grid, *, density: bool) -> float:
    """The sum of all that the cells of a grid hold."""
    total = 0.0
    for piece in read(grid):
        rows, columns, held = _held(grid, piece)
        total += float((held * _cells_km2(grid, rows, columns) if density else held).sum())
    return total


def _held(grid: Grid, piece: Piece) -> tuple[Indices, Indices, Floats]:
    """The cells of a piece that hold something, by row and column, and how much."""
    values = np.asarray(grid.measured(piece.cells), dtype=np.float64)
    rows, columns = np.nonzero(piece.seen & (values > 0))
    return rows + piece.window.top, columns + piece.window.left, values[rows, columns]


def _places_along(grid: Grid) -> int:
    """At how many places along a side a cell is asked."""
    metres = math.hypot(grid.transform.a, grid.transform.d)
    metres *= METRES_OF_DEGREE if in_degrees(grid.crs) else 1.0
    if metres <= FINE:
        return 2
    return 4 if metres <= COARSE else 8


def _places_in(grid: Grid, rows: Indices, columns: Indices, side: int) -> tuple[Floats, Floats]:
    """The middles of the side x side parts of each cell, cell after cell."""
    at: Floats = (np.arange(side, dtype=np.float64) + 0.5) / side
    across: Floats = (columns[:, None, None] + at[None, None, :]).repeat(side, axis=1).ravel()
    down: Floats = (rows[:, None, None] + at[None, :, None]).repeat(side, axis=2).ravel()
    return _on_the_ground(grid, across, down)


def _on_the_ground(grid: Grid, across: Floats, down: Floats) -> tuple[Floats, Floats]:
    """Longitude and latitude of places given in columns and rows."""
    move = grid.transform
    x = move.a * across + move.b * down + move.c
    y = move.d * across + move.e * down + move.f
    lon, lat = carried(x, y, grid.crs, WGS84)
    return np.where(lon > 180, lon - 360, lon), lat


def _cells_km2(grid: Grid, rows: Indices, columns: Indices) -> Floats:
    corners = [
        _on_the_ground(grid, columns.astype(np.float64) + across, rows.astype(np.float64) + down)
        for across, down in ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    ]
    lon, lat = (np.column_stack(axis) for axis in zip(*corners, strict=True))
    return quadrangles_km2(lon, lat)


def _stretches(lines: Shapes) -> Iterator[tuple[Floats, Floats, Floats]]:
    """Lines in short pieces: the middle of each, and its length in km."""
    parts = shapely.get_parts(lines)
    wanted = np.cumsum(shapely.length(parts) / STRETCH + shapely.get_num_coordinates(parts))
    batches = np.searchsorted(np.arange(MANY, wanted[-1] if len(wanted) else 0, MANY), wanted)
    for number in np.unique(batches).tolist():
        dense = shapely.segmentize(parts[batches == number], STRETCH)
        at, line = shapely.get_coordinates(dense, return_index=True)
        on = line[1:] == line[:-1]
        start, end = at[:-1][on], at[1:][on]
        _there, _back, metres = EARTH.inv(*start.T, *end.T)
        yield *((start + end) / 2).T, np.asarray(metres) / 1000


def _pieces(shapes: Shapes, areas: Shapes) -> tuple[Indices, Indices, Shapes]:
    """The polygons in which shapes lie in areas: the shape, the area, and the piece."""
    tree = shapely.STRtree(areas)
    shape, area = tree.query(shapes, predicate="intersects")
    common = shapely.intersection(shapes[shape], areas[area])
    pieces, of = shapely.get_parts(common, return_index=True)
    flat = shapely.get_dimensions(pieces) == 2
    return shape[of[flat]], area[of[flat]], np.asarray(pieces[flat])
