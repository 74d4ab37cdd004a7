"""How many households were asked and what is known of them: the one carrier of such counts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from geo.raster.reasons import UNSEEN, Reason

Figure = int | None  # None: hidden, since it tells of too few, or would tell what another is
PARTS = ("in_", "probable", "out", "not_observed", "unlocated")


@dataclass(frozen=True)
class Apart:
    """What is told apart of two answers: how many of those who are out stand in permanent water,
    and why others were not observed. What is hidden is None."""

    permanent_water: Figure = 0
    outside: Figure = 0
    nodata: Figure = 0
    cloud: Figure = 0
    excluded: Figure = 0
    partly: Figure = 0
    waiting: Figure = 0

    @property
    def told(self) -> Sequence[str]:
        """The names of the figures that are not zero."""
        return [name for name in APART if getattr(self, name) != 0]

    @property
    def unseen(self) -> Mapping[str, Figure]:
        """Why they were not observed."""
        return {name: getattr(self, name) for name in WHY}

    @classmethod
    def of(cls, counts: Mapping[Reason, Figure]) -> Self:
        """What is told apart, by reason."""
        return cls(**{reason.name.lower(): n for reason, n in counts.items()})

    def fits(self, out: Figure, not_observed: Figure) -> bool:
        """Whether it adds up to the answers it is a part of, and shows nothing of hidden ones."""
        return _within([self.permanent_water], out) and _whole(self.unseen.values(), not_observed)


WHY = tuple(reason.name.lower() for reason in UNSEEN)
APART = (Reason.PERMANENT_WATER.name.lower(), *WHY)


def _within(parts: Collection[Figure], whole: Figure) -> bool:
    """Whether parts are no more than a whole, and none is shown of a whole that is hidden."""
    shown = [n for n in parts if n is not None]
    return not shown if whole is None else min(shown, default=0) >= 0 and sum(shown) <= whole


def _whole(parts: Collection[Figure], whole: Figure) -> bool:
    """Whether parts, where all of them are shown, are a whole."""
    return _within(parts, whole) and (None in parts or sum(n or 0 for n in parts) == whole)


class AnswersDoNotAddUp(AssertionError):
    """The parts of an answer are not all those who were asked; this is a fault of the platform."""


@dataclass(frozen=True)
class Answers:
    """How many households were asked, and what is known of them; the parts add up to all asked.

    `expected` is how many of the probable are expected to be in; it is no part of its own. What is
    hidden is None, never 0; what is shown is never more than all asked. `apart` is what is told
    apart of two of the answers; None where nothing is, as of a kept list.
    """

    in_: Figure
    probable: Figure
    expected: float
    out: Figure
    not_observed: Figure
    unlocated: Figure
    asked: Figure
    apart: Apart | None = None

    def __post_init__(self) -> None:
        shown = [n for n in self.parts if n is not None]
        fits = self.asked is None or (
            sum(shown) <= self.asked if None in self.parts else sum(shown) == self.asked
        )
        probable = self.expected if self.probable is None else self.probable
        fits &= self.apart is None or self.apart.fits(self.out, self.not_observed)
        if min(shown, default=0) < 0 or not fits or not 0 <= self.expected <= probable:
            raise AnswersDoNotAddUp(self)

    @property
    def parts(self) -> Sequence[Figure]:
        """In, probable, out, not observed, unlocated."""
        return tuple(getattr(self, name) for name in PARTS)

    @property
    def hides(self) -> bool:
        """Whether a figure of it is hidden."""
        apart = () if self.apart is None else vars(self.apart).values()
        return self.asked is None or None in self.parts or None in apart

    @property
    def unshown(self) -> int:
        """How many of those asked are in figures that are hidden, where that may be said."""
        return 0 if self.asked is None else self.asked - sum(n or 0 for n in self.parts)

    @classmethod
    def of(
        cls,
        counts: Mapping[str, Figure],
        asked: Figure,
        expected: float = 0.0,
        apart: Apart | None = None,
    ) -> Self:
        """The answers of counts by answer; of the probable so many are expected to be in."""
        return cls(
            in_=counts.get("in", 0),
            probable=counts.get("probable", 0),
            expected=expected,
            out=counts.get("out", 0),
            not_observed=counts.get("not_observed", 0),
            unlocated=counts.get("unlocated", 0),
            asked=asked,
            apart=apart,
        )
