"""Correcting an import in its review: cells on the page, many in a file, and whom a row means.

What is corrected is kept beside the file, which stays as it was sent; checking it reads both. Each
act is followed by a check, whoever asks for it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import delete, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.bulk import copy_into
from core.crypto import equality, kept
from core.errors import Conflict, Invalid, NotFound
from core.jobs import Progress
from core.storage import readable
from registry.models.imports import (
    Import,
    ImportCell,
    ImportKind,
    ImportRow,
    ImportState,
    Verdict,
)
from registry.models.registrants import Individual, Registrant, RegistrantKind
from registry.permissions import May
from registry.queries.import_files import corrected_table, table_in
from registry.queries.import_rows import cells_by_column
from registry.queries.imports import ROW, WHY
from registry.queries.registrants import registrant_by_number
from registry.services.import_decisions import counted
from registry.services.imports import locked

REPORT_EVERY = 10_000  # rows
FRESH = text("""
    create temporary table corrections (row_number bigint, heading text, value text, value_key text)
    on commit drop
""")
TAKE = text("""
    insert into import_cells (import_id, row_number, heading, value, value_key, made_by)
    select :import_id, row_number, heading, value, value_key, :made_by from corrections
    on conflict (import_id, row_number, heading) do update
    set value = excluded.value, value_key = excluded.value_key, corrected_at = clock_timestamp()
