"""A drawn shape in cells of the grid that locations are numbered by: which lie wholly inside it.

The grid (SQL function `grid_cell`) has cells of 360/65536 degrees, numbered in blocks of 64 x 64 so
that neighbours lie together. Larger cells of 4, 16 and 64 cells a side bear the number of the cell
in their south-west corner.
"""

from dataclasses import dataclass

import numpy as np
import shapely

from geo.ellipsoid import Shapes
from geo.vector.lattice import (
    Edges,
    Indices,
    Lattice,
    border_cells,
    crossings,
    edges_of,
)

SIDE = 1 << 16  # cells round the globe
CELL = 360 / SIDE  # degrees
GRAINS = (6, 4, 2, 0)  # a cell of grain g has 2 ** g grid cells a side
BLOCK = 64


@dataclass(frozen=True)
class Cover:
    """What a shape takes in: whole cells by grain, none inside another, and cells on its border."""

    whole: dict[int, Indices]
    border: Indices


def cover(shape: bytes) -> Cover:
    """The cells of a MULTIPOLYGON (WKB, EPSG:4326): large where they can be, small at its border.

    A cell that no border runs through lies inside or outside as a whole; the others are taken
    apart, down to single grid cells.
    """
    shapes = np.array([shapely.from_wkb(shape)])
    unsure = _blocks_of(shapes)
    whole = {}
    for grain in GRAINS:
        lattice = _lattice(grain)
        edges = edges_of(shapes, lattice)
        on_border = np.isin(unsure, border_cells(edges, lattice, 1))
        sure = unsure[~on_border]
        whole[grain] = numbers(sure[_inside(sure, edges, lattice)], grain)
        border = unsure[on_border]
        if grain:
            unsure = _taken_apart(border, grain)
    return Cover(whole, numbers(border, 0))


def numbers(cells: Indices, grain: int) -> Indices:
    """The grid's numbers of cells of a grain that are given as row x side + column."""
    side = SIDE >> grain
    row, column = (cells // side) << grain, (cells % side) << grain
    return ((row >> 6) << 22) | ((column >> 6) << 12) | ((row & 63) << 6) | (column & 63)


def corner(number: Indices, grain: int) -> Indices:
    """The number of the cell of a grain that holds each of these grid cells."""
    low = (1 << grain) - 1
    return number & ~((low << 6) | low)


def without(covered: Cover, cells: Indices) -> Cover:
    """A cover that leaves these grid cells out: larger cells that hold one are taken apart."""
    whole: dict[int, Indices] = {}
    opened = np.array([], dtype=np.int64)
    for grain in GRAINS:
        here = np.concatenate([covered.whole[grain], _children(opened, grain)])
        holds = np.isin(here, corner(cells, grain))
        whole[grain], opened = here[~holds], here[holds]
    return Cover(whole, covered.border[~np.isin(covered.border, cells)])


def _lattice(grain: int) -> Lattice:
    width = CELL * (1 << grain)
    return Lattice(-180.0, -90.0, width, width, SIDE >> grain)


def _blocks_of(shapes: Shapes) -> Indices:
    """The largest cells in the box of a shape."""
    lattice = _lattice(GRAINS[0])
    places = lattice.places(shapely.total_bounds(shapes).reshape(2, 2))
    low, high = np.minimum(places.astype(np.int64), lattice.side - 1)
    columns, rows = np.arange(low[0], high[0] + 1), np.arange(low[1], high[1] + 1)
    return (rows[:, None] * lattice.side + columns[None, :]).ravel()


def _taken_apart(cells: Indices, grain: int) -> Indices:
    """The cells of the next grain that these cells of a grain hold, as row x side + column."""
    finer = GRAINS[GRAINS.index(grain) + 1]
    each_way = 1 << (grain - finer)
    side = SIDE >> grain
    row, column = (cells // side) * each_way, (cells % side) * each_way
    steps = np.arange(each_way)
    rows = row[:, None, None] + steps[None, :, None]
    columns = column[:, None, None] + steps[None, None, :]
    return (rows * (SIDE >> finer) + columns).ravel()


def _children(opened: Indices, grain: int) -> Indices:
    """The cells of a grain in cells of the grain before, both by their numbers in the grid."""
    place = GRAINS.index(grain)
    if not place:
        return opened
    step, count = 1 << grain, 1 << (GRAINS[place - 1] - grain)
    offsets = np.arange(count) * step
    within = ((offsets[:, None] << 6) | offsets[None, :]).ravel()
    return (opened[:, None] | within[None, :]).ravel()


def _inside(cells: Indices, edges: Edges, lattice: Lattice) -> Indices:
    """Whether the middles of cells lie inside: borders crossed an odd number of times before."""
    before = np.searchsorted(crossings(edges, lattice), cells + 0.5)
    return (before & 1).astype(bool)
