"""Asking about single rows of an import: what they say, whom they are like, which come next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    any_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import NotFound
from core.paging import Page, page_of
from geo.models.areas import Area
from registry.checking.fields import PLACE
from registry.models.imports import Import, ImportCell, ImportMatch, ImportRow, Verdict
from registry.models.registrants import Individual, Registrant
from registry.permissions import May
from registry.queries.import_files import corrected_table
from registry.queries.imports import ROW, WHY, cells_of, reasons_of
from registry.queries.reach import people_within_reach


@dataclass(frozen=True)
class Wanted:
    """Which rows of an import are asked for: of one verdict, with one finding, like somebody
    registered, corrected, or with a text in one of their cells."""

    verdict: Verdict | None = None
    finding: str = ""
    similar: bool = False
    corrected: bool = False
    text: str = ""

    @property
    def anything(self) -> bool:
        """Whether it asks for some rows only."""
        return self != Wanted()


@dataclass(frozen=True)
class RowAsked:
    """One row of an import: whom it may be, whom it was taken for, and the columns that were
    corrected; the rows before and after it that ask for a look."""

    row: ImportRow
    like: Sequence[Any]
    taken_for: Any
    corrected: frozenset[str]
    before: int | None
    after: int | None


def rows_page(
    session: Session,
    found: Import,
    wanted: Wanted,
    *,
    actor: Actor,
    after: int | None = None,
) -> Page[Any]:
    """Rows of an import in the order of the file, those that are wanted."""
    actor.require(May.IMPORT_REGISTRANTS)
    row = ImportRow
    listed = select(row, row.row_number).where(row.import_id == found.id, *_of(wanted))
    return page_of(session, listed, row.row_number, after)


def corrected_in(session: Session, found: Import, numbers: Sequence[int]) -> dict[int, set[str]]:
    """The columns that were corrected in some rows."""
    cell, columns = ImportCell, dict[int, set[str]]()
    asked = select(cell.row_number, cell.heading).where(
        cell.import_id == found.id, cell.row_number.in_(numbers)
    )
    for number, heading in session.execute(asked):
        columns.setdefault(number, set()).add(heading)
    return columns


def waiting_corrections(session: Session, found: Import) -> int:
    """How many rows were corrected since the file was checked."""
    if found.checked_at is None:
        return 0
    cell = ImportCell
    asked = select(func.count(cell.row_number.distinct())).where(
        cell.import_id == found.id, cell.corrected_at > found.checked_at
    )
    return session.scalar(asked) or 0


def row_asked(session: Session, found: Import, number: int, *, actor: Actor) -> RowAsked:
    """One row of an import, for its page.

    Raises:
        Forbidden
        NotFound: there is none, or who asks may not see it.
    """
    actor.require(May.IMPORT_REGISTRANTS)
    row = session.get(ImportRow, (found.id, number))
    if row is None:
        raise NotFound(row=number)
    linked = row.registrant_id or row.group_id
    return RowAsked(
        row,
        session.execute(_alike(found, number, actor)).all(),
        session.execute(_registered(linked, actor)).first() if linked else None,
        frozenset(corrected_in(session, found, [number]).get(number, ())),
        session.scalar(_next_to(found, func.max, ImportRow.row_number < number)),
        session.scalar(_next_to(found, func.min, ImportRow.row_number > number)),
    )


def cells_by_column(
    found: Import, row: ImportRow, said: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The cells of a row by column, as they are shown, those of some fields as they are `said`.

    Of a column that holds both coordinates the cell is a point in WKT.
    """
    shown = {field: cell or "" for field, cell in cells_shown(found, row).items()}
    shown |= {field: " ".join(cell.split()) for field, cell in (said or {}).items()}
    cells = {column: shown.get(field, "") for field, column in found.mapping.items()}
    if _is_paired(found):
        lon, lat = (shown.get(axis, "") for axis in PLACE)
        point = f"POINT ({lon} {lat})" if lon and lat and lon != lat else lon or lat
        cells[found.mapping[PLACE[0]]] = point
    return cells


