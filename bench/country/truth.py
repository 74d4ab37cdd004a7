"""The answers, counted from the generator's own arrays: who is in, who is out, who nobody can say.

By the point a household's cell decides (the floor of its way from the raster's corner), compared as
float32; `grading` knows how well its place is known.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .households import Households
from .people import People
from .standing import NO_AREA, Indices

IN, OUT, NOT_OBSERVED, UNLOCATED, PROBABLE = range(5)
ANSWERS = ("in", "out", "not_observed", "unlocated", "probable")
SEXES, BANDS = ("female", "male"), ("0-4", "5-17", "18-59", "60+")
GROUPS = (*(f"{sex} {band}" for sex in SEXES for band in BANDS), "unknown")

BASE, PER_MEMBER, CAP, CURRENCY = 2400, 300, 4500, "MUR"


def answers_of_depth(
    depth: NDArray[np.float32], least: float, nodata: np.float32, located: NDArray[np.bool_]
) -> Indices:
    """In, out or not observed by the depth of each household's cell; or unlocated."""
    answer = np.where(depth >= np.float32(least), IN, OUT)
    answer = np.where(depth == nodata, NOT_OBSERVED, answer)
    return np.where(located, answer, UNLOCATED)


def answers_of_extent(
    seen: NDArray[np.bool_], wet: NDArray[np.bool_], located: NDArray[np.bool_]
) -> Indices:
    """In, out or not observed by the radar's cells; or unlocated."""
    answer = np.where(wet, IN, np.where(seen, OUT, NOT_OBSERVED))
    return np.where(located, answer, UNLOCATED)


def groups_of(run: Households, people: People) -> Indices:
    """People of each household by sex and age band, and those of whom neither is known; (n, 9)."""
    column = np.where(people.woman, 0, len(BANDS)) + people.band
    known = np.bincount(people.household * 8 + column, minlength=run.count * 8).reshape(
        run.count, 8
    )
    return np.column_stack([known, run.size - run.listed])


def amounts(size: Indices) -> Indices:
    """What each household is due: a base, a part per member, at most the cap."""
    return np.minimum(BASE + PER_MEMBER * size, CAP)


@dataclass(frozen=True)
class Graded:
    """Answers, and of the probable ones which part of them is under water."""

    answer: Indices
    share: NDArray[np.float64]

    def those(self, which: NDArray[np.bool_]) -> "Graded":
        """Some of them."""
        return Graded(self.answer[which], self.share[which])


def sure(answer: Indices) -> Graded:
    """Answers of which none is probable."""
    return Graded(answer, np.zeros(len(answer)))


@dataclass
class Tally:
    """One question's figures by commune, added run by run; the last row is for no area stated."""

    communes: int
    households: Indices = field(init=False)
    people: Indices = field(init=False)
    groups: Indices = field(init=False)
    expected: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        """Begin with nobody."""
        self.households = np.zeros((self.communes + 1, len(ANSWERS)), dtype=np.int64)
        self.expected = np.zeros(self.communes + 1)
        self.people = np.zeros_like(self.households)
        self.groups = np.zeros((self.communes + 1, len(GROUPS)), dtype=np.int64)

    def add(self, area: Indices, said: Graded, size: Indices, groups: Indices) -> None:
        """Count households by stated commune (NO_AREA where none) and answer."""
        row, answer = np.where(area == NO_AREA, self.communes, area), said.answer
        np.add.at(self.households, (row, answer), 1)
        np.add.at(self.expected, row, said.share)
        np.add.at(self.people, (row, answer), size)
        inside = answer == IN
        np.add.at(self.groups, row[inside], groups[inside])

    def figures(self, rows: Any = slice(None)) -> dict[str, Any]:
        """The figures of some communes together; all, and those without one, if none is named."""
        groups = dict(zip(GROUPS, self.groups[rows].sum(axis=0).tolist(), strict=True))
        return {
            "households": _named(self.households[rows].sum(axis=0)),
            "people": _named(self.people[rows].sum(axis=0)),
            "expected_of_the_probable": round(float(self.expected[rows].sum()), 2),
            "people_in_by_sex_and_age": {
                **{sex: {band: groups[f"{sex} {band}"] for band in BANDS} for sex in SEXES},
                "unknown": groups["unknown"],
            },
        }

    def by_area(self, codes: list[str]) -> dict[str, dict[str, Any]]:
        """Figures by P-code at three levels (province, district, commune)."""
        levels = {"province": 4, "district": 6, "commune": 8}
        found: dict[str, dict[str, Any]] = {}
        for level, length in levels.items():
            cut = np.array([code[:length] for code in codes])
            found[level] = {
                str(code): self.figures(np.flatnonzero(cut == code)) for code in np.unique(cut)
            }
        return found


def _named(counts: Indices) -> dict[str, int]:
    return dict(zip(ANSWERS, counts.tolist(), strict=True))


@dataclass
class Movement:
    """Who entered the water between two releases, who left, who stayed, added run by run.

    In the water is whoever is in it, or probably in it.
    """

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, before: Indices, after: Indices) -> None:
        """Count households by their answers on both days."""
        was, now = (np.isin(answer, (IN, PROBABLE)) for answer in (before, after))
        for key, mask in {
            "enter": (before == OUT) & now,
            "leave": was & (after == OUT),
            "stay": was & now,
            "in_now_not_observed_before": (before == NOT_OBSERVED) & now,
            "in_before_not_observed_now": was & (after == NOT_OBSERVED),
        }.items():
            self.counts[key] = self.counts.get(key, 0) + int(mask.sum())
