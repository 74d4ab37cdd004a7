"""Which of many shapes covers each of many points: looked up, and tested only near borders.

A lattice of cells is laid over the shapes once. A cell no border runs through lies in the same
shapes as a whole, so its points need one look-up; the points of the others are tested with GEOS
against the few shapes at hand, on the shapes' own vertices, so that every answer is exact.
"""

import math
from collections.abc import Iterator

import numpy as np
import shapely

from geo.crs import Floats
from geo.ellipsoid import Shapes
from geo.vector.lattice import (
    Edges,
    Indices,
    Lattice,
    border_cells,
    crossings,
    distinct,
    edges_of,
    spans,
)
from geo.vector.open import bounds_of

CIRCLE, HALF = 360.0, 180.0
NOWHERE = -1  # in no shape
BORDER = -2  # and less: the cell is one of the border cells, numbered downward from here
FEWEST, MOST = 8, 4096  # cells along a side of the lattice
BATCH = 1 << 23  # cells filled at a time


class Locator:
    """N valid polygons (None: none), ready to be asked which of them covers a point.

    `points` says about how many will be asked: the more, the finer the lattice. With `degrees`,
    shapes beyond 180 degrees east or west are also met a full circle away.
    """

    def __init__(self, shapes: Shapes, points: int = 1_000_000, *, degrees: bool = False) -> None:
        shapely.prepare(shapes)
        self.shapes = shapes
        west, _, east, _ = bounds_of(shapes)
        beyond = ((CIRCLE, east > HALF), (-CIRCLE, west < -HALF))
        self.turns = [turn for turn, there in beyond if degrees and there]
        self.lattice = _lattice(shapes, points)
        edges = edges_of(shapes, self.lattice)
        border = border_cells(edges, self.lattice, len(shapes))
        cells = distinct(border // max(1, len(shapes)))
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
    west, south, east, north = np.nan_to_num(bounds_of(shapes)).tolist()
    side = min(MOST, max(FEWEST, 4 * math.isqrt(points)))
    width, height = (max(extent, 1e-9) / (side - 1) for extent in (east - west, north - south))
    return Lattice(west - width / 2, south - height / 2, width, height, side)


def _inner_cells(edges: Edges, lattice: Lattice) -> Iterator[tuple[Indices, Indices]]:
    """The cells whose middles lie in each shape, shapes in falling order, in batches.

    Along the middle line of a row the borders of a shape are crossed in pairs: in, out, in, out.
    """
    crossed = crossings(edges, lattice)
    shape_row, u = np.divmod(crossed, lattice.side)
    first, last = np.ceil(u[0::2] - 0.5), np.ceil(u[1::2] - 0.5)
    shape, row = np.divmod(shape_row[0::2].astype(np.int64), lattice.side)
    start, length = row * lattice.side + first.astype(np.int64), (last - first).astype(np.int64)
    batch = np.cumsum(length) // BATCH
    for number in range(int(batch[-1]) if len(batch) else -1, -1, -1):
        some = batch == number
        yield spans(start[some], length[some]), np.repeat(shape[some], length[some])
