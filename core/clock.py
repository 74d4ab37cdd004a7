"""Days and moments as the country counts them, whatever the machine's own clock is set to."""

from datetime import UTC, date, datetime

from babel.dates import format_date, format_datetime

from core.country import country
from core.words import apart, current


def today() -> date:
    """Today's date in the country's time zone."""
    return day_of(datetime.now(UTC))


def day_of(moment: datetime) -> date:
    """The date it was in the country's time zone at a moment."""
    return moment.astimezone(country().zone).date()


def day_said(day: date) -> str:
    """A date as the reader writes it: 19 Nov 2026."""
    return apart(str(format_date(day, "d MMM y", locale=current().locale)))


def month_said(day: date) -> str:
    """The month of a date as the reader writes it: November 2026."""
    return apart(str(format_date(day, "MMMM y", locale=current().locale)))


def moment_said(moment: datetime) -> str:
    """A moment in the country's time zone, as the reader writes it: 19 Nov 2026, 06:12."""
    written = format_datetime(
        moment, "d MMM y, HH:mm", tzinfo=country().zone, locale=current().locale
    )
    return apart(str(written))
