"""A drawn shape in cells of the grid that locations are numbered by: which lie wholly inside it.

The grid (SQL function `grid_cell`) has cells of 360/65536 degrees, numbered in blocks of 64 x 64 so
that neighbours lie together. Larger cells of 4, 16 and 64 cells a side bear the number of the cell
in their south-west corner. A cell of 4 a side is a *tile* here: its 16 cells have places 0 to 15.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import Flags, Floats
from geo.ellipsoid import Shapes
from geo.vector.borders import Borders, arranged
from geo.vector.lattice import Indices, Lattice, crossings, distinct, edges_in_cells, edges_of

SIDE = 1 << 16  # cells round the globe
CELL = 360 / SIDE  # degrees
GRAINS = (6, 4, 2)  # a cell of grain g has 2 ** g grid cells a side
TILE = GRAINS[-1]
IN_TILE = 16  # cells of a tile
BLOCK = 64
OUTSIDE, INSIDE, BORDER = 0, 1, 2  # how a cell of a tile lies
BATCH = 1 << 14  # points told at a time

GRID = Lattice(-180.0, -90.0, CELL, CELL, SIDE)


@dataclass(frozen=True)
class Line:
    """The line round a shape: tells of points in the cells it runs through on which side they lie.

    Nearly all are told from the few edges in their cell, the rest by the shape itself.
    """

    shape: shapely.Geometry
    borders: Borders

    def holds(self, cell: Indices, lon: Floats, lat: Floats) -> Flags:
        """Which of N points lie in the shape or on the line, given with their grid cells."""
        parts = np.array_split(np.arange(len(cell)), len(cell) // BATCH + 1)
        return np.concatenate([self._holds(cell[some], lon[some], lat[some]) for some in parts])

    def _holds(self, cell: Indices, lon: Floats, lat: Floats) -> Flags:
        u, v = GRID.places(np.column_stack([lon, lat])).T
        border = np.searchsorted(self.borders.cells, _in_rows(cell))
        found, doubt = self.borders.covering(border, u, v)
        inside = np.asarray(found == 0)
        inside[doubt] = shapely.intersects_xy(self.shape, lon[doubt], lat[doubt])
        return inside


@dataclass(frozen=True)
class Cover:
    """What a shape takes in: whole cells by grain, none inside another, and tiles it parts.

    `tiles` are in rising order; `lies[i, place]` says how each cell of tile i lies: outside,
    inside, or on the line of the shape.
    """

    whole: dict[int, Indices]
    tiles: Indices
    lies: NDArray[np.uint8]
    line: Line | None = None

    def lying(self, tile: Indices) -> NDArray[np.uint8]:
        """How the cells of some of its tiles lie, given by their numbers: N x 16."""
        return np.asarray(self.lies[np.searchsorted(self.tiles, tile)])


def cover(shape: bytes) -> Cover:
    """The cells of a MULTIPOLYGON (WKB, EPSG:4326): large where they can be, small at its border.

    A cell that no border runs through lies inside or outside as a whole; the others are taken
    apart, down to single grid cells.
    """
    drawn = shapely.from_wkb(shape)
    shapely.prepare(drawn)
    shapes = np.array([drawn])
    edges = edges_of(shapes, GRID)
    crossed = crossings(edges, GRID)
    met = edges_in_cells(edges, GRID)
    at_line = distinct(met[0])
    borders = arranged(edges, GRID, met, at_line[_odd(crossed, at_line)])
    border = numbers(at_line)
    unsure, whole = _blocks_of(shapes), {}
    for grain in GRAINS:
        on_border = np.isin(unsure, corner(border, grain))
        sure, unsure = unsure[~on_border], np.sort(unsure[on_border])
        whole[grain] = sure[_inside(sure, crossed)]
        if grain != TILE:
            unsure = _parts(unsure, grain)
    cells = _cells_of(unsure)
    lies = np.where(_inside(cells, crossed), INSIDE, OUTSIDE)
    lies[np.isin(cells, border)] = BORDER
    return Cover(whole, unsure, lies.astype(np.uint8), Line(drawn, borders))


def without(covered: Cover, cells: Indices) -> Cover:
    """A cover that leaves these grid cells out: larger cells that hold one are taken apart."""
    whole: dict[int, Indices] = {}
    opened = np.array([], dtype=np.int64)
    for grain in GRAINS:
        here = np.concatenate([covered.whole[grain], opened])
        holds = np.isin(here, corner(cells, grain))
        whole[grain], opened = here[~holds], here[holds]
        if grain != TILE:
            opened = _parts(opened, grain)
    tiles = np.concatenate([covered.tiles, opened])
    lies = np.concatenate([covered.lies, np.full((len(opened), IN_TILE), INSIDE, np.uint8)])
    lies[np.isin(_cells_of(tiles), cells)] = OUTSIDE
    order = np.argsort(tiles)
    return Cover(whole, tiles[order], lies[order], covered.line)


def blocks(cells: Indices) -> Cover:
    """The blocks that hold these grid cells, taken in wholly."""
    nothing = np.array([], dtype=np.int64)
    held = np.unique(corner(cells, GRAINS[0]))
    whole = dict.fromkeys(GRAINS, nothing) | {GRAINS[0]: held}
    return Cover(whole, nothing, np.empty((0, IN_TILE), np.uint8))


def numbers(cells: Indices) -> Indices:
    """The grid's numbers of cells that are given as row x side + column."""
    row, column = cells // SIDE, cells % SIDE
    return ((row >> 6) << 22) | ((column >> 6) << 12) | ((row & 63) << 6) | (column & 63)


