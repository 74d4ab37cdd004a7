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
from registry.documents.registers import write_geopackage, write_workbook
from registry.models.fields import Scope
from registry.models.imports import ImportKind
from registry.models.registrants import Registrant
from registry.permissions import May
from registry.queries.area_moves import moved_rows
from registry.queries.fields import Fields, known_fields
from registry.queries.registered_rows import columns_needed, registered_rows

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
    found = registered_rows(kind, own_of_rows(session, kind), actor=actor)
    rows = _chosen(found, kind, taking.columns)
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


def own_of_rows(session: Session, kind: ImportKind) -> Fields:
    """The own fields that stand in files of households, or of people."""
    return known_fields(session, SCOPE[kind])


def _chosen(rows: Select[Any], kind: ImportKind, columns: Collection[str]) -> Select[Any]:
    known = rows.selected_columns.keys()
    for name in columns:
        if name not in known:
            raise ColumnsUnknown(name=name, columns=", ".join(known))
    if not columns:
        return rows
    kept = columns_needed(kind) | {*columns}
    return rows.with_only_columns(*(c for c in rows.selected_columns if c.key in kept))
