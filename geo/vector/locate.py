"""Which of many shapes covers each of many points: looked up, and tested only near borders.

A lattice of cells is laid over the shapes once. A cell no border runs through lies in the same
shapes as a whole, so its points need one look-up; the points of the others are told from the few
edges in their cell. What lies too near an edge for that is tested with GEOS, on the shapes' own
vertices, so that every answer is exact.
"""

import math
from collections.abc import Iterator

import numpy as np
import shapely

from geo.crs import Floats
from geo.ellipsoid import Shapes
from geo.vector.borders import arranged
from geo.vector.lattice import (
    Edges,
    Indices,
    Lattice,
    crossings,
    distinct,
    edges_in_cells,
    edges_of,
    spans,
)
from geo.vector.open import bounds_of

CIRCLE, HALF = 360.0, 180.0
NOWHERE = -1  # in no shape
BORDER = -2  # and less: the cell is one of the border cells, numbered downward from here
FEWEST, MOST = 8, 4096  # cells along a side of the lattice
FILLED = 1 << 23  # cells filled at a time
BATCH = 1 << 20  # points at borders asked at a time


class Locator:
    """N valid polygons (None: none), ready to be asked which of them covers a point.

    `points` says about how many will be asked: the more, the finer the lattice. With `degrees`,
    shapes beyond 180 degrees east or west are also met a full circle away.
    """

    def __init__(self, shapes: Shapes, points: int = 10_000_000, *, degrees: bool = False) -> None:
        shapely.prepare(shapes)
        self.shapes = shapes
        west, _, east, _ = bounds_of(shapes)
        beyond = ((CIRCLE, east > HALF), (-CIRCLE, west < -HALF))
        self.turns = [turn for turn, there in beyond if degrees and there]
        self.lattice = _lattice(shapes, points)
        edges = edges_of(shapes, self.lattice)
        met = edges_in_cells(edges, self.lattice)
        border = distinct(met[0])
        self.first = np.full(self.lattice.side**2, NOWHERE, dtype=np.int32)
        self.first[border] = BORDER - np.arange(len(border))
        middles = self._fill(edges)
        self.borders = arranged(edges, self.lattice, met, middles, len(shapes))

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
        for some in np.array_split(unsure, len(unsure) // BATCH + 1):
            found[some] = self._at_border(x[some], y[some], BORDER - found[some])
        return found

    def _at_border(self, x: Floats, y: Floats, number: Indices) -> Indices:
        u, v = self.lattice.places(np.column_stack([x, y])).T
        found, doubt = self.borders.covering(number, u, v)
        left = np.flatnonzero(doubt)
        found[left] = self._tested(x[left], y[left], number[left])
        return found

    def _tested(self, x: Floats, y: Floats, number: Indices) -> Indices:
        """Test points against every shape at their border cell, on the shapes' own vertices."""
        shape, point = self.borders.candidates(number)
        covers = np.flatnonzero(shapely.intersects_xy(self.shapes[shape], x[point], y[point]))
        first = covers[np.diff(point[covers], prepend=-1) != 0]
        found = np.full(len(x), NOWHERE, dtype=np.int64)
        found[point[first]] = shape[first]
        return found

    def _fill(self, edges: Edges) -> Indices:
        """Write the first shape of every cell that lies in one as a whole.

        Returns the (cell, shape) pairs of the border cells whose middles lie in a shape.
        """
        middles = [np.empty(0, dtype=np.int64)]
        for cells, shape in _inner_cells(edges, self.lattice):
            free = self.first[cells] > BORDER
            self.first[cells[free][::-1]] = shape[free][::-1]  # of several, the lowest is last
            middles.append(cells[~free] * len(self.shapes) + shape[~free])
        return np.concatenate(middles)


def _lattice(shapes: Shapes, points: int) -> Lattice:
    west, south, east, north = np.nan_to_num(bounds_of(shapes)).tolist()
    side = min(MOST, max(FEWEST, 2 * math.isqrt(points)))
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
    batch = np.cumsum(length) // FILLED
    for number in range(int(batch[-1]) if len(batch) else -1, -1, -1):
        some = batch == number
        yield spans(start[some], length[some]), np.repeat(shape[some], length[some])
