"""Sums of packed counts by area and answer, and households by bin. Numbers alone."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from registry.counting.packed import NOT_OBSERVED, UNLOCATED, Records, Whole
from registry.counting.people import FIGURES

COLUMNS = ("households", *FIGURES)
ANSWERS = ("in", "out", "not_observed", "unlocated")

Key = tuple[int | None, str]  # area, answer


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


def tally(area: Whole, counts: Records, wet: NDArray[np.bool_], bins: int) -> Tally:
    """The sums of counts, each of an area (0 is none); `wet[bin]` says which bins are in."""
    areas, place = np.unique(area, return_inverse=True)
    key = place * len(ANSWERS) + _answer(counts["code"], wet)
    size = len(areas) * len(ANSWERS)
    sums = np.column_stack([_summed(key, counts[name], size) for name in COLUMNS])
    found = {
        (int(areas[row // len(ANSWERS)]) or None, ANSWERS[row % len(ANSWERS)]): tuple(figures)
        for row, figures in enumerate(sums.tolist())
        if figures[0]
    }
    valued = counts["code"] >= 0
    return Tally(found, _summed(counts["code"][valued], counts["households"][valued], bins))


def _answer(code: NDArray[np.int16], wet: NDArray[np.bool_]) -> Whole:
    answer = np.full(len(code), ANSWERS.index("out"), dtype=np.int64)
    valued = code >= 0
    answer[valued] = np.where(wet[code[valued]], ANSWERS.index("in"), ANSWERS.index("out"))
    answer[code == NOT_OBSERVED] = ANSWERS.index("not_observed")
    answer[code == UNLOCATED] = ANSWERS.index("unlocated")
    return answer


def _summed(key: Whole, figures: NDArray[np.int32], size: int) -> Whole:
    """Sums by key; exact, as no sum comes near 2 ** 53."""
    return np.bincount(key, weights=figures, minlength=size).astype(np.int64)
