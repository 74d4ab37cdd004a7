"""The cells borders run through, each with its edges: on which side of them does a point lie?

A point is reached from the middle of its cell, first along the row, then along the column; every
edge crossed on the way changes sides. That a cell's own edges are enough makes it cheap; that
places too near an edge for such reckoning are told, to be tested otherwise, keeps it exact.
"""

from dataclasses import dataclass

import numpy as np

from geo.crs import Flags, Floats
from geo.vector.lattice import MARGIN, Edges, Indices, Lattice, distinct, spans

OUTSIDE = -1


@dataclass(frozen=True)
class Borders:
    """The border cells of a lattice, and in each the shapes at hand with their edges there.

    Of cell number k the shapes are those from `first_pair[k]` to `first_pair[k + 1]`, in order; of
    each such pair, `edge` from `first_edge` to `end_edge` runs through the cell, `middle` says
    whether the cell's middle lies in the shape, `near` whether it lies too near an edge to say.
    """

    lattice: Lattice
    edges: Edges
    cells: Indices
    first_pair: Indices
    shape: Indices
    middle: Flags
    near: Flags
    first_edge: Indices
    end_edge: Indices
    edge: Indices

    def covering(self, number: Indices, u: Floats, v: Floats) -> tuple[Indices, Flags]:
        """The first shape at hand that covers each of N points, and which points are in doubt.

        Points are told by the number of their border cell and their place in the lattice.
        """
        pair, point = self._pairs(number)
        edges = self.end_edge[pair] - self.first_edge[pair]
        row = np.repeat(np.arange(len(pair)), edges)
        edge = self.edge[spans(self.first_edge[pair], edges)]
        of = point[row]
        crossed, close = self._way(edge, self.cells[number[of]], u[of], v[of])
        odd = np.bincount(row[crossed], minlength=len(pair)) % 2 == 1
        doubt = np.zeros(len(number), dtype=bool)
        doubt[of[close]] = True
        doubt[point[self.near[pair]]] = True
        inside = np.flatnonzero(self.middle[pair] ^ odd)
        first = inside[np.diff(point[inside], prepend=-1) != 0]
        found = np.full(len(number), OUTSIDE, dtype=np.int64)
        found[point[first]] = self.shape[pair[first]]
        return found, doubt

    def candidates(self, number: Indices) -> tuple[Indices, Indices]:
        """The shapes at hand at each of N border cells, and which of the N each is for."""
        pair, point = self._pairs(number)
        return self.shape[pair], point

    def _pairs(self, number: Indices) -> tuple[Indices, Indices]:
        start, count = self.first_pair[number], np.diff(self.first_pair)[number]
        return spans(start, count), np.repeat(np.arange(len(number)), count)

    def _way(self, edge: Indices, cell: Indices, u: Floats, v: Floats) -> tuple[Flags, Flags]:
        """Whether edges are crossed on the way from the middle of a cell to a place, and whether
        they pass too close to it, or to where the way turns."""
        row, column = np.divmod(cell, self.lattice.side)
        from_u, from_v = column + 0.5, row + 0.5
        u0, v0 = self.edges.u0[edge], self.edges.v0[edge]
        u1, v1 = self.edges.u1[edge], self.edges.v1[edge]
        with np.errstate(divide="ignore", invalid="ignore"):
            at_u = u0 + (from_v - v0) / (v1 - v0) * (u1 - u0)
            at_v = v0 + (u - u0) / (u1 - u0) * (v1 - v0)
            along = ((v0 < from_v) != (v1 < from_v)) & ((at_u <= from_u) != (at_u <= u))
            across = ((u0 < u) != (u1 < u)) & ((at_v <= from_v) != (at_v <= v))
        close = _near(self.edges, edge, u, v) | _near(self.edges, edge, u, from_v)
        return along ^ across, close


def arranged(
    edges: Edges, lattice: Lattice, met: tuple[Indices, Indices], middles: Indices, shapes: int
) -> Borders:
    """Borders from every cell with every edge in it (`met`), by cell and then by edge.

    `middles` are the (cell, shape) pairs where the middle of a border cell lies in a shape, as
    cell x shapes + shape.
    """
    cell, edge = met
    pair_of_edge = cell * shapes + edges.shape[edge]
    middles = np.sort(middles)
    pairs = distinct(np.sort(np.concatenate([distinct(pair_of_edge), middles])))
    cells = distinct(cell)
    row, column = np.divmod(cell, lattice.side)
    close = _near(edges, edge, column + 0.5, row + 0.5)
    near = np.zeros(len(pairs), dtype=bool)
    near[np.searchsorted(pairs, pair_of_edge[close])] = True
    return Borders(
        lattice=lattice,
        edges=edges,
        cells=cells,
        first_pair=np.searchsorted(pairs, np.append(cells, lattice.side**2) * shapes),
        shape=pairs % max(1, shapes),
        middle=_among(pairs, middles),
        near=near,
        first_edge=np.searchsorted(pair_of_edge, pairs, side="left"),
        end_edge=np.searchsorted(pair_of_edge, pairs, side="right"),
        edge=edge,
    )


def _among(numbers: Indices, known: Indices) -> Flags:
    """Which numbers are among the sorted known ones."""
    if not len(known):
        return np.zeros(len(numbers), dtype=bool)
    at = np.minimum(np.searchsorted(known, numbers), len(known) - 1)
    return np.asarray(known[at] == numbers)


def _near(edges: Edges, edge: Indices, u: Floats, v: Floats) -> Flags:
    """Which places lie so near an edge, or its continuation, that rounding could change sides."""
    u0, v0 = edges.u0[edge], edges.v0[edge]
    du, dv = edges.u1[edge] - u0, edges.v1[edge] - v0
    aside = np.abs(du * (v - v0) - dv * (u - u0))
    return np.asarray(aside <= MARGIN * (np.abs(du) + np.abs(dv)))
