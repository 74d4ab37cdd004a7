"""People by sex and age band: the figures every count of people has, in their order."""

from dataclasses import dataclass, fields
from typing import Self


@dataclass(frozen=True)
class People:
    """People by sex and age band; `people` is the eight bands and the unknown together."""

    people: int = 0
    f0_4: int = 0
    f5_17: int = 0
    f18_59: int = 0
    f60: int = 0
    m0_4: int = 0
    m5_17: int = 0
    m18_59: int = 0
    m60: int = 0
    unknown: int = 0
    disability: int = 0

    def __add__(self, other: Self) -> "People":
        return People(*(getattr(self, name) + getattr(other, name) for name in FIGURES))


FIGURES = tuple(f.name for f in fields(People))
