"""Everything held on one registrant, to be handed to them: found by how the tables are made.

Whatever row names a registrant, by a column `registrant_id` or `registrant_ids` or by a foreign key
to `registrants`, is theirs, and so are the rows that point at such a row. A table that comes later
is in it by itself. Of a household it is what is held on its members of today as well.
"""

import io
import json
import zipfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, ColumnElement, LargeBinary, Table, or_, select
from sqlalchemy.orm import Session

from app.tables import metadata
from core import audit
from core.actor import Actor
from geo.permissions import May as Geo
from registry.models.registrants import Membership, Registrant
from registry.permissions import May
from registry.queries.fields import columns_made
from registry.queries.registrants import registrant_by_number

REGISTRANTS, PLACES = "registrants", "locations"
NAMED_BY = ("name", "number", "code")  # what a row that is pointed at is called by
NOT_THEIRS = {"looks": {"address"}}  # of who looked, not of who was looked at
MOST = 10_000  # rows of a table

Row = dict[str, Any]


@dataclass(frozen=True)
class Held:
    """All rows held on a registrant, by table; what a row points at is called by its name too."""

    registrant: Registrant
    tables: Mapping[str, Sequence[Row]]

    @property
    def rows(self) -> int:
        """How many they are."""
        return sum(map(len, self.tables.values()))


def take_along(
    session: Session, number: str, written: Callable[[Held], str], *, actor: Actor
) -> bytes:
    """A ZIP of everything held on one registrant: `person.json`, and `person.html` as `written`.

    Raises:
        Forbidden, NumberMistyped, RegistrantUnknown
    """
    actor.require(May.EXPORT_REGISTRANTS)
    actor.require(Geo.EXACT_LOCATIONS)
    registrant = registrant_by_number(session, number, actor=actor)
    with audit.act(session, actor, "registrants.export", registrant) as figures:
        held = held_on(session, registrant)
        figures.update(tables=len(held.tables), rows=held.rows)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as folder:
        told = json.dumps(held.tables, ensure_ascii=False, indent=1, default=_plain)
        folder.writestr("person.json", told)
        folder.writestr("person.html", written(held))
    return file.getvalue()


def held_on(session: Session, registrant: Registrant) -> Held:
    """All rows held on a registrant, and on who belongs to it today."""
    members = select(Membership.member_id).where(
        Membership.group_id == registrant.id, Membership.ended_on.is_(None)
    )
    ids = [registrant.id, *session.scalars(members)]
    found = {
        table.name: _named(session, table, _rows(session, table, theirs))
        for table, theirs in tables_about(ids).items()
    }
    return Held(registrant, {name: rows for name, rows in found.items() if rows})


def tables_about(ids: Sequence[int]) -> dict[Table, ColumnElement[bool]]:
    """Every table that says something of these registrants, and which of its rows do."""
    registrants, places = metadata.tables[REGISTRANTS], metadata.tables[PLACES]
    about: dict[Table, ColumnElement[bool]] = {registrants: registrants.c.id.in_(ids)}
    for table in metadata.sorted_tables:
        if table is not registrants and (named := _naming(table, ids)):
            about[table] = or_(*named)
    for table in metadata.sorted_tables:
        if table not in about and (below := _below(table, about)):
            about[table] = or_(*below)
    stood_at = [
        places.c.id.in_(select(column).where(theirs))
        for table, theirs in about.items()
        for column in table.columns
        if _target(column) is places and table.name != "service_points"
    ]
    return {**about, places: or_(*stood_at)}


def _naming(table: Table, ids: Sequence[int]) -> list[ColumnElement[bool]]:
    """That a column of a table names one of these registrants."""
    found: list[ColumnElement[bool]] = []
    for column in table.columns:
        if column.name == "registrant_ids":
            found.append(column.overlap(ids))
        elif column.name == "registrant_id" or _is_registrant(column):
            found.append(column.in_(ids))
    return found


def _below(table: Table, about: Mapping[Table, ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    """That a row of a table points at a row that is theirs."""
    found: list[ColumnElement[bool]] = []
    for column in table.columns:
        target = _target(column)
        if target is not None and target in about and "id" in target.c:
            found.append(column.in_(select(target.c.id).where(about[target])))
    return found


def _is_registrant(column: Column[Any]) -> bool:
    target = _target(column)
    return target is not None and target.name == REGISTRANTS


def _target(column: Column[Any]) -> Table | None:
    """The table a column points at."""
    return next((key.column.table for key in column.foreign_keys), None)


def _rows(session: Session, table: Table, theirs: ColumnElement[bool]) -> list[Row]:
    left_out = NOT_THEIRS.get(table.name, set())
    columns: list[ColumnElement[Any]] = [
        c for c in table.columns if _is_told(c) and c.name not in left_out
    ]
    columns += [made.label(code) for code, made in columns_made(session, table.name).items()]
    rows = session.execute(select(*columns).where(theirs).limit(MOST)).mappings()
    return [dict(row) for row in rows]


def _is_told(column: Column[Any]) -> bool:
    """Whether a column can be read: digests and shapes cannot."""
    return not isinstance(column.type, LargeBinary) and column.type.__class__.__name__ != "Geometry"


def _named(session: Session, table: Table, rows: list[Row]) -> list[Row]:
    """Rows with the names of what they point at beside its keys."""
    for column in table.columns:
        target = _target(column)
        name = next((n for n in NAMED_BY if target is not None and n in target.c), None)
        if target is None or name is None or not rows:
            continue
        names = _names(session, target, name, {row[column.name] for row in rows} - {None})
        for row in rows:
            row[column.name.removesuffix("_id")] = names.get(row[column.name])
    return rows


def _names(session: Session, table: Table, name: str, ids: Collection[int]) -> dict[int, str]:
    wanted = select(table.c.id, table.c[name]).where(table.c.id.in_(ids))
    return {row[0]: row[1] for row in session.execute(wanted)}


def _plain(value: object) -> str:
    """What JSON has no word for."""
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def said(value: object) -> str:
    """A value as a page writes it."""
    if value is None or value == []:
        return ""
    if isinstance(value, date | datetime | Decimal):
        return _plain(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
