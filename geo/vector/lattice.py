"""A lattice of cells over shapes: the cells their borders run through, and where they cross rows.

Places are counted in cells from the lattice's south-west corner: column u, row v, with fractions.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import Flags, Floats
from geo.ellipsoid import Shapes

Indices = NDArray[np.int64]

PIECE = 0.5  # cells; edges are taken in pieces no longer, so that each meets two cells a side
MARGIN = 1e-6  # cells; more than rounding can move an edge or a point


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
        return np.column_stack(self.uv(at[:, 0], at[:, 1]))

    def uv(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Columns, and rows, with fractions, of N points."""
        return (x - self.west) / self.width, (y - self.south) / self.height

    def cells(self, x: Floats, y: Floats) -> tuple[Indices, Flags]:
        """The cells of N points, and which points lie in the box at all."""
        u, v = self.uv(x, y)
        with np.errstate(invalid="ignore"):
            inside = (u >= 0) & (u < self.side) & (v >= 0) & (v < self.side)
        u, v = np.where(inside, u, 0), np.where(inside, v, 0)
        return v.astype(np.int64) * self.side + u.astype(np.int64), inside


@dataclass(frozen=True)
class Edges:
    """The edges of all rings: from (u0, v0) to (u1, v1) in cells, and which of how many shapes each
    belongs to."""

    u0: Floats
    v0: Floats
    u1: Floats
    v1: Floats
    shape: Indices
    shapes: int


def edges_of(shapes: Shapes, lattice: Lattice) -> Edges:
    """All edges of N polygons (None: none); from ring to ring goes one of no length."""
    rings, shape = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(rings, return_index=True)
    at, ring = shapely.get_coordinates(rings, return_index=True)
    u, v = lattice.uv(at[:, 0], at[:, 1])
    apart = np.flatnonzero(ring[1:] != ring[:-1])
    u1, v1 = u[1:].copy(), v[1:].copy()
    u1[apart], v1[apart] = u[apart], v[apart]
    return Edges(u[:-1], v[:-1], u1, v1, shape[part][ring[:-1]], len(shapes))


def edges_in_cells(edges: Edges, lattice: Lattice) -> tuple[Indices, Indices]:
    """Every cell with every edge that runs through it, by cell, then by edge."""
    edge, u0, v0, u1, v1 = _pieces(edges)
    left, right = _ends(u0, u1)
    low, high = _ends(v0, v1)
    corner, wide, tall = low * lattice.side + left, right > left, high > low
    both = wide & tall
    cell = np.concatenate(
        [corner, corner[wide] + 1, corner[tall] + lattice.side, corner[both] + lattice.side + 1]
    )
    edge = np.concatenate([edge, edge[wide], edge[tall], edge[both]])
    bits = len(edges.shape).bit_length()
    pairs = distinct(np.sort(cell << bits | edge))
    return pairs >> bits, pairs & (1 << bits) - 1


def _pieces(edges: Edges) -> tuple[Indices, Floats, Floats, Floats, Floats]:
    """Edges, and the pieces of those that are long: which edge each is of, and its ends."""
    du, dv = edges.u1 - edges.u0, edges.v1 - edges.v0
    longest = np.maximum(np.abs(du), np.abs(dv))
    long = np.flatnonzero(longest > PIECE)
    count = np.ceil(longest[long] / PIECE).astype(np.int64)
    of, all_of = np.repeat(long, count), np.repeat(count, count)
    nth = spans(np.zeros(len(long), dtype=np.int64), count)
    start, end = nth / all_of, (nth + 1) / all_of
    u0, v0, du, dv = edges.u0[of], edges.v0[of], du[of], dv[of]
    return (
        np.concatenate([np.arange(len(longest)), of]),
        np.concatenate([edges.u0, u0 + start * du]),
        np.concatenate([edges.v0, v0 + start * dv]),
        np.concatenate([edges.u1, u0 + end * du]),
        np.concatenate([edges.v1, v0 + end * dv]),
    )


def distinct(numbers: Indices) -> Indices:
    """Numbers without those that repeat the one before; of sorted numbers, each of them once."""
    new = np.ones(len(numbers), dtype=bool)
    new[1:] = numbers[1:] != numbers[:-1]
    return np.asarray(numbers[new])


def _ends(start: Floats, end: Floats) -> tuple[Indices, Indices]:
    """The lowest and highest cells that pieces of edges reach along one axis."""
    low, high = np.minimum(start, end) - MARGIN, np.maximum(start, end) + MARGIN
    return low.astype(np.int64), high.astype(np.int64)


def crossings(edges: Edges, lattice: Lattice) -> Floats:
    """Where borders cross the middle lines of rows: (shape x rows + row) x columns + u, sorted."""
    low = np.floor(np.minimum(edges.v0, edges.v1) + 0.5).astype(np.int64)
    high = np.floor(np.maximum(edges.v0, edges.v1) + 0.5).astype(np.int64)
    edge = np.repeat(np.arange(len(low)), high - low)
    row = spans(low, high - low)
    share = (row + 0.5 - edges.v0[edge]) / (edges.v1[edge] - edges.v0[edge])
    u = edges.u0[edge] + share * (edges.u1[edge] - edges.u0[edge])
    return np.sort((edges.shape[edge] * lattice.side + row) * lattice.side + u)


def spans(start: Indices, length: Indices) -> Indices:
    """All cells of N spans of neighbours, one span after the other."""
    before = np.cumsum(length) - length
    return np.asarray(np.arange(length.sum()) + np.repeat(start - before, length))
