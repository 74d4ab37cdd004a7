"""Which of many shapes covers each of many points: looked up, and tested only near borders.

A lattice of cells is laid over the shapes once. A cell no border runs through lies in the same
shapes as a whole, so its points need one look-up; the points of the others are told from the few
edges in their cell. What lies too near an edge for that is tested with GEOS, on the shapes' own
vertices, so that every answer is exact.
"""

import math
import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import Floats
from geo.ellipsoid import Shapes
from geo.vector.borders import Borders, arranged
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
BATCH = 1 << 13  # points at borders asked at a time: their edges stay in the processor's memory


class Picked(Protocol):
    """N shapes, of which some are picked by their positions: an array of them, or a file's."""

    def __len__(self) -> int: ...

    def __getitem__(self, positions: Indices, /) -> Shapes: ...


@dataclass(frozen=True)
class Locator:
    """N valid polygons (None: none), ready to be asked which of them covers a point.

    `first` tells of each cell of the lattice the first shape it lies in as a whole, or which of the
    border cells it is. `turns` are the degrees by which shapes are also met further east.
    """

    shapes: Picked
    turns: tuple[float, ...]
    lattice: Lattice
    first: NDArray[np.int32]
    borders: Borders

    @property
    def every_shape(self) -> Shapes:
        """All shapes, in their order."""
        return self.shapes[np.arange(len(self.shapes))]

    def covering(self, x: Floats, y: Floats) -> Indices:
        """The first shape in their order that covers each of N points, borders included; or -1."""
        shares = (os.cpu_count() or 1) if len(x) > BATCH else 1
        with ThreadPoolExecutor(shares) as beside:
            shared_out = (np.array_split(axis, shares) for axis in (x, y))
            return np.concatenate([*beside.map(self._all_round, *shared_out)])

    def _all_round(self, x: Floats, y: Floats) -> Indices:
        """The same by one thread; shapes are met wherever the globe turns them to."""
        found = self._covering(x, y)
        for turn in self.turns:
            again = self._covering(x + turn, y)
            both = np.minimum(found, again)
            found = np.where(both == NOWHERE, np.maximum(found, again), both)
        return found

    def _covering(self, x: Floats, y: Floats) -> Indices:
        cell, inside = self.lattice.cells(x, y)
        whole = self.first.take(cell)
        whole[~inside] = NOWHERE
        unsure, found = np.flatnonzero(whole <= BORDER), whole.astype(np.int64)
        for some in np.array_split(unsure, len(unsure) // BATCH + 1):
            found[some] = self._at_border(x[some], y[some], BORDER - found[some])
        return found

    def _at_border(self, x: Floats, y: Floats, number: Indices) -> Indices:
        u, v = self.lattice.uv(x, y)
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


def indexed(shapes: Shapes, points: int = MOST**2, *, degrees: bool = False) -> Locator:
    """Make N valid polygons (None: none) ready to be asked.

    `points` says about how many will be asked: the more, the finer the lattice. With `degrees`,
    shapes beyond 180 degrees east or west are also met a full circle away.
    """
    west, _, east, _ = bounds_of(shapes)
    beyond = ((CIRCLE, east > HALF), (-CIRCLE, west < -HALF))
    turns = tuple(turn for turn, there in beyond if degrees and there)
    return laid_on(shapes, _lattice(shapes, points), turns)


@contextmanager
def being_indexed(shapes: Shapes, points: int) -> Iterator[Future[Locator]]:
    """The same beside what is done within the block, fetching the points for one."""
    with ThreadPoolExecutor(1) as beside:
        yield beside.submit(indexed, shapes, points)


def laid_on(shapes: Shapes, lattice: Lattice, turns: tuple[float, ...] = ()) -> Locator:
    """The same on a lattice that holds all shapes."""
    shapely.prepare(shapes)
    edges = edges_of(shapes, lattice)
    met = edges_in_cells(edges, lattice)
    first = np.full(lattice.side**2, NOWHERE, dtype=np.int32)
    border = distinct(met[0])
    first[border] = BORDER - np.arange(len(border))
    middles = _fill(first, edges, lattice)
    return Locator(shapes, turns, lattice, first, arranged(edges, lattice, met, middles))


def _lattice(shapes: Shapes, points: int) -> Lattice:
    west, south, east, north = np.nan_to_num(bounds_of(shapes)).tolist()
    side = min(MOST, max(FEWEST, math.isqrt(points)))
    width, height = (max(extent, 1e-9) / (side - 1) for extent in (east - west, north - south))
    return Lattice(west - width / 2, south - height / 2, width, height, side)


def _fill(first: NDArray[np.int32], edges: Edges, lattice: Lattice) -> Indices:
    """Write the first shape of every cell that lies in one as a whole.

    Returns the (cell, shape) pairs of the border cells whose middles lie in a shape, as cell x
    shapes + shape.
    """
    middles = [np.empty(0, dtype=np.int64)]
    for cells, shape in _inner_cells(edges, lattice):
        free = first[cells] > BORDER
        first[cells[free][::-1]] = shape[free][::-1]  # of several, the lowest is last
        middles.append(cells[~free] * edges.shapes + shape[~free])
    return np.concatenate(middles)


def _inner_cells(edges: Edges, lattice: Lattice) -> Iterator[tuple[Indices, Indices]]:
    """The cells whose middles lie in each shape, shapes in falling order, in batches.

    Along the middle line of a row the borders of a shape are crossed in pairs: in, out, in, out.
    """
    crossed = crossings(edges, lattice)
    shape_row = np.floor(crossed / lattice.side)  # no border comes near the lattice's own
    u = crossed - shape_row * lattice.side
    first, last = (np.ceil(side - 0.5).astype(np.int64) for side in (u[0::2], u[1::2]))
    shape, row = np.divmod(shape_row[0::2].astype(np.int64), lattice.side)
    start, length = row * lattice.side + first, last - first
    batch = np.cumsum(length) // FILLED
    for number in range(int(batch[-1]) if len(batch) else -1, -1, -1):
        some = batch == number
        yield spans(start[some], length[some]), np.repeat(shape[some], length[some])
