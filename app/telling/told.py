"""Entries of the trail and changes of fields, told line by line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy.orm import Session

from app.telling.currencies import currencies_of
from app.telling.names import field_said, figure_name
from app.telling.values import Said, own_said, value_said
from app.trail import Changed
from core.audit import AuditEntry
from registry.queries.fields import own_fields
from registry.queries.vocabularies import labels


@dataclass(frozen=True)
class Figure:
    """One figure of an act: what it is called, and what it is."""

    label: str
    said: Said


@dataclass(frozen=True)
class Line:
    """One field that was changed, from what to what."""

    label: str
    before: Said
    after: Said


@dataclass(frozen=True)
class Together:
    """The fields of one row that one act changed; of what is erased there are no lines."""

    first: Changed
    lines: Sequence[Line]


def figures_told(session: Session, entries: Sequence[AuditEntry]) -> Mapping[int, Sequence[Figure]]:
    """The figures of entries in words, by the entry's key."""
    currencies = currencies_of(session, ((entry.subject, entry.subject_id) for entry in entries))
    words = labels(session)

    def figures(entry: AuditEntry) -> Sequence[Figure]:
        known = currencies.get((entry.subject, entry.subject_id))
        currency = entry.figures.get("currency") or known
        return [
            Figure(figure_name(name), value_said(name, value, currency, words))
            for name, value in entry.figures.items()
            if name != "currency"  # it stands with the amount
        ]

    return {entry.id: figures(entry) for entry in entries}


def changes_told(session: Session, changes: Sequence[Changed]) -> Sequence[Together]:
    """Changes of fields in words, row by row, in their order."""
    currencies = currencies_of(session, ((each.table, each.row_id) for each in changes))
    words, own = labels(session), own_fields(session)

    def line(change: Changed) -> Line:
        if (field := own.held_in(change.table, change.field)) is not None:
            was, now = (own_said(field, value, words) for value in (change.before, change.after))
            return Line(field.label, was, now)
        currency = currencies.get((change.table, change.row_id))
        before, after = (
            value_said(change.field, value, currency, words)
            for value in (change.before, change.after)
        )
        return Line(field_said(change.table, change.field), before, after)

    rows = (list(fields) for _row, fields in groupby(changes, _row_of))
    return [Together(row[0], [line(each) for each in row if each.field]) for row in rows]


def _row_of(change: Changed) -> tuple[object, ...]:
    """Which act changed which row."""
    return change.at, change.action, change.table, change.row_id
