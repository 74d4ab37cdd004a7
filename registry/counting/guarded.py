"""The figures of a question for who may not see a few: those of a tree of areas, small ones hidden.

What is hidden is found once for the whole tree, and a question's figures are sums of what is shown
there: so no two questions, whatever areas they pick, tell together what neither tells alone.
Numbers alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from registry.counting.answers import PARTS, Answers, Figure
from registry.counting.packed import Whole
from registry.counting.people import BANDS, FIGURES, People
from registry.counting.sums import ANSWERS, IN, Key
from registry.counting.suppression import hidden

Flags = NDArray[np.bool_]
HOUSEHOLDS = 0  # the column of a tally that counts them; those of people follow
BAND_AT = [1 + FIGURES.index(name) for name in BANDS]
DISABILITY = 1 + FIGURES.index("disability")
NOTHING_EXPECTED: Mapping[int | None, float] = {}


@dataclass(frozen=True)
class Tree:
    """The areas and, after them, one row more for each: what is known to be in it and in no part
    of it. Row 0 is no area; all lie in it."""

    ids: Whole
    above: Whole
    level: Whole

    @property
    def size(self) -> int:
        """How many areas there are, the first of them none."""
        return len(self.ids)

    @cached_property
    def both(self) -> Whole:
        """The row above each of both kinds of rows."""
        return np.concatenate([self.above, np.arange(self.size)])

    def figures(self, counts: Mapping[Key, tuple[int, ...]], answer: str, column: int) -> Whole:
        """One column of a tally (by the area people live in) for both kinds of rows."""
        own = np.zeros(self.size, dtype=np.int64)
        of_it = {area_id or 0: n[column] for (area_id, said), n in counts.items() if said == answer}
        if of_it:
            places = np.searchsorted(self.ids, np.fromiter(of_it.keys(), dtype=np.int64))
            own[places] = np.fromiter(of_it.values(), dtype=np.int64)
        whole = own.copy()
        for level in range(int(self.level.max(initial=0)), -1, -1):
            there = np.flatnonzero(self.level == level)
            np.add.at(whole, self.above[there], whole[there])
        return np.concatenate([whole, own])

    def at_level(self, level: int) -> Whole:
        """The place of each area's ancestor at a level, 0 where it has none."""
        place = np.arange(self.size)
        while (deeper := self.level[place] > level).any():
            place = np.where(deeper, self.above[place], place)
        return np.where(self.level[place] == level, place, 0)


@dataclass(frozen=True)
class Told:
    """What is told of some areas together: households by answer, and the people who are in."""

    answers: Answers
    people: People