def cells_shown(found: Import, row: ImportRow) -> dict[str, str | None]:
    """The cells of a row by field; of a column that holds both coordinates each of them, where it
    could be read."""
    cells = cells_of(found, row)
    if _is_paired(found):
        read = dict(zip(found.fields, row.cells, strict=False))
        cells |= {axis: read[axis] for axis in PLACE if read.get(axis)}
    return cells


def _is_paired(found: Import) -> bool:
    """Whether one column holds both coordinates."""
    lon, lat = (found.mapping.get(axis) for axis in PLACE)
    return lon is not None and lon == lat


def failed_rows(session: Session, found: Import, *, actor: Actor) -> Iterator[Sequence[str]]:
    """The rows that were left out, as they are corrected so far, with their place in the file and
    their reasons; headings first.

    They can be corrected and sent again, to this import or as a new one: their places and the
    column of reasons mean nothing there.
    """
    actor.require(May.IMPORT_REGISTRANTS)
    row = ImportRow
    failed = select(row).where(row.import_id == found.id, row.verdict == Verdict.ERROR)
    reasons = {each.row_number: reasons_of(each, found) for each in session.scalars(failed)}
    with corrected_table(session, found) as table:
        own = [column for column in found.columns if column not in (WHY, ROW)]
        kept = [table.columns.index(column) for column in own]
        yield [ROW, *own, WHY]
        for number, cells, _over in table.rows:
            if number in reasons:
                yield [str(number), *(cells[place] or "" for place in kept), reasons[number]]


def _of(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    row, cell = ImportRow, ImportCell
    if wanted.verdict:
        yield func.coalesce(row.decided, row.verdict) == wanted.verdict
    if wanted.finding:
        said = literal(wanted.finding)
        yield or_(said == any_(row.warnings), said == any_(row.errors))
    if wanted.similar:
        yield _is_alike()
    if wanted.corrected:
        of_row = and_(cell.import_id == row.import_id, cell.row_number == row.row_number)
        yield exists().where(of_row)
    if wanted.text:
        told = func.concat_ws(" ", row.household_key, row.person_key, cast(row.cells, String))
        yield told.icontains(wanted.text, autoescape=True)


def _is_alike() -> ColumnElement[bool]:
    """Whether a row would make somebody new, is like somebody registered, and is undecided."""
    row, match = ImportRow, ImportMatch
    of_row = and_(match.import_id == row.import_id, match.row_number == row.row_number)
    return and_(row.verdict == Verdict.CREATE, row.decided.is_(None), exists().where(of_row))


def _next_to(found: Import, which: Any, side: ColumnElement[bool]) -> Select[Any]:
    """The nearest row on one side that has an error, a doubt, or is like somebody."""
    row = ImportRow
    asks = or_(
        func.cardinality(row.errors) > 0,
        and_(func.cardinality(row.warnings) > 0, ~row.accepted),
        _is_alike(),
    )
    return select(which(row.row_number)).where(row.import_id == found.id, side, asks)


def _alike(found: Import, number: int, actor: Actor) -> Select[Any]:
    """Whom a row is like, the likest first, of those the actor may see."""
    match = ImportMatch
    return (
        _people(actor)
        .add_columns(match.score, match.reasons)
        .join(match, match.registrant_id == Registrant.id)
        .where(match.import_id == found.id, match.row_number == number)
        .order_by(match.score.desc(), Registrant.id)
    )


def _registered(registrant_id: int, actor: Actor) -> Select[Any]:
    return _people(actor).where(Registrant.id == registrant_id)


def _people(actor: Actor) -> Select[Any]:
    """What a row is held against: id, number, name, name_local, kind, sex, birth_date, exact,
    area, pcode, code."""
    columns: tuple[Any, ...] = (
        *(Registrant.id, Registrant.number, Registrant.name, Registrant.name_local),
        *(Registrant.kind, Individual.sex, Individual.birth_date),
        Individual.birth_date_exact.label("exact"),
        *(Area.name.label("area"), Area.pcode, Registrant.code),
    )
    return (
        select(*columns)
        .outerjoin(Individual, Individual.registrant_id == Registrant.id)
        .outerjoin(Area, Area.id == Registrant.area_id)
        .where(people_within_reach(actor, Registrant.id, Registrant.area_id))
    )
