"""Sums of packed counts by area and answer, and households by bin. Numbers alone."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from registry.counting.packed import NOT_OBSERVED, UNLOCATED, Records, Whole
from registry.counting.people import FIGURES

COLUMNS = ("households", *FIGURES)
ANSWERS = ("in", "out", "not_observed", "unlocated")
IN, OUT = ANSWERS.index("in"), ANSWERS.index("out")

BATCH = 1 << 14  # records added at a time, so that they stay at hand from one column to the next

Key = tuple[int | None, str]  # area, answer
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Tally:
    """Households and people (`COLUMNS`) by area and answer, and households by bin of the value."""

    counts: Mapping[Key, tuple[int, ...]] = field(default_factory=dict)
    bins: Whole = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def __add__(self, other: "Tally") -> "Tally":
        counts = defaultdict(lambda: (0,) * len(COLUMNS), self.counts)
        for key, figures in other.counts.items():
            counts[key] = tuple(a + b for a, b in zip(counts[key], figures, strict=True))
        return Tally(dict(counts), self.bins + other.bins)


class Sums:
    """Adds up records of counts, or of single households, as they come.

    `rows` says which row of the table each place in the tree of areas belongs to, `wet` which bins
    are in; `bins` is how many of them there are to show.
    """

    def __init__(self, rows: Whole, wet: Flags, bins: int) -> None:
        self.rows, self.bins = rows, np.zeros(bins, dtype=np.int64)
        self.answers = _answers(wet)
        self.sums = np.zeros((len(COLUMNS), (int(rows.max()) + 1) * len(ANSWERS)), dtype=np.int64)

    def add(self, records: Records, taken: Flags) -> None:
        """Take in some of the records."""
        for start in range(0, len(records), BATCH):
            self._add(records[start : start + BATCH], taken[start : start + BATCH])

    def _add(self, records: Records, taken: Flags) -> None:
        """What is not taken is added up beyond the last row: that is quicker than picking."""
        size = self.sums.shape[1]
        code = records["code"].astype(np.int64)
        key = self.rows[records["area"]] * len(ANSWERS) + self.answers[code]
        key[~taken] = size
        one_each = "households" not in (records.dtype.names or ())
        held = np.ones(len(records)) if one_each else records["households"]
        for row, figures in enumerate((held, *(records[name] for name in FIGURES))):
            self.sums[row] += _summed(key, figures, size)
        valued = taken & (code >= 0)
        self.bins += _summed(code[valued], held[valued], len(self.bins))

    def tally(self, areas: Whole) -> Tally:
        """The sums so far; `areas` are the keys of the areas that the rows stand for (0: none)."""
        found = {
            (int(areas[at // len(ANSWERS)]) or None, ANSWERS[at % len(ANSWERS)]): tuple(figures)
            for at in np.flatnonzero(self.sums[0]).tolist()
            for figures in [self.sums[:, at].tolist()]
        }
        return Tally(found, self.bins)


def _answers(wet: Flags) -> Whole:
    """The answer of each code: those below 0 are found at the end, where Python looks for them."""
    answers = np.where(np.append(wet, [False] * 3), IN, OUT)
    answers[NOT_OBSERVED] = ANSWERS.index("not_observed")
    answers[UNLOCATED] = ANSWERS.index("unlocated")
    return answers


def _summed(key: Whole, figures: NDArray[Any], size: int) -> Whole:
    """Sums by key, of keys below `size`; exact, as no sum comes near 2 ** 53."""
    return np.bincount(key, weights=figures, minlength=size)[:size].astype(np.int64)
