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

from geo.area_tree import ROOTLESS
from geo.raster.reasons import UNSEEN, Reason
from registry.counting.answers import Answers, Apart, Figure
from registry.counting.packed import Whole
from registry.counting.people import BANDS, FIGURES, People
from registry.counting.sums import ANSWERS, IN, Key, Tally
from registry.counting.suppression import hidden

Flags = NDArray[np.bool_]
HOUSEHOLDS = 0  # the column of a tally that counts them; those of people follow
BAND_AT = [1 + FIGURES.index(name) for name in BANDS]
DISABILITY = 1 + FIGURES.index("disability")


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
        return self.summed(
            {area: n[column] for (area, said), n in counts.items() if said == answer}
        )

    def summed(self, figures: Mapping[int | None, int]) -> Whole:
        """Figures by the area people live in, for both kinds of rows."""
        own = np.zeros(self.size, dtype=np.int64)
        of_it = {area_id or 0: n for area_id, n in figures.items()}
        if of_it:
            places = np.searchsorted(self.ids, np.fromiter(of_it.keys(), dtype=np.int64))
            own[places] = np.fromiter(of_it.values(), dtype=np.int64)
        whole = own.copy()
        for level in reversed(self.levels):
            there = np.flatnonzero(self.level == level)
            np.add.at(whole, self.above[there], whole[there])
        return np.concatenate([whole, own])

    def within(self, picked: Sequence[int], taken_out: Sequence[int]) -> Flags:
        """Which areas are asked by a question that picks some, or all, and takes others out."""
        asked = np.isin(self.ids, picked) if picked else np.ones(self.size, dtype=bool)
        out = np.isin(self.ids, taken_out)
        for level in self.levels:
            there = np.flatnonzero(self.level == level)
            asked[there] |= asked[self.above[there]]
            out[there] |= out[self.above[there]]
        return asked & ~out

    def wholly(self, asked: Flags) -> Flags:
        """For both kinds of rows, whether all they stand for is asked."""
        whole = asked.copy()
        for level in reversed(self.levels):
            there = np.flatnonzero(self.level == level)
            np.logical_and.at(whole, self.above[there], whole[there])
        return np.concatenate([whole, asked])

    def stands(self, withheld: Flags) -> Whole:
        """The area that stands for each where the parts of one are withheld, -1 where none does."""
        place = np.where(withheld[: self.size], np.arange(self.size), -1)
        for level in self.levels:
            there = np.flatnonzero(self.level == level)
            over = place[self.above[there]]
            place[there] = np.where(over >= 0, over, place[there])
        return place

    @cached_property
    def levels(self) -> Sequence[int]:
        """The levels below the top, from the top."""
        return [n for n in np.unique(self.level).tolist() if n > self.level[0]]

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
    """A question's figures, of all that are counted by area `everywhere` and those it `asked` in
    the areas `within`."""

    def __init__(
        self,
        tree: Tree,
        everywhere: Tally,
        asked: Tally,
        within: Flags,
        fewest: int,
    ) -> None:
        self.tree, self.fewest = tree, fewest
        self.expected = np.zeros(tree.size)
        for area_id, households in asked.expected.items():
            self.expected[np.searchsorted(tree.ids, area_id or 0)] = households
        self.answers = self._columns(asked.counts)
        self.people = self._people(asked.counts)
        self.disability = tree.figures(asked.counts, ANSWERS[IN], DISABILITY)
        whole, people = self._columns(everywhere.counts), self._people(everywhere.counts)
        self._hide(whole, people, tree.figures(everywhere.counts, ANSWERS[IN], DISABILITY))
        self.apart, of_all = self._apart(asked), self._apart(everywhere)
        self.hidden_apart = {
            answer: self._hide_apart(of_all[answer], self.hidden[:, ANSWERS.index(answer)])
            for answer in of_all
        }
        nobody = ~whole[tree.size :].any(axis=1) & (self.stands < 0)
        self.complete = tree.wholly(within | nobody) & (whole == self.answers).all(axis=1)
        some = self.answers[tree.size :].any(axis=1) | (self.stands >= 0)
        self.rows = np.flatnonzero(within & some)

    def all_together(self) -> Told:
        """What is told of all that were asked."""
        return self._told(self.rows, np.full(len(self.rows), ROOTLESS))

    def by_area(self, level: int) -> dict[int, Told]:
        """What is told of each area of a level, by its key; 0 for what is in none.

        Areas whose parts are withheld are told of as a whole, unless that is the whole country.
        """
        tree, stands = self.tree, self.stands[self.rows]
        withheld = (stands >= 0) & (tree.level[stands] < level)
        place = np.where(withheld, stands, tree.at_level(level)[self.rows])
        told = ~(withheld & (stands == 0))
        least = np.where(withheld, tree.level[stands], level)
        return {
            int(tree.ids[one]): self._told(self.rows[those], least[those])
            for one in np.unique(place[told]).tolist()
            for those in [np.flatnonzero(told & (place == one))]
        }

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
        water, *_dry = told(self.apart["out"], self.hidden_apart["out"])
        unseen = told(self.apart["not_observed"], self.hidden_apart["not_observed"])
        apart = {Reason.PERMANENT_WATER: water} | dict(zip(UNSEEN, unseen, strict=False))
        return Told(
            Answers.of(counts, answers[-1], expected, Apart.of(apart)),
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

    def _hide(self, whole: Whole, people: Whole, disabled: Whole) -> None:
        """Find what is hidden of the households, of their people, and of those with a disability.

        Where the households that are in are hidden, so are all figures of their people.
        """
        everybody = people.sum(axis=1)
        few = np.zeros((len(whole), len(ANSWERS) + 1), dtype=bool)
        few[:, IN] = (everybody > 0) & (everybody < self.fewest) & (whole[:, IN] > 0)
        self.hidden, withheld = self._hidden(whole, few)
        self.stands = self.tree.stands(withheld)
        beneath = self._beneath(self.stands)
        within = self.hidden[:, [IN]]
        self.hidden_people, _told = self._hidden(people, np.repeat(within, len(BANDS) + 1, axis=1))
        twice = np.repeat(within, 2, axis=1)
        hidden_disabled, _told = self._hidden(disabled[:, None], twice)
        self.hidden_disability = hidden_disabled[:, 0] | beneath
        self.hidden_people |= beneath[:, None]

    def _hidden(self, figures: Whole, forced: Flags) -> tuple[Flags, Flags]:
        """What is hidden, and of which areas the parts are withheld.

        An area without parts is one row, whose flags both its rows have.
        """
        size = self.tree.size
        single = np.flatnonzero((figures[:size] == figures[size:]).all(axis=1))
        apart = figures.copy()
        apart[size + single] = 0
        forced = forced.copy()
        forced[size + single] = False
        found = hidden(self.tree.both, apart, self.fewest, forced)
        flags = found.figures
        flags[size + single] = flags[single]
        return flags, found.withheld

    def _apart(self, tally: Tally) -> dict[str, Whole]:
        """What two answers are told apart in: who is out into permanent water and the others, who
        was not observed by why."""
        by_reason: dict[Reason, dict[int | None, int]] = {reason: {} for reason in Reason}
        for (area_id, reason), households in tally.apart.items():
            by_reason[reason][area_id] = households
        water = self.tree.summed(by_reason[Reason.PERMANENT_WATER])
        out = self.tree.figures(tally.counts, "out", HOUSEHOLDS)
        unseen = [self.tree.summed(by_reason[reason]) for reason in UNSEEN]
        return {
            "out": np.column_stack([water, out - water]),
            "not_observed": np.column_stack(unseen),
        }

    def _hide_apart(self, parts: Whole, whole: Flags) -> Flags:
        """What is hidden of the parts of an answer, which is hidden itself where `whole` says so.

        With an answer all its parts are hidden. Where hiding parts would take an answer that is
        shown, which tells of them, they are withheld: of all areas beside this one, and in them.
        """
        forced = np.repeat(whole[:, None], parts.shape[1] + 1, axis=1)
        if np.count_nonzero(parts.any(axis=0)) < 2:  # a part that is the whole tells no more
            return forced
        flags, withheld = self._hidden(parts, forced)
        amiss = flags[:, -1] & ~whole & parts.any(axis=1)
        withheld = withheld.copy()
        withheld[self.tree.both[amiss]] = True
        return flags | (self._beneath(self.tree.stands(withheld)) | whole | amiss)[:, None]

    def _beneath(self, stands: Whole) -> Flags:
        """For both kinds of rows, whether others stand for them."""
        beneath: Flags = np.concatenate([stands, stands]) >= 0
        beneath[: self.tree.size] &= stands != np.arange(self.tree.size)
        return beneath

    def _columns(self, counts: Mapping[Key, tuple[int, ...]]) -> Whole:
        return np.column_stack([self.tree.figures(counts, a, HOUSEHOLDS) for a in ANSWERS])

    def _people(self, counts: Mapping[Key, tuple[int, ...]]) -> Whole:
        return np.column_stack([self.tree.figures(counts, ANSWERS[IN], c) for c in BAND_AT])


def guarded_alone(answers: Answers, people: People, fewest: int) -> Told:
    """The figures of one count that stands by itself, such as that of a kept list."""
    counts = np.array([[n or 0 for n in answers.parts]])
    bands = np.array([[getattr(people, name) or 0 for name in BANDS]])
    top = np.zeros(1, dtype=np.int64)
    hides = hidden(top, counts, fewest).figures[0]
    within = np.full((1, len(BANDS) + 1), hides[0])
    few = hides[0] or 0 < (people.disability or 0) < fewest
    *parts, asked = _shown(counts[0], hides)
    told = dict(zip(ANSWERS, parts, strict=True))
    said = _shown(bands[0], hidden(top, bands, fewest, within).figures[0])
    return Told(
        Answers.of(told, asked, _about(answers.expected, told["probable"])),
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
