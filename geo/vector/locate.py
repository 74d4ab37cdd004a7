"""Which of many shapes covers each of many points: looked up, and tested only near borders.

A lattice of cells is laid over the shapes once. A cell no border runs through lies in the same
shapes as a whole, so its points need one look-up; the points of the others are tested with GEOS
against the few shapes at hand, on the shapes' own vertices, so that every answer is exact.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import Flags, Floats
from geo.ellipsoid import Shapes

Indices = NDArray[np.int64]

CIRCLE, HALF = 360.0, 180.0
NOWHERE = -1  # in no shape
BORDER = -2  # and less: the cell is one of the border cells, numbered downward from here
FEWEST, MOST = 8, 4096  # cells along a side of the lattice
PIECE = (
    0.5  # cells; edges are taken in pieces no longer, so that each meets two cells a side at most
)
MARGIN = 1e-6  # cells; more than rounding can move an edge or a point
BATCH = 1 << 23  # cells filled at a time


@dataclass(frozen=True)
class Lattice:
    """A box of side x side cells; places in it are counted in cells from its south-west corner."""

    west: float
    south: float
    width: float  # of a cell
    height: float
    side: int

    def places(self, at: Floats) -> Floats:
        """Columns and rows, with fractions, of N points given as (x, y)."""
        return (at - (self.west, self.south)) / (self.width, self.height)

    def cells(self, x: Floats, y: Floats) -> tuple[Indices, Flags]:
        """The cells of N points, and which points lie in the box at all."""
        u, v = (x - self.west) / self.width, (y - self.south) / self.height
        with np.errstate(invalid="ignore"):
            inside = (u >= 0) & (u < self.side) & (v >= 0) & (v < self.side)
        u, v = np.where(inside, u, 0), np.where(inside, v, 0)
        return v.astype(np.int64) * self.side + u.astype(np.int64), inside


@dataclass(frozen=True)
class Edges:
    """The edges of all rings: from (u0, v0) to (u1, v1) in cells, and the shape each belongs to."""

    u0: Floats
    v0: Floats
    u1: Floats
    v1: Floats
    shape: Indices


class Locator:
    """N valid polygons (None: none), ready to be asked which of them covers a point.

    `points` says about how many will be asked: the more, the finer the lattice. With `degrees`,
    shapes beyond 180 degrees east or west are also met a full circle away.
    """

    def __init__(self, shapes: Shapes, points: int = 1_000_000, *, degrees: bool = False) -> None:
        shapely.prepare(shapes)
        self.shapes = shapes
        west, _, east, _ = shapely.total_bounds(shapes)
        beyond = ((CIRCLE, east > HALF), (-CIRCLE, west < -HALF))
        self.turns = [turn for turn, there in beyond if degrees and there]
        self.lattice = _lattice(shapes, points)
        edges = _edges(shapes, self.lattice)
        border = _border(edges, self.lattice, len(shapes))
        cells = _distinct(border // max(1, len(shapes)))
        self.first = np.full(self.lattice.side**2, NOWHERE, dtype=np.int32)
        self.first[cells] = BORDER - np.arange(len(cells))
        pairs = np.sort(np.concatenate([border, self._fill(edges, border)]))
        self.candidates = pairs % max(1, len(shapes))
        self.starts = np.searchsorted(pairs, np.append(cells, self.lattice.side**2) * len(shapes))

    def covering(self, x: Floats, y: Floats) -> Indices:
        """The first shape in their order that covers each of N points, borders included; or -1."""
        found = self._covering(x, y)
        for turn in self.turns:
            again = self._covering(x + turn, y)
            both = np.minimum(found, again)
            found = np.where(both == NOWHERE, np.maximum(found, again), both)
        return found

    def _covering(self, x: Floats, y: Floats) -> Indices:
        cell, inside = self.lattice.cells(x, y)
        found = np.where(inside, self.first[cell], NOWHERE).astype(np.int64)
        unsure = np.flatnonzero(found <= BORDER)
        found[unsure] = self._tested(x[unsure], y[unsure], BORDER - found[unsure])
        return found

    def _tested(self, x: Floats, y: Floats, border_cell: Indices) -> Indices:
        """Test points against the shapes at their cell, one after the other until one covers."""
        found = np.full(len(x), NOWHERE, dtype=np.int64)
        at, end = self.starts[border_cell], self.starts[border_cell + 1]
        left = np.arange(len(x))
        while len(left):
            shape = self.candidates[at[left]]
            covers = shapely.intersects_xy(self.shapes[shape], x[left], y[left])
            found[left[covers]] = shape[covers]
            left = left[~covers]
            at[left] += 1
            left = left[at[left] < end[left]]
        return found

    def _fill(self, edges: Edges, border: Indices) -> Indices:
        """Write the first shape of every cell that lies in one as a whole.

        Returns the (cell, shape) pairs where another shape's border runs through such a cell.
        """
        count = len(self.shapes)
        under = [border[:0]]
        for cells, shape in _inner_cells(edges, self.lattice):
            free = self.first[cells] > BORDER
            self.first[cells[free][::-1]] = shape[free][::-1]  # of several, the lowest is last
            under.append(cells[~free] * count + shape[~free])
        pairs = np.concatenate(under)
        known = border[np.minimum(np.searchsorted(border, pairs), len(border) - 1)] == pairs
        return np.asarray(pairs[~known])


def _lattice(shapes: Shapes, points: int) -> Lattice:
    west, south, east, north = np.nan_to_num(shapely.total_bounds(shapes))
    side = min(MOST, max(FEWEST, 4 * math.isqrt(points)))
    width, height = (max(extent, 1e-9) / (side - 1) for extent in (east - west, north - south))
    return Lattice(west - width / 2, south - height / 2, width, height, side)


def _edges(shapes: Shapes, lattice: Lattice) -> Edges:
    rings, shape = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(rings, return_index=True)
    at, ring = shapely.get_coordinates(rings, return_index=True)
    places = lattice.places(at)
    joined = ring[1:] == ring[:-1]
    start, end = places[:-1][joined], places[1:][joined]
    return Edges(start[:, 0], start[:, 1], end[:, 0], end[:, 1], shape[part][ring[:-1][joined]])


def _border(edges: Edges, lattice: Lattice, shapes: int) -> Indices:
    """The sorted (cell, shape) pairs in which a border of the shape runs through the cell."""
    du, dv = edges.u1 - edges.u0, edges.v1 - edges.v0
    pieces = np.maximum(1, np.ceil(np.maximum(np.abs(du), np.abs(dv)) / PIECE)).astype(np.int64)
    edge = np.repeat(np.arange(len(pieces)), pieces)
    nth = np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    start, end = nth / pieces[edge], (nth + 1) / pieces[edge]
    columns = _ends(edges.u0[edge] + start * du[edge], edges.u0[edge] + end * du[edge])
    rows = _ends(edges.v0[edge] + start * dv[edge], edges.v0[edge] + end * dv[edge])
    corners = [row * lattice.side + column for row in rows for column in columns]
    pairs = [corner * shapes + edges.shape[edge] for corner in corners]
    return _distinct(np.sort(np.concatenate([_distinct(some) for some in pairs])))


def _distinct(numbers: Indices) -> Indices:
    """Numbers without those that repeat the one before; of sorted numbers, each of them once."""
    return np.asarray(numbers[np.diff(numbers, prepend=-1) != 0])


def _ends(start: Floats, end: Floats) -> tuple[Indices, Indices]:
    """The lowest and highest cells that pieces of edges reach along one axis."""
    low, high = np.minimum(start, end) - MARGIN, np.maximum(start, end) + MARGIN
    return low.astype(np.int64), high.astype(np.int64)


def _inner_cells(edges: Edges, lattice: Lattice) -> Iterator[tuple[Indices, Indices]]:
    """The cells whose middles lie in each shape, shapes in falling order, in batches.

    Along the middle line of a row the borders of a shape are crossed in pairs: in, out, in, out.
    """
    crossings = _crossings(edges, lattice)
    shape_row, u = np.divmod(crossings, lattice.side)
    first, last = np.ceil(u[0::2] - 0.5), np.ceil(u[1::2] - 0.5)
    shape, row = np.divmod(shape_row[0::2].astype(np.int64), lattice.side)
    start, length = row * lattice.side + first.astype(np.int64), (last - first).astype(np.int64)
    batch = np.cumsum(length) // BATCH
    for number in range(int(batch[-1]) if len(batch) else -1, -1, -1):
        some = batch == number
        yield _spans(start[some], length[some]), np.repeat(shape[some], length[some])


def _spans(start: Indices, length: Indices) -> Indices:
    """All cells of N spans of neighbours, one span after the other."""
    before = np.cumsum(length) - length
    return np.asarray(np.arange(length.sum()) + np.repeat(start - before, length))


def _crossings(edges: Edges, lattice: Lattice) -> Floats:
    """Where borders cross the middle lines of rows: (shape x rows + row) x columns + u, sorted."""
    low = np.floor(np.minimum(edges.v0, edges.v1) + 0.5).astype(np.int64)
    high = np.floor(np.maximum(edges.v0, edges.v1) + 0.5).astype(np.int64)
    edge = np.repeat(np.arange(len(low)), high - low)
    row = _spans(low, high - low)
    share = (row + 0.5 - edges.v0[edge]) / (edges.v1[edge] - edges.v0[edge])
    u = edges.u0[edge] + share * (edges.u1[edge] - edges.u0[edge])
    return np.sort((edges.shape[edge] * lattice.side + row) * lattice.side + u)
