"""Days in the cells of a file, where nothing but custom says whether the day or the month is first.

A cell such as 2021-03-14 tells its order by itself; 14/03/2021 and 03-14-2021 do not, and among
those whose first two numbers are both months none says how the others are meant.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

WRITTEN = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4})(?=$|[T ])")
MONTHS = 12


class DayOrder(StrEnum):
    """In which order year, month and day are written."""

    YEAR_FIRST = "ymd"
    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


@dataclass(frozen=True)
class DaysSeen:
    """The one order that cells can be read in, or None where there are two, and a cell to show."""

    order: DayOrder | None = DayOrder.YEAR_FIRST
    example: str = ""


def seen_in(cells: Iterable[str]) -> DaysSeen:
    """What the days in these cells tell of their order; the first that can be read one way does."""
    unclear = ""
    for cell in cells:
        written = WRITTEN.match(cell)
        if written and int(written[1]) > MONTHS >= int(written[3]):
            return DaysSeen(DayOrder.DAY_FIRST, cell)
        if written and int(written[3]) > MONTHS >= int(written[1]):
            return DaysSeen(DayOrder.MONTH_FIRST, cell)
        unclear = unclear or (cell if written else "")
    return DaysSeen(None, unclear) if unclear else DaysSeen()
