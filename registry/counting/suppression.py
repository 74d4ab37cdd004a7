"""Which figures of a table are hidden so that none tells of a few. Numbers alone.

The table has a row for every area of a tree, and for each the households by answer (or the people
by sex and age) and all of them together. Every row adds up to its last column, every area to the
areas in it.

A figure from one to fewer than `fewest` is hidden; zero stays shown. Others are hidden with it, the
smallest that serve, so that whoever puts together all that is shown, and knows that what is hidden
is not zero, cannot tell any figure that is hidden. Where people are so few in each place that this
would take the figures of the area above with it, its parts are withheld as a whole, zeros too: the
figures of the area above stand for them.

Figures of such a table are flows of a network: what is counted flows in at the topmost area,
spreads over the areas and the columns, and flows out again through the last column. A hidden figure
may be another exactly where a flow can go round in a circle through it and other hidden figures,
some of which rise with it and some of which fall. So the cheapest circle is found for each, and
what is on it is hidden (J. P. Kelly, B. L. Golden, A. A. Assad, Cell suppression: disclosure
protection for sensitive tabular data, Networks 22, 1992); one round which as many as `fewest` may
go where there is one. It is done from the top, an area and its parts at a time: circles above run
through the area as if it had no parts, and each way through it is then led through these.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from registry.counting.packed import Whole

Flags = NDArray[np.bool_]

STEPS = 20  # of the highest bar: how finely bars are drawn for who may not see a few
ROUND = 1 << 60  # what the way round through the areas above costs: only where no other leads


@dataclass(frozen=True)
class Hidden:
    """What is hidden of N rows: `figures` (N x (C + 1)), the last column being that of all parts
    together; `withheld` (N) says of which areas the parts are hidden altogether."""

    figures: Flags
    withheld: Flags


def hidden(above: Whole, parts: Whole, fewest: int, forced: Flags | None = None) -> Hidden:
    """What is hidden of a tree.

    `above` has the row of each area's area above, itself for the topmost; `parts` (N x C) what is
    counted in each, what lies in it included. `forced` (N x (C + 1)) are hidden in any case, but
    for zeros.
    """
    figures = np.column_stack([parts, parts.sum(axis=1)])
    few = (figures > 0) & (figures < fewest)
    first = few if forced is None else few | (forced & (figures > 0))
    tree = _Tree(above, figures, first | _single(above, figures, fewest), fewest)
    tree.close()
    return Hidden(tree.flags, tree.withheld)


def coarse(bins: Whole, fewest: int) -> Whole:
    """Bars of a histogram in steps of at least `fewest` households, so that none tells of a few.

    All bars up to any one together are within half a step of what they stand for.
    """
    step = max(fewest, -(-int(bins.max(initial=0)) // STEPS))
    upto = (np.cumsum(bins) + step // 2) // step * step
    return np.diff(upto, prepend=0)


def _single(above: Whole, figures: Whole, fewest: int) -> Flags:
    """Figures that would tell their parts, since each of these is one or none, and that are so
    small that they are better hidden than all these parts."""
    most = np.zeros_like(figures)
    inner = above != np.arange(len(above))
    np.maximum.at(most, above[inner], figures[inner])
    single: Flags = (most == 1) & (figures < 2 * fewest)
    return single


class _Tree:
    """The figures of a tree and what of it is hidden so far."""

    def __init__(self, above: Whole, figures: Whole, first: Flags, fewest: int) -> None:
        self.figures, self.flags, self.fewest = figures, first.copy(), fewest
        self.withheld = np.zeros(len(above), dtype=bool)
        self.below: dict[int, list[int]] = defaultdict(list)
        self.tops: list[int] = []
        for row, over in enumerate(above.tolist()):
            if over == row:
                self.tops.append(row)
            else:
                self.below[over].append(row)
        self.ways: dict[int, set[Way]] = defaultdict(set)

    def close(self) -> None:
        """Hide what it takes, from the top."""
        for top in self.tops:
            self._open([top], None)
            waiting = [top]
            while waiting:
                over = waiting.pop()
                if parts := self.below[over]:
                    if self._open(parts, over):
                        waiting += parts
                    else:
                        self._withhold(over)

    def _open(self, rows: list[int], over: int | None) -> bool:
        """Hide what it takes among some areas, the parts of the one `over` them, if any."""
        some = [row for row in rows if self.figures[row, -1]]
        ways = self.ways.pop(over, set()) if over is not None else set()
        flags = self.flags[some]
        if not some or not (flags.any() or ways):
            return True
        family = _Family(self.figures[some], flags, self.fewest, ways, over is None)
        if not family.close():
            return False
        self.flags[some] = family.flags()
        for row, led in zip(some, family.led, strict=True):
            self.ways[row] |= led
        return True

    def _withhold(self, over: int) -> None:
        self.withheld[over] = True
        waiting = list(self.below[over])
        while waiting:
            row = waiting.pop()
            self.flags[row] = True
            waiting += self.below[row]


@dataclass(frozen=True, order=True)
class Way:
    """A way that circles take through an area: in by one column, out by another, so many on it."""

    into: int
    out: int
    many: int


@dataclass(frozen=True)
class Step:
    """From one place to another, by a cell; or round through the areas above, by none."""

    start: int
    cell: int | None
    end: int


class _Family:
    """The rows of some areas that lie in one, as a network: each cell is a flow between two places.

    The places are the columns of the area above, where its figures and those of its parts meet
    (one place for all of them above the topmost), and the rows. A figure flows down from its
    column to its row, the last of a row flows up.
    """

    def __init__(
        self, figures: Whole, flags: Flags, fewest: int, ways: Iterable[Way], topmost: bool
    ) -> None:
        self.rows, self.width = figures.shape
        self.cells: list[int] = figures.ravel().tolist()
        self.hidden = set(np.flatnonzero(flags).tolist())
        self.spared: set[int] = set()  # those that are on a circle
        self.ways, self.fewest = sorted(ways), fewest
        self.led: list[set[Way]] = [set() for _row in range(self.rows)]
        self.ends = [self._ends(cell, topmost) for cell in range(len(self.cells))]
        self.steps = {many: self._steps(many) for many in {fewest, 1}}

    def flags(self) -> Flags:
        """What is hidden of the rows."""
        flags = np.zeros(self.rows * self.width, dtype=bool)
        flags[list(self.hidden)] = True
        return flags.reshape(self.rows, self.width)

    def close(self) -> bool:
        """Lead the ways of the area above through its parts, and find a circle for each hidden
        cell; whether that can be done without hiding anything above."""
        return all(self._lead(way) for way in self.ways) and all(
            self._circle(cell) for cell in sorted(self.hidden)
        )

    def _ends(self, cell: int, topmost: bool) -> tuple[int, int]:
        """The places a cell flows from and to."""
        row, column = divmod(cell, self.width)
        up, down = 0 if topmost else column, self.width + row
        return (up, down) if column < self.width - 1 else (down, up)

    def _steps(self, many: int) -> dict[int, list[Step]]:
        """The steps from each place, when cells rise or fall by so many."""
        steps: dict[int, list[Step]] = defaultdict(list)
        for cell, (source, sink) in enumerate(self.ends):
            if self.cells[cell]:
                steps[source].append(Step(source, cell, sink))
            if self.cells[cell] > many:  # what falls leaves at least one
                steps[sink].append(Step(sink, cell, source))
        return steps

    def _lead(self, way: Way) -> bool:
        """Lead a way through the area above through its parts."""
        for many in sorted({way.many, 1}, reverse=True):
            if path := self._path(way.into, way.out, many):
                self._take(pairwise(path), many)
                return True
        return False

    def _circle(self, cell: int) -> bool:
        """Find a circle for a hidden cell, on which it rises or else falls."""
        return cell in self.spared or any(
            self._turned(Step(*turn), many)
            for many in (self.fewest, 1)
            for turn in self._turns(cell, many)
        )

    def _turns(self, cell: int, many: int) -> Iterator[tuple[int, int, int]]:
        source, sink = self.ends[cell]
        yield source, cell, sink
        if self.cells[cell] > many:
            yield sink, cell, source

    def _turned(self, turn: Step, many: int) -> bool:
        """Whether there is a way back from where a step leads to; it is hidden, then."""
        back = self._path(turn.end, turn.start, many, turn.cell)
        if back:
            self._take(pairwise([turn, *back, turn]), many)
        return bool(back)

    def _take(self, path: Iterable[tuple[Step, Step]], many: int) -> None:
        """Hide what is on a path, and keep which ways it takes through areas."""
        for one, then in path:
            for step in (one, then):
                if step.cell is not None:
                    self.hidden.add(step.cell)
                    self.spared.add(step.cell)
            if one.end >= self.width and one.cell is not None and then.cell is not None:
                way = Way(one.cell % self.width, then.cell % self.width, many)
                self.led[one.end - self.width].add(way)

    def _path(self, start: int, goal: int, many: int, turn: int | None = None) -> Sequence[Step]:
        """The cheapest path between two places, empty if there is none; not along `turn`, and
        round through the areas above at most once, and only on a circle's way back."""
        round_ = self._round(many) if turn is not None else {}
        came: dict[int, Step] = {}
        least, waiting = {start: 0}, [(0, start)]
        while waiting:
            cost, place = heapq.heappop(waiting)
            if place == goal:
                return _back(came, start, goal)
            if cost > least[place]:
                continue
            for step in [*self.steps[many][place], *round_.get(place, ())]:
                further = cost + self._cost(step)
                if step.cell != turn and further < least.get(step.end, 2 * ROUND):
                    least[step.end], came[step.end] = further, step
                    heapq.heappush(waiting, (further, step.end))
        return ()

    def _cost(self, step: Step) -> int:
        if step.cell is None:
            return ROUND
        return 1 if step.cell in self.hidden else self.cells[step.cell] + 1

    def _round(self, many: int) -> dict[int, list[Step]]:
        """The ways of the area above as they go on outside of it: out by one column and, round
        through the areas above, in by another."""
        steps: dict[int, list[Step]] = defaultdict(list)
        for way in self.ways:
            if way.many >= many:
                steps[way.out].append(Step(way.out, None, way.into))
        return steps


def _back(came: dict[int, Step], start: int, goal: int) -> Sequence[Step]:
    """The steps of a path."""
    path: list[Step] = []
    while goal != start or not path:
        path.append(came[goal])
        goal = path[-1].start
    return path[::-1]
