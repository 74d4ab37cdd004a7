"""Days and hours as products write them; what can be read in two ways is read in none."""

import re
from datetime import UTC, date, datetime, time

DAY_FIRST = re.compile(r"\b(\d{1,2})[./-](\d{1,2})[./-]((?:19|20)\d{2})\b")
YEAR_FIRST = re.compile(r"\b((?:19|20)\d{2})[./-](\d{1,2})[./-](\d{1,2})\b")
RUN_TOGETHER = re.compile(
    r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?:[tT_]?(\d{2})(?:(\d{2})(?:(\d{2})\d?)?)?)?(?!\d)"
)
HOUR = re.compile(r"(\d{1,2})[:h](\d{2})")


def day_in(text: str) -> date | None:
    """The day a text names: 2020-11-13, 13/11/2020; None for 05/06/2020, which may be two days."""
    if found := YEAR_FIRST.search(text):
        return _date(*found.groups())
    if not (found := DAY_FIRST.search(text)):
        return None
    one, other, year = found.groups()
    days = {day for day in (_date(year, other, one), _date(year, one, other)) if day}
    return days.pop() if len(days) == 1 else None


def may_be_two_days(text: str) -> bool:
    """Whether a text names a day that can be read with the month first, and with the day first."""
    found = DAY_FIRST.search(text)
    if found is None or YEAR_FIRST.search(text):
        return False
    one, other, year = found.groups()
    return one != other and None not in (_date(year, other, one), _date(year, one, other))


def hour_in(text: str) -> time | None:
    """The hour a text names: 21:56, 21:56:12, 21h56."""
    found = HOUR.search(text)
    if found is None:
        return None
    hour, minute = map(int, found.groups())
    return time(hour, minute) if hour < 24 and minute < 60 else None


def stamped(name: str) -> tuple[datetime | None, bool]:
    """The moment (UTC) stamped into a file's name as 20201113, 2020111321 or 20201113T215612 (a
    tenth of a second may follow), and whether it is only a day."""
    for found in RUN_TOGETHER.finditer(name):
        year, month, day, *rest = found.groups()
        whole = _date(year, month, day)
        hour, minute, second = (int(part or 0) for part in rest)
        if whole and hour < 24 and minute < 60 and second < 60:
            at = datetime.combine(whole, time(hour, minute, second), tzinfo=UTC)
            return at, rest[0] is None
    return None, False


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
