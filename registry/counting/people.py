"""People by sex and age band: the figures every count of people has, in their order."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

from core.country import ADULT, country
from core.words import _

Figure = int | None  # None: hidden, as registry.counting.suppression says


@dataclass(frozen=True)
class People:
    """People by sex and age band; `people` is the eight bands and the unknown together.

    The figures are named after the usual bands, whatever years the country says they are of.
    """

    people: Figure = 0
    f0_4: Figure = 0
    f5_17: Figure = 0
    f18_59: Figure = 0
    f60: Figure = 0
    m0_4: Figure = 0
    m5_17: Figure = 0
    m18_59: Figure = 0
    m60: Figure = 0
    unknown: Figure = 0
    disability: Figure = 0

    def __add__(self, other: Self) -> "People":
        return People(*(together(getattr(self, n), getattr(other, n)) for n in FIGURES))

    @property
    def girls(self) -> Figure:
        """Girls under eighteen."""
        return together(self.f0_4, self.f5_17)

    @property
    def boys(self) -> Figure:
        """Boys under eighteen."""
        return together(self.m0_4, self.m5_17)

    @property
    def women(self) -> Figure:
        """Women from eighteen on."""
        return together(self.f18_59, self.f60)

    @property
    def men(self) -> Figure:
        """Men from eighteen on."""
        return together(self.m18_59, self.m60)

    @property
    def young(self) -> Figure:
        """Children of the lowest age band."""
        return together(self.f0_4, self.m0_4)

    @property
    def old(self) -> Figure:
        """Women and men of the highest age band."""
        return together(self.f60, self.m60)

    def by_band(self, ages: Sequence[int] = ()) -> list[tuple[str, Figure, Figure]]:
        """Each age band by what it is called, with its girls or women and its boys or men.

        `ages` are those the figures were counted by, the country's by default.
        """
        young, old = ages or country().ages
        return [
            (f"0-{young - 1}", self.f0_4, self.m0_4),
            (f"{young}-{ADULT - 1}", self.f5_17, self.m5_17),
            (f"{ADULT}-{old - 1}", self.f18_59, self.m18_59),
            (old_said(ages), self.f60, self.m60),
        ]


def young_said(ages: Sequence[int] = ()) -> str:
    """What the children of the lowest age band are called."""
    return _("Under {years}", years=(ages or country().ages)[0])


def old_said(ages: Sequence[int] = ()) -> str:
    """What the people of the highest age band are called."""
    return _("{years} and over", years=(ages or country().ages)[1])


def together(*figures: Figure) -> Figure:
    """Figures added up; hidden where one of them is."""
    shown = [n for n in figures if n is not None]
    return sum(shown) if len(shown) == len(figures) else None


FIGURES = tuple(f.name for f in fields(People))
BANDS = FIGURES[1:-1]  # those that add up to all people
