"""How many households were asked and what is known of them: the one carrier of such counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

Figure = int | None  # None: hidden, since it tells of too few, or would tell what another is
PARTS = ("in_", "probable", "out", "not_observed", "unlocated")


class AnswersDoNotAddUp(AssertionError):
    """The parts of an answer are not all those who were asked; this is a fault of the platform."""


@dataclass(frozen=True)
class Answers:
    """How many households were asked, and what is known of them; the parts add up to all asked.

    `expected` is how many of the probable are expected to be in; it is no part of its own. What is
    hidden is None, never 0; what is shown is never more than all asked.
    """

    in_: Figure
    probable: Figure
    expected: float
    out: Figure
    not_observed: Figure
    unlocated: Figure
    asked: Figure

    def __post_init__(self) -> None:
        shown = [n for n in self.parts if n is not None]
        fits = self.asked is None or (
            sum(shown) <= self.asked if None in self.parts else sum(shown) == self.asked
        )
        probable = self.expected if self.probable is None else self.probable
        if min(shown, default=0) < 0 or not fits or not 0 <= self.expected <= probable:
            raise AnswersDoNotAddUp(self)

    @property
    def parts(self) -> Sequence[Figure]:
        """In, probable, out, not observed, unlocated."""
        return tuple(getattr(self, name) for name in PARTS)

    @property
    def hides(self) -> bool:
        """Whether a figure of it is hidden."""
        return self.asked is None or None in self.parts

    @property
    def unshown(self) -> int:
        """How many of those asked are in figures that are hidden, where that may be said."""
        return 0 if self.asked is None else self.asked - sum(n or 0 for n in self.parts)

    @classmethod
    def of(cls, counts: Mapping[str, Figure], asked: Figure, expected: float = 0.0) -> Self:
        """The answers of counts by answer; of the probable so many are expected to be in."""
        return cls(
            in_=counts.get("in", 0),
            probable=counts.get("probable", 0),
            expected=expected,
            out=counts.get("out", 0),
            not_observed=counts.get("not_observed", 0),
            unlocated=counts.get("unlocated", 0),
            asked=asked,
        )
