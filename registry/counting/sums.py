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

    def add(self, records: Records, areas: Flags) -> None:
        """Take in the records of some areas, given by their places."""
        taken = areas[records["area"]]
        if not taken.all():
            records = records[taken]
        code = records["code"].astype(np.int64)
        key = self.rows[records["area"]] * len(ANSWERS) + self.answers[code]
        one_each = "households" not in (records.dtype.names or ())
        held = np.ones(len(records), np.int64) if one_each else records["households"]
        self.sums[0] += _summed(key, held, self.sums.shape[1])
        for row, name in enumerate(FIGURES, 1):
            self.sums[row] += _summed(key, records[name], self.sums.shape[1])
        valued = code >= 0
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
    """Sums by key; exact, as no sum comes near 2 ** 53."""
    return np.bincount(key, weights=figures, minlength=size).astype(np.int64)
