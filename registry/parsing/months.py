"""Days so many months away."""

from calendar import monthrange
from datetime import date


def months_from(day: date, months: int) -> date:
    """The day so many months later (earlier, if negative); of a shorter month its last day."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))
