"""People by sex and age band: the figures every count of people has, in their order."""

from dataclasses import dataclass, fields
from typing import Self

Figure = int | None  # None: hidden, as registry.counting.suppression says


@dataclass(frozen=True)
class People:
    """People by sex and age band; `people` is the eight bands and the unknown together."""

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
    def under_five(self) -> Figure:
        """Children under five."""
        return together(self.f0_4, self.m0_4)

    @property
    def over_sixty(self) -> Figure:
        """Women and men of sixty and over."""
        return together(self.f60, self.m60)


def together(*figures: Figure) -> Figure:
    """Figures added up; hidden where one of them is."""
    shown = [n for n in figures if n is not None]
    return sum(shown) if len(shown) == len(figures) else None


FIGURES = tuple(f.name for f in fields(People))
BANDS = FIGURES[1:-1]  # those that add up to all people