class Guarded:
    """A question's figures, of all that are counted by area `everywhere` and those it `asked`; of
    the probable among these so many are `expected` to be in, by area."""

    def __init__(
        self,
        tree: Tree,
        everywhere: Mapping[Key, tuple[int, ...]],
        asked: Mapping[Key, tuple[int, ...]],
        fewest: int,
        expected: Mapping[int | None, float] = NOTHING_EXPECTED,
    ) -> None:
        self.tree, self.fewest = tree, fewest
        self.expected = np.zeros(tree.size)
        for area_id, households in expected.items():
            self.expected[np.searchsorted(tree.ids, area_id or 0)] = households
        self.answers = self._columns(asked)
        self.people = self._people(asked)
        whole, people = self._columns(everywhere), self._people(everywhere)
        everybody = people.sum(axis=1)
        forced = np.zeros((len(whole), len(ANSWERS) + 1), dtype=bool)
        forced[:, IN] = (everybody > 0) & (everybody < fewest) & (whole[:, IN] > 0)
        self.hidden = self._hidden(whole, forced)
        within = self.hidden[:, [IN]]
        self.hidden_people = self._hidden(people, np.repeat(within, len(BANDS) + 1, axis=1))
        self.disability = tree.figures(asked, ANSWERS[IN], DISABILITY)
        disabled = tree.figures(everywhere, ANSWERS[IN], DISABILITY)
        apart = np.column_stack([within, np.ones((len(whole), 2), dtype=bool)])
        able = np.column_stack([disabled, everybody - disabled])
        self.hidden_disability = self._hidden(able, apart)[:, 0]
        self.complete = (whole == self.answers).all(axis=1)

    def all_together(self) -> Told:
        """What is told of all that were asked."""
        rows = np.flatnonzero(self.answers[self.tree.size :].any(axis=1))
        return self._told(rows, np.full(len(rows), -1))

    def by_area(self, level: int) -> dict[int, Told]:
        """What is told of each area of a level, by its key; 0 for what is in none."""
        rows = np.flatnonzero(self.answers[self.tree.size :].any(axis=1))
        ancestor = self.tree.at_level(level)[rows]
        found = {}
        for place in np.unique(ancestor).tolist():
            those = rows[ancestor == place]
            found[int(self.tree.ids[place])] = self._told(those, np.full(len(those), level))
        return found

    def _told(self, rows: Whole, level: Whole) -> Told:
        """What is told of some areas, taken together to the largest that are asked whole."""
        size = self.tree.size
        nodes = self._largest(rows, level)
        partly = ~self.complete[nodes].all(keepdims=True)

        def told(figures: Whole, hides: Flags) -> Sequence[Figure]:
            return _shown(figures[size + rows].sum(axis=0), hides[nodes].any(axis=0) | partly)

        bands = told(self.people, self.hidden_people)
        [disability] = told(self.disability[:, None], self.hidden_disability[:, None])[:1]
        people = dict(zip((*BANDS, "people"), bands, strict=True))
        answers = told(self.answers, self.hidden)
        counts = dict(zip(ANSWERS, answers, strict=False))
        expected = _about(float(self.expected[rows].sum()), counts["probable"])
        return Told(
            Answers.of(counts, answers[-1], expected),
            People(**people, disability=disability),
        )

    def _largest(self, rows: Whole, level: Whole) -> Whole:
        """The rows of the tree that stand for some areas' own: as high up as all is asked."""
        tree = self.tree
        node = tree.size + rows
        over = tree.both[node]
        climbs = self.complete[over] & (tree.level[over] >= level)
        while climbs.any():
            node = np.where(climbs, over, node)
            over = tree.both[node]
            climbs = self.complete[over] & (tree.level[over] >= level) & (over != node)
        return np.unique(node)

    def _hidden(self, figures: Whole, forced: Flags) -> Flags:
        """What is hidden; an area without parts is one row, whose flags both its rows have."""
        size = self.tree.size
        single = np.flatnonzero((figures[:size] == figures[size:]).all(axis=1))
        apart = figures.copy()
        apart[size + single] = 0
        forced = forced.copy()
        forced[size + single] = False
        flags = hidden(self.tree.both, apart, self.fewest, forced)
        flags[size + single] = flags[single]
        return flags

    def _columns(self, counts: Mapping[Key, tuple[int, ...]]) -> Whole:
        return np.column_stack([self.tree.figures(counts, a, HOUSEHOLDS) for a in ANSWERS])

    def _people(self, counts: Mapping[Key, tuple[int, ...]]) -> Whole:
        return np.column_stack([self.tree.figures(counts, ANSWERS[IN], c) for c in BAND_AT])


def guarded_alone(answers: Answers, people: People, fewest: int) -> Told:
    """The figures of one count that stands by itself, such as that of a kept list."""
    counts = np.array([[n or 0 for n in answers.parts]])
    bands = np.array([[getattr(people, name) or 0 for name in BANDS]])
    top = np.zeros(1, dtype=np.int64)
    hides = hidden(top, counts, fewest)[0]
    within = np.full((1, len(BANDS) + 1), hides[0])
    few = hides[0] or 0 < (people.disability or 0) < fewest
    parts = dict(zip((*PARTS, "asked"), _shown(counts[0], hides), strict=True))
    said = _shown(bands[0], hidden(top, bands, fewest, within)[0])
    return Told(
        Answers(**parts, expected=_about(answers.expected, parts["probable"])),
        People(
            **dict(zip((*BANDS, "people"), said, strict=True)),
            disability=None if few else people.disability,
        ),
    )


def _about(expected: float, probable: Figure) -> float:
    """How many of the probable are expected to be in, in whole households; the shares of a few are
    not to be found out by differences."""
    return 0.0 if probable is None else float(min(round(expected), probable))


def _shown(parts: Whole, hides: Flags) -> Sequence[Figure]:
    """Figures, then their sum; None for those that are hidden."""
    figures = [*parts.tolist(), int(parts.sum())]
    return [None if hide else n for n, hide in zip(figures, hides.tolist(), strict=False)]
