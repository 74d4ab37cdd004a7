"""When the cycles of a program begin: the days of a recurrence, and the one that is due."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from itertools import islice, takewhile

from dateutil.rrule import rrule, rruleset, rrulestr
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import Invalid
from programs.models.cycles import Cycle
from programs.models.recurrences import Recurrence
from programs.permissions import May
from programs.queries.reach import program_seen

SHOWN = 6
LAST_DAY_SURE = 28
PARTS = re.compile(
    r"(FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)|INTERVAL=[1-9]\d{0,2}|COUNT=[1-9]\d{0,3}"
    r"|UNTIL=\d{8}|BYDAY=[-+\dA-Z,]+|BYMONTHDAY=[-\d,]+|BYMONTH=[\d,]+|BYSETPOS=[-\d,]+)"
)


class Every(StrEnum):
    """What a recurrence counts in."""

    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


class RecurrenceUnreadable(Invalid):
    """The rule “{rule}” is none of days; write an RRULE of days, weeks, months or years, such as
    FREQ=MONTHLY;INTERVAL=3."""


class NoDays(Invalid):
    """This rule has no day at all; look at how often, and until when."""


def composed(
    every: Every,
    interval: int,
    starts_on: date,
    *,
    until: date | None = None,
    rounds: int | None = None,
) -> str:
    """The RRULE of every so many weeks, months or years, until a day or so many times; one that
    begins late in a month comes on the last day of shorter ones."""
    parts = [f"FREQ={every.value}", f"INTERVAL={interval}"]
    if every is not Every.WEEKLY and starts_on.day > LAST_DAY_SURE:
        days = range(LAST_DAY_SURE, starts_on.day + 1)
        parts += [f"BYMONTHDAY={','.join(map(str, days))}", "BYSETPOS=-1"]
        if every is Every.YEARLY:
            parts.append(f"BYMONTH={starts_on.month}")
    if until is not None:
        parts.append(f"UNTIL={until:%Y%m%d}")
    elif rounds is not None:
        parts.append(f"COUNT={rounds}")
    return ";".join(parts)


def read_rule(rule: str, starts_on: date) -> rrule | rruleset:
    """A rule of days, counted from a first day.

    Raises:
        RecurrenceUnreadable
    """
    written = rule.strip().upper().removeprefix("RRULE:")
    parts = written.split(";")
    known = all(PARTS.fullmatch(part) for part in parts)
    if not known or sum(part.startswith("FREQ=") for part in parts) != 1:
        raise RecurrenceUnreadable(rule=rule)
    try:
        return rrulestr(written, dtstart=datetime.combine(starts_on, datetime.min.time()))
    except (ValueError, TypeError) as broken:
        raise RecurrenceUnreadable(rule=rule) from broken


def days_of(recurrence: Recurrence) -> Iterator[date]:
    """The days of a recurrence, the first one first."""
    rule = read_rule(recurrence.rule, recurrence.starts_on)
    return (each.date() for each in rule)


def next_days(recurrence: Recurrence, after: date, number: int = SHOWN) -> list[date]:
    """The next days of a recurrence from a day on."""
    return list(islice((day for day in days_of(recurrence) if day >= after), number))


def day_due(session: Session, recurrence: Recurrence, today: date) -> date | None:
    """The latest day up to today for which no cycle was started, nor for one after it."""
    past = list(takewhile(lambda day: day <= today, days_of(recurrence)))
    started = select(func.max(Cycle.due_on)).where(Cycle.program_id == recurrence.program_id)
    last = session.scalar(started)
    if not past or (last is not None and past[-1] <= last):
        return None
    return past[-1]


def recurrence_of(session: Session, program_id: int, *, actor: Actor) -> Recurrence | None:
    """When the cycles of a program begin, if that was said.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.READ_PROGRAMS)
    program_seen(session, program_id, actor=actor)
    return session.get(Recurrence, program_id)