def corner(number: Indices, grain: int) -> Indices:
    """The number of the cell of a grain that holds each of these grid cells."""
    low = (1 << grain) - 1
    return number & ~((low << 6) | low)


def place_in_tile(number: Indices) -> Indices:
    """The place of each of these grid cells in its tile: rows from the south, 4 cells each."""
    return ((number >> 6) & 3) << 2 | (number & 3)


def cell_in_tile(tile: Indices, place: NDArray[np.uint8]) -> Indices:
    """The number of the grid cell at each of these places in tiles."""
    place = place.astype(np.int64)
    return tile | ((place >> 2) << 6) | (place & 3)


def _blocks_of(shapes: Shapes) -> Indices:
    """The largest cells in the box of a shape."""
    places = GRID.places(shapely.total_bounds(shapes).reshape(2, 2))
    low, high = np.minimum(places.astype(np.int64), SIDE - 1) >> GRAINS[0]
    columns, rows = np.arange(low[0], high[0] + 1), np.arange(low[1], high[1] + 1)
    return ((rows[:, None] << 22) | (columns[None, :] << 12)).ravel()


def _parts(cells: Indices, grain: int) -> Indices:
    """The cells of the next grain that these cells of a grain hold."""
    finer = GRAINS[GRAINS.index(grain) + 1]
    return _within(cells, finer, 1 << (grain - finer)).ravel()


def _cells_of(tiles: Indices) -> Indices:
    """The 16 grid cells of each of N tiles, by their places: N x 16."""
    return _within(tiles, 0, 4)


def _within(cells: Indices, grain: int, each_way: int) -> Indices:
    steps = np.arange(each_way) << grain
    return cells[:, None] | ((steps[:, None] << 6) | steps[None, :]).ravel()


def _inside(number: Indices, crossed: Floats) -> Flags:
    """Whether cells that no border runs through lie inside: seen from the middle of their
    south-west grid cell, borders are crossed an odd number of times before."""
    return _odd(crossed, _in_rows(number))


def _odd(crossed: Floats, cells: Indices) -> Flags:
    """Whether borders are crossed an odd number of times before the middles of cells."""
    return (np.searchsorted(crossed, cells + 0.5) & 1).astype(bool)


def _in_rows(number: Indices) -> Indices:
    """Cells as row x side + column, by their numbers in the grid."""
    row = ((number >> 22) << 6) | ((number >> 6) & 63)
    return row * SIDE + (((number >> 12 & 1023) << 6) | (number & 63))
