"""Sums of packed counts by area and answer, and households by bin. Numbers alone."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.raster.reasons import UNSEEN, Reason
from registry.counting.packed import BELOW, BY_REASON, UNLOCATED, Records, Whole
from registry.counting.packed import OUT as OUT_ALONE
from registry.counting.people import FIGURES

COLUMNS = ("households", *FIGURES)
ANSWERS = ("in", "probable", "out", "not_observed", "unlocated")
IN, PROBABLE, OUT = (ANSWERS.index(name) for name in ("in", "probable", "out"))
BATCH = 1 << 14  # records added at a time, so that they stay at hand from one column to the next

REASON_OF = np.zeros(BELOW + 1, dtype=np.int64)  # of each code, counted down from 0
for _reason, _code in BY_REASON.items():
    REASON_OF[-_code] = _reason

Key = tuple[int | None, str]  # area, answer
KeyApart = tuple[int | None, Reason]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Tally:
    """Households and people (`COLUMNS`) by area and answer, households by bin of the value, by area
    how many of the probable ones are expected to be in, and by area and reason households apart:
    those not observed, and of those who are out the ones in permanent water."""

    counts: Mapping[Key, tuple[int, ...]] = field(default_factory=dict)
    bins: Whole = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    expected: Mapping[int | None, float] = field(default_factory=dict)
    apart: Mapping[KeyApart, int] = field(default_factory=dict)

    def __add__(self, other: "Tally") -> "Tally":
        counts = defaultdict(lambda: (0,) * len(COLUMNS), self.counts)
        for key, figures in other.counts.items():
            counts[key] = tuple(a + b for a, b in zip(counts[key], figures, strict=True))
        expected = defaultdict(float, self.expected)
        for area_id, households in other.expected.items():
            expected[area_id] += households
        apart = Counter(self.apart)
        apart.update(other.apart)
        return Tally(dict(counts), self.bins + other.bins, dict(expected), apart)


class Sums:
    """Adds up records of counts, or of single households, as they come.

    `rows` says which row of the table each place in the tree of areas belongs to, `wet` which bins
    are in; `bins` is how many of them there are to show.
    """

    def __init__(self, rows: Whole, wet: Flags, bins: int) -> None:
        self.rows, self.bins = rows, np.zeros(bins, dtype=np.int64)
        self.wet = np.append(wet, [False] * BELOW)
        self.answers = _answers(wet)
        size = int(rows.max()) + 1
        self.sums = np.zeros((len(COLUMNS), size * len(ANSWERS)), dtype=np.int64)
        self.expected = np.zeros(size)
        self.apart = np.zeros((len(Reason), size), dtype=np.int64)

    def add(self, records: Records, taken: Flags) -> None:
        """Take in some of the records: counts, or households one by one."""
        for start in range(0, len(records), BATCH):
            self._add(records[start : start + BATCH], taken[start : start + BATCH])

    def add_shares(self, shares: Records, counts: Records, asked: Flags) -> None:
        """Take in what is expected of graded households in the areas asked: their sixteenths that
        are in, without those of households that are in as a whole, which are counted so."""
        wet = asked[shares["area"]] & self.wet[shares["code"]]
        self._expect(shares["area"][wet], shares["households"][wet])
        whole = asked[counts["area"]] & (counts["code"] != counts["may"])
        whole &= self.wet[counts["code"]]
        self._expect(counts["area"][whole], -counts["households"][whole])

    def add_graded(self, graded: Records, taken: Flags) -> None:
        """Take in what is expected of graded households, one by one."""
        probable = taken & ~self.wet[graded["code"]] & self.wet[graded["may"]]
        some = graded[probable]
        self._expect(some["area"], self.wet[some["bins"]].mean(axis=1) * some["seen"])

    def _expect(self, area: NDArray[Any], households: NDArray[Any]) -> None:
        rows = self.rows[area]
        self.expected += np.bincount(rows, weights=households, minlength=len(self.expected))

    def _add(self, records: Records, taken: Flags) -> None:
        """What is not taken is added up beyond the last row: that is quicker than picking."""
        size = self.sums.shape[1]
        code = records["code"].astype(np.int64)
        answer = self.answers[code]
        answer[(answer != IN) & self.wet[records["may"]]] = PROBABLE
        key = self.rows[records["area"]] * len(ANSWERS) + answer
        key[~taken] = size
        one_each = "households" not in (records.dtype.names or ())
        held = np.ones(len(records)) if one_each else records["households"]
        for row, figures in enumerate((held, *(records[name] for name in FIGURES))):
            self.sums[row] += _summed(key, figures, size)
        valued = taken & (code >= 0)
        self.bins += _summed(code[valued], held[valued], len(self.bins))
        low = np.flatnonzero(taken & (code < OUT_ALONE) & (answer != PROBABLE))
        key = REASON_OF[-code[low]] * len(self.expected) + self.rows[records["area"][low]]
        self.apart += _summed(key, held[low], self.apart.size).reshape(self.apart.shape)

    def tally(self, areas: Whole) -> Tally:
        """The sums so far; `areas` are the keys of the areas that the rows stand for (0: none)."""
        found = {
            (int(areas[at // len(ANSWERS)]) or None, ANSWERS[at % len(ANSWERS)]): tuple(figures)
            for at in np.flatnonzero(self.sums[0]).tolist()
            for figures in [self.sums[:, at].tolist()]
        }
        probable = np.flatnonzero(self.sums[0, PROBABLE :: len(ANSWERS)]).tolist()
        expected = {int(areas[row]) or None: float(self.expected[row]) for row in probable}
        apart = {
            (int(areas[row]) or None, Reason(reason)): int(self.apart[reason, row])
            for reason, row in np.argwhere(self.apart).tolist()
            if reason
        }
        return Tally(found, self.bins, expected, apart)


def _answers(wet: Flags) -> Whole:
    """The answer of each code."""
    answers = np.where(np.append(wet, [False] * BELOW), IN, OUT)
    for reason in UNSEEN:
        answers[BY_REASON[reason]] = ANSWERS.index("not_observed")
    answers[UNLOCATED] = ANSWERS.index("unlocated")
    return answers


def _summed(key: Whole, figures: NDArray[Any], size: int) -> Whole:
    """Sums by key, of keys below `size`; exact, as no sum comes near 2 ** 53."""
    return np.bincount(key, weights=figures, minlength=size)[:size].astype(np.int64)
