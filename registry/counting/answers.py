"""How many households were asked and what is known of them: the one carrier of such counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self


class AnswersDoNotAddUp(AssertionError):
    """The parts of an answer are not all those who were asked; this is a fault of the platform."""


@dataclass(frozen=True)
class Answers:
    """How many households were asked, and what is known of them; the parts add up to all asked.

    `expected` is how many of the probable are expected to be in; it is no part of its own.
    """

    in_: int
    probable: int
    expected: float
    out: int
    not_observed: int
    unlocated: int
    asked: int

    def __post_init__(self) -> None:
        parts = (self.in_, self.probable, self.out, self.not_observed, self.unlocated)
        if min(parts) < 0 or sum(parts) != self.asked or not 0 <= self.expected <= self.probable:
            raise AnswersDoNotAddUp(self)

    @classmethod
    def of(cls, counts: Mapping[str, int], asked: int) -> Self:
        """The answers of counts by answer."""
        return cls(
            in_=counts.get("in", 0),
            probable=counts.get("probable", 0),
            expected=0,
            out=counts.get("out", 0),
            not_observed=counts.get("not_observed", 0),
            unlocated=counts.get("unlocated", 0),
            asked=asked,
        )
