"""Times in a filter: days, moments, intervals, and how two of them follow one another.

Where either of two is a day, both are compared as days of the country's time zone; so a moment
equals the day it fell on. The ends of an interval belong to it.
"""

import operator
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Date, DateTime, and_, cast, func, literal, not_

from core.country import country
from core.cql.terms import (
    IN_TIME,
    Condition,
    Kind,
    Lookup,
    Piece,
    Terms,
    WrongKind,
    met_by_any,
)
from core.words import _

OPEN = ".."
Test = tuple[int, Callable[[Any, Any], Any], int]  # an end of the first against one of the second
START, END = 0, 1


def terms_of_days(on: date) -> Terms:
    """The days a filter may reckon from the day `on`: `days_ago(30)`; 0 is that day itself."""

    def before(asked: Sequence[Any]) -> Any:
        try:
            return literal(on - timedelta(days=int(asked[0])), Date)
        except OverflowError:
            wanted = _("a number of days")
            raise WrongKind(said=f"{asked[0]}", kind=_("no day"), wanted=wanted) from None

    said = _("The day so many days ago; 0 is today")
    return {"days_ago": Lookup(before, said, kind=Kind.DATE, takes=(Kind.NUMBER,))}


def day(written: str) -> Piece:
    """A day that was written out: 2026-11-19.

    Raises:
        WrongKind
    """
    return Piece(literal(_parsed(date, written), Date), Kind.DATE, written)


def moment(written: str) -> Piece:
    """A moment that was written out; one without its zone is UTC.

    Raises:
        WrongKind
    """
    found = _parsed(datetime, written)
    known = found if found.tzinfo else found.replace(tzinfo=UTC)
    return Piece(literal(known, DateTime(timezone=True)), Kind.MOMENT, written)


def edge(written: str, *, begins: bool) -> Piece:
    """An end of an interval that was written out, or two points where it has none."""
    if written == OPEN:
        never = literal("-infinity" if begins else "infinity")
        return Piece(cast(never, DateTime(timezone=True)), Kind.MOMENT, written)
    return moment(written) if "T" in written else day(written)


def interval(start: Piece, end: Piece) -> Piece:
    """The time from one day or moment to another."""
    for piece in (start, end):
        if piece.kind not in IN_TIME:
            raise _no_time(piece)
    said = _("from {start} to {end}", start=start.said, end=end.said)
    return Piece(start.expression, Kind.INTERVAL, said, members=(start, end))


def compared(compare: Callable[[Any, Any], Any], left: Piece, right: Piece) -> Condition:
    """Two days or moments, compared as days where either is one."""
    if Kind.DATE in (left.kind, right.kind):
        return compare(_as_day(left), _as_day(right))  # type: ignore[no-any-return]
    return compare(left.expression, right.expression)  # type: ignore[no-any-return]


def follow(word: str, left: Piece, right: Piece) -> Condition:
    """How two times follow one another, as one of `FOLLOWING` says it."""
    for piece in (left, right):
        if piece.kind not in (*IN_TIME, Kind.INTERVAL):
            raise _no_time(piece)
    tests = (
        compared(test, _end(left, of_left), _end(right, of_right))
        for of_left, test, of_right in FOLLOWING[word]
    )
    met = and_(*tests)
    return met_by_any(not_(met) if word == "t_disjoint" else met, left, right)


def _end(piece: Piece, which: int) -> Piece:
    return piece.members[which] if piece.members else piece


def _as_day(piece: Piece) -> Any:
    if piece.kind is Kind.DATE:
        return piece.expression
    return cast(func.timezone(country().timezone, piece.expression), Date)


def _no_time(piece: Piece) -> WrongKind:
    return WrongKind(said=piece.said, kind=_(piece.kind.value), wanted=_(Kind.DATE.value))


def _parsed(kind: Any, written: str) -> Any:
    try:
        return kind.fromisoformat(written)
    except ValueError:
        raise WrongKind(said=written, kind=_("no day"), wanted=_(Kind.DATE.value)) from None


LESS, MORE, SAME = operator.lt, operator.gt, operator.eq
MEETING: list[Test] = [(START, operator.le, END), (END, operator.ge, START)]
FOLLOWING: dict[str, list[Test]] = {
    "t_after": [(START, MORE, END)],
    "t_before": [(END, LESS, START)],
    "t_contains": [(START, LESS, START), (END, MORE, END)],
    "t_disjoint": MEETING,
    "t_during": [(START, MORE, START), (END, LESS, END)],
    "t_equals": [(START, SAME, START), (END, SAME, END)],
    "t_finishedBy": [(START, LESS, START), (END, SAME, END)],
    "t_finishes": [(START, MORE, START), (END, SAME, END)],
    "t_intersects": MEETING,
    "t_meets": [(END, SAME, START)],
    "t_metBy": [(START, SAME, END)],
    "t_overlappedBy": [(START, MORE, START), (START, LESS, END), (END, MORE, END)],
    "t_overlaps": [(START, LESS, START), (END, MORE, START), (END, LESS, END)],
    "t_startedBy": [(START, SAME, START), (END, MORE, END)],
    "t_starts": [(START, SAME, START), (END, LESS, END)],
}
