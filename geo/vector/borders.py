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
    each such pair, the edges from `first_edge` to the next pair's run through the cell, `middle`
    says whether the cell's middle lies in the shape, `near` whether it lies too near an edge to
    say. Edges go from (u0, v0) to (u1, v1), counted in cells of the lattice.
    """

    side: int
    cells: Indices
    first_pair: Indices
    shape: Indices
    middle: Flags
    near: Flags
    first_edge: Indices
    u0: Floats
    v0: Floats
    u1: Floats
    v1: Floats

    def covering(self, number: Indices, u: Floats, v: Floats) -> tuple[Indices, Flags]:
        """The first shape at hand that covers each of N points, and which points are in doubt.

        Points are told by the number of their border cell and their place in the lattice.
        """
        pair, point = self._pairs(number)
        start = self.first_edge[pair]
        count = self.first_edge[pair + 1] - start
        edge, row = spans(start, count), np.repeat(np.arange(len(pair)), count)
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
        start = self.first_pair[number]
        count = self.first_pair[number + 1] - start
        return spans(start, count), np.repeat(np.arange(len(number)), count)

    def _way(self, edge: Indices, cell: Indices, u: Floats, v: Floats) -> tuple[Flags, Flags]:
        """Whether edges are crossed on the way from the middle of a cell to a place, and whether
        they pass too close to it, or to where the way turns.

        Two places lie on different sides of an edge where their cross products differ in sign.
        """
        row, column = np.divmod(cell, self.side)
        from_u, from_v = column + 0.5, row + 0.5
        u0, v0, u1, v1 = self.u0[edge], self.v0[edge], self.u1[edge], self.v1[edge]
        du, dv = u1 - u0, v1 - v0
        to_place, to_turn = du * (v - v0), du * (from_v - v0)
        aside = dv * (u - u0)
        place, turn, middle = to_place - aside, to_turn - aside, to_turn - dv * (from_u - u0)
        along = ((v0 < from_v) != (v1 < from_v)) & ((middle > 0) != (turn > 0))
        across = ((u0 < u) != (u1 < u)) & ((turn > 0) != (place > 0))
        limit = MARGIN * (np.abs(du) + np.abs(dv))
        return along ^ across, (np.abs(place) < limit) | (np.abs(turn) < limit)


def arranged(
    edges: Edges, lattice: Lattice, met: tuple[Indices, Indices], middles: Indices
) -> Borders:
    """Borders from cells with every edge in them (`met`), by cell and then by edge.

    `middles` are the (cell, shape) pairs where the middle of a border cell lies in a shape, as
    cell x shapes + shape.
    """
    (cell, edge), shapes = met, edges.shapes
    u0, v0, u1, v1 = edges.u0[edge], edges.v0[edge], edges.u1[edge], edges.v1[edge]
    pair_of_edge = cell * shapes + edges.shape[edge]
    middles = np.sort(middles)
    both = np.concatenate([distinct(pair_of_edge), middles])
    pairs = distinct(np.sort(both, kind="stable"))  # merges what is sorted already
    cells = distinct(cell)
    row, column = np.divmod(cell, lattice.side)
    du, dv = u1 - u0, v1 - v0
    aside = np.abs(du * (row + 0.5 - v0) - dv * (column + 0.5 - u0))
    close = aside < MARGIN * (np.abs(du) + np.abs(dv))
    near = np.zeros(len(pairs), dtype=bool)
    near[np.searchsorted(pairs, pair_of_edge[close])] = True
    return Borders(
        side=lattice.side,
        cells=cells,
        first_pair=np.searchsorted(pairs, np.append(cells, lattice.side**2) * shapes),
        shape=pairs % max(1, shapes),
        middle=_among(pairs, middles),
        near=near,
        first_edge=np.searchsorted(pair_of_edge, np.append(pairs, lattice.side**2 * shapes)),
        u0=u0,
        v0=v0,
        u1=u1,
        v1=v1,
    )


def _among(numbers: Indices, known: Indices) -> Flags:
    """Which numbers are among the sorted known ones."""
    if not len(known):
        return np.zeros(len(numbers), dtype=bool)
    at = np.minimum(np.searchsorted(known, numbers), len(known) - 1)
    return np.asarray(known[at] == numbers)
