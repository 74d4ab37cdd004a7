"""Days as people write them: numbers in any order, names of months, years alone, serial numbers."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from babel import Locale
from babel.dates import get_month_names

from registry.parsing.days import DayOrder
from registry.parsing.figures import western
from registry.parsing.plain import plain

TIME = r"(?:[T ,]+\d{1,2}[:.h]\d{2}.*|T.*)?"
YEAR_FIRST = re.compile(rf"(\d{{4}})\s*[-/. ]\s*(\d{{1,2}})\s*[-/. ]\s*(\d{{1,2}}){TIME}")
YEAR_LAST = re.compile(rf"(\d{{1,2}})\s*[-/. ]\s*(\d{{1,2}})\s*[-/. ]\s*(\d{{4}}|\d{{2}}){TIME}")
MONTHS = re.compile(r"(?:(\d{4})\s*[-/.]\s*(\d{1,2})|(\d{1,2})\s*[-/.]\s*(\d{4}))")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
YEAR = re.compile(r"(\d{4})(?:\.0)?")
SERIAL = re.compile(r"(\d{1,5})(?:\.\d+)?")
NAMED = re.compile(r"\d+|[^\W\d_]+(?:[^\S\n][^\W\d_]+)?")
NUMBERS = re.compile(r"\d+")
EARLIEST, LATEST = 1850, 2200
OTHERS = range(1300, 1451)  # years of the Hijri and of the Persian calendar
LANGUAGES = (
    *("en", "fr", "es", "pt", "ar", "ar_SY", "ar_MA", "de", "it"),
    *("pl", "ru", "uk", "tr", "id", "sw"),
)
FIRST_SERIAL = date(1899, 12, 30)
LAST_SERIAL = 73_050  # the last of 2099
CENTURY_TURNS = 70  # two digits of a year from here on are of the last century


@dataclass(frozen=True)
class Read:
    """A day, or why it is none (`fault`); not `is_exact` where but its year or month is said."""

    day: date | None = None
    is_exact: bool = True
    fault: str = ""


BAD = Read(fault="bad_date")
OTHER_CALENDAR = Read(fault="calendar")


@dataclass(frozen=True)
class Reader:
    """How the days of one column are read; two digits of a year never come to lie after `latest`.

    `serials` says that the column counts days since 1900 as spreadsheets do.
    """

    order: DayOrder
    latest: date
    is_birth: bool = False
    serials: bool = False

    def read(self, cell: str) -> Read:
        """The day a cell says."""
        cell = western(cell).strip()
        if self.serials and (found := SERIAL.fullmatch(cell)):
            return _of_serial(int(found[1]))
        for pattern, reading in (
            (YEAR_FIRST, self._year_first),
            (YEAR_LAST, self._year_last),
            (COMPACT, self._year_first),
            (MONTHS, self._of_month),
            (YEAR, self._of_year),
        ):
            if found := pattern.fullmatch(cell):
                return reading(found)
        return self._named(cell)

    def _year_first(self, found: re.Match[str]) -> Read:
        return _made(int(found[1]), int(found[2]), int(found[3]))

    def _year_last(self, found: re.Match[str]) -> Read:
        first, second, year = int(found[1]), int(found[2]), self._year(found[3])
        if self.order is DayOrder.MONTH_FIRST:
            first, second = second, first
        return _made(year, second, first)

    def _of_month(self, found: re.Match[str]) -> Read:
        year, month = (found[1], found[2]) if found[1] else (found[4], found[3])
        return _made(int(year), int(month), 0)

    def _of_year(self, found: re.Match[str]) -> Read:
        return _made(int(found[1]), 0, 0)

    def _named(self, cell: str) -> Read:
        """Days with the name of their month: 15 mars 1990, March 15, 1990, 15-Mar-90, mars 1990."""
        month = next((m for name in NAMED.findall(cell) if (m := _month(name))), None)
        numbers = NUMBERS.findall(re.sub(r"\d{1,2}[:h]\d{2}.*", "", cell))
        if month is None or not 1 <= len(numbers) <= 2:
            return BAD
        if len(numbers) == 1:
            return _made(self._year(numbers[0]), month, 0)
        day, year = numbers if len(numbers[0]) < 3 else reversed(numbers)
        return _made(self._year(year), month, int(day))

    def _year(self, digits: str) -> int:
        if len(digits) != 2:
            return int(digits)
        if self.is_birth:
            year = self.latest.year // 100 * 100 + int(digits)
            return year - 100 if year > self.latest.year else year
        return int(digits) + (1900 if int(digits) >= CENTURY_TURNS else 2000)


def decisive(cell: str) -> DayOrder | None:
    """The order a day of two small numbers and a year can only be meant in; None where it is open.

    A day that is equal to its month, or is written otherwise, tells nothing and asks nothing.
    """
    found = YEAR_LAST.fullmatch(western(cell).strip())
    if not found:
        return None
    first, second = int(found[1]), int(found[2])
    if first > 12 >= second > 0:
        return DayOrder.DAY_FIRST
    return DayOrder.MONTH_FIRST if second > 12 >= first > 0 else None


def is_open(cell: str) -> bool:
    """Whether a day can be read with the day or with the month first, and differs by it."""
    found = YEAR_LAST.fullmatch(western(cell).strip())
    if not found:
        return False
    first, second = int(found[1]), int(found[2])
    return first != second and 0 < first <= 12 and 0 < second <= 12


def _made(year: int, month: int, day: int) -> Read:
    """A day; without a day or month it is the middle of what is said. Years alone are 1 July."""
    if year in OTHERS or (month == 13 and day <= 6):
        return OTHER_CALENDAR
    if not EARLIEST <= year <= LATEST or month > 12:
        return BAD
    if not month:
        return BAD if day else Read(date(year, 7, 1), is_exact=False)
    if not day:
        return Read(date(year, month, 15), is_exact=False)
    return Read(date(year, month, day)) if day <= calendar.monthrange(year, month)[1] else BAD


def _of_serial(days: int) -> Read:
    if EARLIEST <= days <= LATEST:
        return _made(days, 0, 0)
    return Read(FIRST_SERIAL + timedelta(days)) if 0 < days <= LAST_SERIAL else BAD


def _month(name: str) -> int | None:
    whole = MONTH_NAMES.get(plain(name))
    return whole or next((m for w in name.split() if (m := MONTH_NAMES.get(plain(w)))), None)


def _month_names() -> dict[str, int]:
    names: dict[str, int] = {}
    for language in map(Locale.parse, LANGUAGES):
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, locale=language).items():
                names.setdefault(plain(name), number)
    return names | {"sept": 9, "fev": 2, "aout": 8, "dic": 12, "ene": 1, "abr": 4, "ago": 8}


MONTH_NAMES = _month_names()
