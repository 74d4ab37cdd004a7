"""Days as forms send them."""

from datetime import date

from core.errors import Invalid


class DayUnreadable(Invalid):
    """{typed} is not a date; write it as year-month-day, such as 1990-03-14, or the year alone."""


def day_typed(typed: str) -> date | None:
    """A day as it was typed; nothing is no day.

    Raises:
        DayUnreadable
    """
    if not typed.strip():
        return None
    try:
        return date.fromisoformat(typed.strip())
    except ValueError as broken:
        raise DayUnreadable(typed=typed) from broken
