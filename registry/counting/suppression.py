"""Which figures of a table are hidden so that none tells of a few. Numbers alone.

The table has a row for every area of a tree, and for each the households by answer (or the people
by sex and age) and all of them together. Every row adds up to its last column, every area to the
areas in it.

A figure from one to fewer than `fewest` is hidden; zero stays shown. Others are hidden with it, the
smallest that serve, so that of the figures shown no sum or difference, in whatever multiples, is a
figure that is hidden: not along a row, not down a column, not between the levels of the tree. What
a hidden figure's row or column leaves over for the hidden ones together is never fewer than
`fewest` either, nor is it one for each of them.

The guarantee rests on one condition for each area and the areas in it, taken as the rows of one
table: whichever of these rows is left out, the columns it hides are still connected through what
the others hide. Then any two hidden figures of a row can be changed against each other, here, above
and below, and nothing that is shown changes.
"""

from collections import defaultdict, deque
from collections.abc import Iterable

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
    first = few if forced is None else few | forced
    return _Hiding(above, figures, first, fewest).done()


def coarse(bins: Whole, fewest: int) -> Whole:
    """Bars of a histogram in steps of at least `fewest` households, so that none tells of a few.

    All bars up to any one together are within half a step of what they stand for.
    """
    step = max(fewest, -(-int(bins.max(initial=0)) // STEPS))
    upto = (np.cumsum(bins) + step // 2) // step * step
    return np.diff(upto, prepend=0)


class _Hiding:
    """The figures of a tree and those hidden so far, as a set of columns (bits) for each row."""

    def __init__(self, above: Whole, figures: Whole, first: Flags, fewest: int) -> None:
        self.above: list[int] = above.tolist()
        self.figures: list[list[int]] = figures.tolist()
        self.fewest, self.columns = fewest, range(figures.shape[1])
        self.all = 1 << self.columns[-1]
        weights = 1 << np.arange(figures.shape[1], dtype=np.int64)
        self.masks: list[int] = (first @ weights).tolist()
        self.below: dict[int, list[int]] = defaultdict(list)
        for row, over in enumerate(self.above):
            if over != row and self.figures[row][-1]:
                self.below[over].append(row)
        self.rows = deque(row for row, mask in enumerate(self.masks) if mask)
        self.families = deque(sorted({f for row in self.rows for f in (row, self.above[row])}))

    def done(self) -> Flags:
        """Hide until nothing hidden can be worked out."""
        while self.rows or self.families:
            while self.rows:
                self._mend_row(self.rows.popleft())
            if self.families:
                self._mend_family(self.families.popleft())
        masks = np.array(self.masks, dtype=np.int64)
        return (masks[:, None] >> np.arange(len(self.columns)) & 1).astype(bool)

    def _hide(self, row: int, columns: int) -> None:
        """Hide columns of a row; what that may bear on is looked at again."""
        if columns & ~self.masks[row]:
            self.masks[row] |= columns
            self.rows.append(row)
            self.families += [row, self.above[row]]

    def _mend_row(self, row: int) -> None:
        """Along a row one hidden figure is never alone, nor are they too few where all is shown."""
        mask = self.masks[row]
        alone = mask & (mask - 1) == 0
        told = not mask & self.all and self._tells([self.figures[row][c] for c in _bits(mask)])
        if alone or told:
            self._hide(row, self._smallest(row, ~mask))

    def _smallest(self, row: int, columns: int) -> int:
        """The column of the smallest figure of a row but zero; none where there is none."""
        values = self.figures[row]
        open_ = [(values[c], c) for c in self.columns if values[c] and columns >> c & 1]
        return 1 << min(open_)[1] if open_ else 0

    def _tells(self, values: list[int]) -> bool:
        """Whether the sum of some hidden figures, none of them zero, tells too much of them."""
        return sum(values) < max(self.fewest, len(values) + 1)

    def _mend_family(self, over: int) -> None:
        children = self.below[over]
        if not children:
            return
        for column in self.columns:
            self._mend_column(over, children, column)
        family = [*children, over]
        count: dict[int, int] = defaultdict(int)
        for row in family:
            count[self.masks[row]] += 1
        for row in family:
            mask = self.masks[row]
            others = [m for m, times in count.items() if times > (m == mask)]
            if mask and (apart := mask & ~_connected(mask, others)):
                self._connect(row, family, _connected(mask, others), apart)
                return  # changed: the family stands in the queue again

    def _mend_column(self, over: int, children: list[int], column: int) -> None:
        """Down a column the hidden figures are not too few where the area above is shown."""
        if self.masks[over] >> column & 1:
            return
        values = {row: self.figures[row][column] for row in children}
        held = [n for row, n in values.items() if self.masks[row] >> column & 1]
        if held and self._tells(held):
            open_ = [
                (n, row) for row, n in values.items() if n and not self.masks[row] >> column & 1
            ]
            self._hide(min(open_)[1] if open_ else over, 1 << column)

    def _connect(self, row: int, family: list[int], reached: int, apart: int) -> None:
        """Connect columns of a row with the rest of it, by the smallest figures of another row.

        Where no other row has both, the column of all connects them: whoever has one, has that.
        """
        goal = apart & -apart
        others = [other for other in family if other != row]
        links = self._links(others, reached, goal)
        links = links or self._links(others, self.all, goal)
        links = links or self._links(others, reached, self.all)
        _cost, other, columns = min(links)
        self._hide(other, columns)

    def _links(self, rows: Iterable[int], reached: int, goal: int) -> list[tuple[int, int, int]]:
        """What it costs each row to hide the goal and one of the columns reached."""
        found = []
        for row in rows:
            ends = self._cheapest(row, reached), self._cheapest(row, goal)
            if all(ends) and (ends[0] | ends[1]) & ~self.masks[row]:
                new = (ends[0] | ends[1]) & ~self.masks[row]
                cost = sum(self.figures[row][c] for c in _bits(new))
                found.append((cost, row, ends[0] | ends[1]))
        return found

    def _cheapest(self, row: int, columns: int) -> int:
        """One of some columns of a row to hide: one that is hidden already, or the smallest."""
        known = self.masks[row] & columns
        return known & -known or self._smallest(row, columns)


def _connected(mask: int, others: list[int]) -> int:
    """The columns reached from the first of `mask` through rows that hide two of them."""
    reached, before = mask & -mask, 0
    while reached != before:
        before = reached
        for other in others:
            if other & reached:
                reached |= other
    return reached


def _bits(mask: int) -> list[int]:
    return [c for c in range(mask.bit_length()) if mask >> c & 1]
