"""The day it is in the country, whatever the machine's own clock is set to."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from core.settings import settings


def today() -> date:
    """Today's date in the country's time zone."""
    return day_of(datetime.now(UTC))


def day_of(moment: datetime) -> date:
    """The date it was in the country's time zone at a moment."""
    return moment.astimezone(ZoneInfo(settings().timezone)).date()
