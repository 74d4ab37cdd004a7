"""Which figures of a table are hidden so that none tells of a few. Numbers alone.

The table has a row for every area of a tree, and for each the households by answer (or the people
by sex and age) and all of them together. Every row adds up to its last column, every area to the
areas in it.

A figure from one to fewer than `fewest` is hidden; zero stays shown. Others are hidden with it, the
smallest that serve, so that whoever puts together all that is shown, and knows that what is hidden
is not zero, still cannot tell any hidden figure but for a span of `fewest` or more: not along a
row, not down a column, not between the levels of the tree, nor by all of it at once.

Figures of such a table are flows of a network: what all parts have together flows in at the
topmost area, spreads over the areas and the columns, and flows out again through the last column. A
hidden figure may be `fewest` more exactly where that much can go round in a circle through it and
other hidden figures, some of which rise with it and some of which fall. So the cheapest circle is
found for each, and what is on it is hidden (J. P. Kelly, B. L. Golden, A. A. Assad, Cell
suppression: disclosure protection for sensitive tabular data, Networks 22, 1992).
"""

import heapq
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from registry.counting.packed import Whole

Flags = NDArray[np.bool_]

STEPS = 20  # of the highest bar: how finely bars are drawn for who may not see a few


def hidden(above: Whole, parts: Whole, fewest: int, forced: Flags | None = None) -> Flags:
    """Which figures are hidden: N x (C + 1), the last column being that of all parts together.

    `above` has the row of each area's area above, itself for the topmost; `parts` (N x C) what is
    counted in each, what lies in it included. `forced` (N x (C + 1)) are hidden in any case.
    """
    figures = np.column_stack([parts, parts.sum(axis=1)])
    few = (figures > 0) & (figures < fewest)
    first = few if forced is None else few | (forced & (figures > 0))
    circles = _Circles(above, figures, first, fewest)
    circles.close()
    flags: Flags = first.copy()
    flags.flat[list(circles.hidden)] = True
    return flags


def coarse(bins: Whole, fewest: int) -> Whole:
    """Bars of a histogram in steps of at least `fewest` households, so that none tells of a few.

    All bars up to any one together are within half a step of what they stand for.
    """
    step = max(fewest, -(-int(bins.max(initial=0)) // STEPS))
    upto = (np.cumsum(bins) + step // 2) // step * step
    return np.diff(upto, prepend=0)


class _Circles:
    """The figures as a network: each cell is a flow between two places.

    A place is a column of an area with parts, where the area's figure and those of its parts meet,
    or a whole row of an area without, where its figures and their sum meet; or the source, where
    the topmost row comes from. A figure flows down the tree, the sum of a row up.
    """

    def __init__(self, above: Whole, figures: Whole, first: Flags, fewest: int) -> None:
        self.figures: list[int] = figures.ravel().tolist()
        self.hidden = set(np.flatnonzero(first).tolist())
        self.spared: set[int] = set()  # those that are on a circle
        self.fewest = fewest
        self.ends = _ends(above, figures)
        self.steps: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for cell, (source, sink) in enumerate(self.ends):
            if self.figures[cell]:
                self.steps[source].append((cell, sink))
            if self.figures[cell] > fewest:  # what falls leaves at least one
                self.steps[sink].append((cell, source))

    def close(self) -> None:
        """Hide what it takes that each hidden cell may be `fewest` more than it is.

        Cells that flow to the same place are looked at together.
        """
        together: dict[tuple[int, int | None], set[int]] = defaultdict(set)
        for cell in sorted(self.hidden):
            falls = self.figures[cell] > self.fewest
            together[self.ends[cell][1], cell if falls else None].add(cell)
        for (start, without), cells in together.items():
            for circle in self._circles(start, cells - self.spared, without):
                self.hidden.update(circle)
                self.spared.update(circle)

    def _circles(self, start: int, cells: set[int], without: int | None) -> Iterator[list[int]]:
        """Of cells that flow to a place: the cheapest way back to where each comes from, and it.

        There always is one: up to the source by the sums of rows, and down by the cell's column. A
        cell that could fall is not gone back along itself.
        """
        goals: dict[int, list[int]] = defaultdict(list)
        for cell in cells:
            goals[self.ends[cell][0]].append(cell)
        came: dict[int, tuple[int, int]] = {}
        least = {start: 0}
        waiting = [(0, start)]
        while goals:
            cost, place = heapq.heappop(waiting)
            if cost > least[place]:
                continue
            for cell in goals.pop(place, ()):
                yield [cell, *_back(came, place, start)]
            for step, to in self.steps[place]:
                if step == without:
                    continue
                further = cost + (1 if step in self.hidden else self.figures[step] + 1)
                if further < least.get(to, further + 1):
                    least[to], came[to] = further, (step, place)
                    heapq.heappush(waiting, (further, to))


def _ends(above: Whole, figures: Whole) -> list[tuple[int, int]]:
    """The places each cell flows from and to."""
    rows, columns = figures.shape
    numbers = np.arange(rows)
    parted = np.zeros(rows, dtype=bool)
    parted[above[(above != numbers) & (figures[:, -1] > 0)]] = True
    each = np.arange(columns)
    source = rows * columns
    down = numbers[:, None] * columns + np.where(parted[:, None], each, 0)
    up = np.where((above == numbers)[:, None], source, above[:, None] * columns + each)
    starts, ends = up.copy(), down.copy()
    starts[:, -1], ends[:, -1] = down[:, -1], up[:, -1]
    return list(zip(starts.ravel().tolist(), ends.ravel().tolist(), strict=True))


def _back(came: dict[int, tuple[int, int]], place: int, start: int) -> Iterator[int]:
    """The cells of a way, from its end to its start."""
    while place != start:
        cell, place = came[place]
        yield cell