""")
DONE = text("drop table corrections")


class RowMissing(NotFound):
    """The file has no row {row} that you may see."""


class RowsUnnamed(Invalid):
    """{name} has no column {column}, so nobody can tell which rows it corrects: take the rows along
    from the page of the import and correct those."""


class ColumnStrange(Invalid):
    """{name} has a column {column} that the file it corrects has not; leave the headings as they
    are."""


class OfAnotherKind(Invalid):
    """{number} is a household, and the rows of this file are people; link the row to a person."""


class OfNoPerson(Invalid):
    """{number} is a person, and the rows of this file are households; link the row to a
    household."""


class LinkedTwice(Conflict):
    """Row {row} is taken for {number} already; one of the two rows has to go."""


def correct(
    session: Session, import_id: int, number: int, cells: Mapping[str, str], *, actor: Actor
) -> int:
    """Write into a row what its cells should have said, by field; answers how many changed.

    Raises:
        Forbidden, NotFound, ImportElsewhere, RowMissing
    """
    actor.require(May.IMPORT_REGISTRANTS)
    found = locked(session, import_id, May.IMPORT_REGISTRANTS, ImportState.CHECKED, actor=actor)
    row = _row(session, found, number)
    before = cells_by_column(found, row)
    after = cells_by_column(found, row, cells)
    anew = {name: said for name, said in after.items() if said != before.get(name, "")}
    with audit.act(session, actor, "imports.correct", found) as figures:
        for heading, said in anew.items():
            told: dict[str, Any] = {
                "value": said,
                "value_key": equality(said),
                "area_id": row.area_id,
            }
            key = {"import_id": found.id, "row_number": number, "heading": heading}
            given = insert(ImportCell).values(**key, **told, made_by=found.uploaded_by)
            told["corrected_at"] = func.clock_timestamp()
            session.execute(given.on_conflict_do_update(index_elements=[*key], set_=told))
        figures.update(row=number, cells=len(anew))
    return len(anew)


def as_sent(session: Session, import_id: int, number: int, *, actor: Actor) -> None:
    """Forget what was corrected in a row.

    Raises:
        Forbidden, NotFound, ImportElsewhere, RowMissing
    """
    actor.require(May.IMPORT_REGISTRANTS)
    found = locked(session, import_id, May.IMPORT_REGISTRANTS, ImportState.CHECKED, actor=actor)
    _row(session, found, number)
    cell = ImportCell
    with audit.act(session, actor, "imports.correct", found) as figures:
        session.execute(delete(cell).where(cell.import_id == found.id, cell.row_number == number))
        figures.update(row=number, cells=0)


def correct_from(
    session: Session, import_id: int, sha256: str, name: str, *, actor: Actor, progress: Progress
) -> int:
    """Take the cells of a file of rows that were taken along and corrected; only what differs.

    Rows that are not in it stay as they are. Answers how many cells were corrected.

    Raises:
        Forbidden, NotFound, ImportElsewhere, RowsUnnamed, ColumnStrange, Cancelled, and the
        refusals of `geo.tables`
    """
    actor.require(May.IMPORT_REGISTRANTS)
    found = locked(session, import_id, May.IMPORT_REGISTRANTS, ImportState.CHECKED, actor=actor)
    rows = _rows_in(sha256, name, found)
    with audit.act(session, actor, "imports.correct", found) as figures:
        session.execute(FRESH)
        differing = list(_differing(session, found, rows, progress))
        told = (
            (number, heading, kept(said), equality(said)) for number, heading, said in differing
        )
        copy_into(session, "corrections", ("row_number", "heading", "value", "value_key"), told)
        session.execute(TAKE, {"import_id": found.id, "made_by": found.uploaded_by})
        session.execute(DONE)
        figures.update(rows=len(rows), cells=len(differing))
    return len(differing)


def link(
    session: Session, import_id: int, row_number: int, number: str, *, actor: Actor
) -> Registrant:
    """Say that a row tells of somebody registered, whatever their codes say.

    Raises:
        Forbidden, NotFound, ImportElsewhere, RowMissing, RegistrantUnknown, OfAnotherKind,
        OfNoPerson, LinkedTwice
    """
    actor.require(May.IMPORT_REGISTRANTS)
    found = locked(session, import_id, May.IMPORT_REGISTRANTS, ImportState.CHECKED, actor=actor)
    row = _row(session, found, row_number)
    meant = registrant_by_number(session, number, actor=actor)
    person, group = _both(session, found.kind, meant)
    _must_be_first(session, found, row_number, meant)
    with audit.act(session, actor, "imports.decide", found) as figures:
        row.decided, row.registrant_id, row.group_id = Verdict.LINK, person, group
        session.flush()
        found.counts = counted(session, found)
        figures.update(row=row_number, verdict=Verdict.LINK)
    return meant


def is_new(
    session: Session, import_id: int, row_number: int, *, actor: Actor, decided: bool = True
) -> None:
    """Say that a row tells of nobody registered, or leave it open again whom it tells of.

    Raises:
        Forbidden, NotFound, ImportElsewhere, RowMissing
    """
    actor.require(May.IMPORT_REGISTRANTS)
    found = locked(session, import_id, May.IMPORT_REGISTRANTS, ImportState.CHECKED, actor=actor)
    row = _row(session, found, row_number)
    with audit.act(session, actor, "imports.decide", found) as figures:
        row.decided = Verdict.CREATE if decided and row.verdict is Verdict.CREATE else None
        session.flush()
        found.counts = counted(session, found)
        figures.update(row=row_number, verdict=row.decided or "open")


def _row(session: Session, found: Import, number: int) -> ImportRow:
    row = session.get(ImportRow, (found.id, number))
    if row is None:
        raise RowMissing(row=number)
    return row


def _both(session: Session, kind: ImportKind, meant: Registrant) -> tuple[int | None, int | None]:
    """The person and the household a row means whom somebody said it tells of."""
    if meant.kind is RegistrantKind.GROUP:
        if kind is ImportKind.HOUSEHOLDS:
            return meant.id, meant.id
        if kind is ImportKind.REGISTRATIONS:
            return None, meant.id
        raise OfAnotherKind(number=meant.number)
    if kind is ImportKind.HOUSEHOLDS:
        raise OfNoPerson(number=meant.number)
    home = select(Individual.counted_in).where(Individual.registrant_id == meant.id)
    return meant.id, session.scalar(home)


def _must_be_first(session: Session, found: Import, number: int, meant: Registrant) -> None:
    """Two rows of a file are not one record: they would undo one another."""
    row = ImportRow
    is_theirs = row.registrant_id if meant.kind is RegistrantKind.INDIVIDUAL else row.group_id
    other = session.scalar(
        select(func.min(row.row_number)).where(
            row.import_id == found.id,
            row.row_number != number,
            row.verdict != Verdict.ERROR,
            or_(row.decided.is_(None), row.decided != Verdict.IGNORE),
            is_theirs == meant.id,
        )
    )
    if other is not None:
        raise LinkedTwice(row=other, number=meant.number)


def _rows_in(sha256: str, name: str, found: Import) -> dict[int, dict[str, str]]:
    """The cells of a file of corrected rows by the rows they correct."""
    with readable(sha256) as path, table_in(path, name) as table:
        if ROW not in table.columns:
            raise RowsUnnamed(name=name, column=ROW)
        own = [each for each in table.columns if each not in (ROW, WHY)]
        strange = next((each for each in own if each not in found.columns), None)
        if strange is not None:
            raise ColumnStrange(name=name, column=strange)
        at = table.columns.index(ROW)
        return {
            int(cells[at] or 0): {
                column: cell or ""
                for column, cell in zip(table.columns, cells, strict=True)
                if column in own
            }
            for _number, cells, _over in table.rows
            if (cells[at] or "").isdecimal()
        }


def _differing(
    session: Session, found: Import, rows: Mapping[int, Mapping[str, str]], progress: Progress
) -> Iterator[tuple[int, str, str]]:
    """Row, column and cell of what is not what the file says now."""
    with corrected_table(session, found) as table:
        for count, (number, cells, _over) in enumerate(table.rows):
            if count % REPORT_EVERY == 0:
                progress.report(count, 0)
            anew = rows.get(number)
            if anew is None:
                continue
            for column, cell in zip(table.columns, cells, strict=True):
                if column in anew and anew[column] != (cell or ""):
                    yield number, column, anew[column]
