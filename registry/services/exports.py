"""Taking the registry along as files that can be imported again."""

import csv
import io
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.bulk import copy_out
from core.errors import Conflict, Invalid
from geo.models.area_changes import AreaChange
from geo.permissions import May as Geo
from registry.checking.fields import FIELDS, called
from registry.documents.registers import write_geopackage, write_workbook
from registry.models.fields import Scope
from registry.models.imports import ImportKind
from registry.models.registrants import Registrant
from registry.permissions import May
from registry.queries.area_moves import moved_rows
from registry.queries.fields import known_fields
from registry.queries.registered_rows import registered_rows

SCOPE = {ImportKind.HOUSEHOLDS: Scope.GROUP, ImportKind.PEOPLE: Scope.INDIVIDUAL}
SEALED = {ImportKind.HOUSEHOLDS: "", ImportKind.PEOPLE: "id_number"}
IN_SHEET = 250_000  # rows a workbook is opened with without trouble


class Written(StrEnum):
    """What kind of file the registry is written as."""

    CSV = "csv"
    WORKBOOK = "xlsx"
    GEOPACKAGE = "gpkg"


@dataclass(frozen=True)
class Taking:
    """What is taken along: columns (none: all), the kind of file, whose rows (None: all).

    The columns by which the rows are known again come along in any case. In a GeoPackage
    households are points.
    """

    columns: Collection[str] = ()
    written: Written = Written.CSV
    of: Select[int] | None = None


EVERYTHING = Taking()


class ColumnsUnknown(Invalid):
    """There is no column {name} to take along; choose among {columns}."""


class SheetTooLong(Conflict):
    """A workbook takes {most} rows, and these are {rows}; take them as CSV or GeoPackage."""


@dataclass(frozen=True)
class Offered:
    """A column that can be taken along: its heading, what it is called, whether it always is."""

    name: str
    called: str
    always: bool


def columns_offered(session: Session, kind: ImportKind, *, actor: Actor) -> list[Offered]:
    """The columns there are."""
    needed, own = _needed(kind), known_fields(session, SCOPE[kind])
    columns = _registered(session, kind, actor).selected_columns.keys()
    return [
        Offered(name, own[name].label if name in own else called(name), name in needed)
        for name in columns
    ]


def write_registered(
    session: Session,
    kind: ImportKind,
    stream: IO[bytes],
    taking: Taking = EVERYTHING,
    *,
    actor: Actor,
) -> int:
    """Write households, or people, as a file that can be imported again; answers how many.

    Raises:
        Forbidden, ColumnsUnknown, SheetTooLong
    """
    actor.require(May.EXPORT_REGISTRANTS)
    actor.require(Geo.EXACT_LOCATIONS)
    rows = _chosen(_registered(session, kind, actor), kind, taking.columns)
    if taking.of is not None:
        rows = rows.where(Registrant.id.in_(taking.of))
    sealed = SEALED[kind] if SEALED[kind] in rows.selected_columns else ""
    if taking.written is Written.CSV:
        return copy_out(session, rows, stream, sealed=sealed)
    with tempfile.TemporaryFile() as text:
        count = copy_out(session, rows, text, sealed=sealed)
        text.seek(0)
        lines = csv.reader(io.TextIOWrapper(text, "utf-8", newline=""))
        if taking.written is Written.GEOPACKAGE:
            write_geopackage(lines, kind.value, stream)
        elif count > IN_SHEET:
            raise SheetTooLong(most=IN_SHEET, rows=count)
        else:
            write_workbook(lines, kind.value, stream)
    return count


def write_moved(session: Session, change: AreaChange, stream: IO[bytes], *, actor: Actor) -> int:
    """Write who comes into another area by a new map as a CSV; answers how many they are.

    Raises:
        Forbidden
    """
    actor.require(May.READ_REGISTRANTS)
    return copy_out(session, moved_rows(change, actor=actor), stream)


def _registered(session: Session, kind: ImportKind, actor: Actor) -> Select[Any]:
    return registered_rows(kind, known_fields(session, SCOPE[kind]), actor=actor)


def _needed(kind: ImportKind) -> set[str]:
    """The columns by which rows are known again."""
    return {field.name for field in FIELDS[kind] if field.required}


def _chosen(rows: Select[Any], kind: ImportKind, columns: Collection[str]) -> Select[Any]:
    known = rows.selected_columns.keys()
    for name in columns:
        if name not in known:
            raise ColumnsUnknown(name=name, columns=", ".join(known))
    if not columns:
        return rows
    kept = _needed(kind) | {*columns}
    return rows.with_only_columns(*(c for c in rows.selected_columns if c.key in kept))
