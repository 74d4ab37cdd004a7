"""Staging: the cells of a file, or of an import's rows, in temporary tables to be asked by set.

`staged` has the cells as they were written, but all days with their year first and identifiers as
they are kept (sealed where that is configured; `id_key` tells which are the same); `words` has what
the words in them mean, `reach` the areas that may be written to. They end with the transaction.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    MetaData,
    Select,
    Table,
    Text,
    cast,
    insert,
    literal,
    null,
    select,
    text,
)
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateTable, DropTable

from core.bulk import copy_into
from core.crypto import equality, kept
from core.jobs import Progress
from geo import tables
from registry.models.imports import Import, Verdict
from registry.parsing.days import DayOrder, year_first
from registry.parsing.fields import FIELDS
from registry.parsing.words import fixed_words
from registry.queries.imports import ROWS

Row = tuple[int, list[str | None], bool]

IDENTIFIER, ID_KEY = "id_number", "id_key"
MARKS = 3  # columns of `staged` before the cells: row number, overlong, accepted
KEYS_STAY = text("select pg_advisory_xact_lock_shared(hashtext('encryption keys'))")
TELL_EVERY = 50_000  # rows between two reports of progress

VOCABULARIES = text("""
    insert into words (list, word, code)
    select distinct on (list, word) list, word, code
    from vocabularies
    cross join lateral (
        select lower(code), 1 union all
        select lower(label.value), 2 from jsonb_each_text(labels) as label union all
        select synonym, 3 from unnest(synonyms) as synonym
    ) as known (word, rank)
    where active
    order by list, word, rank, position
""")


# The planner knows nothing of a table that was just filled, and guesses badly.
LOOK_AT_STAGED, LOOK_AT_WORDS = text("analyze staged (row_number, code)"), text("analyze words")
ROOM = text("set local work_mem = '128MB'")  # to sort and join whole files without the disk


def stage_file(session: Session, an_import: Import, path: Path, progress: Progress) -> int:
    """COPY the mapped columns of a file into `staged`; answers the number of rows.

    Raises:
        the refusals of `tables.opened`, and Cancelled.
    """
    fields = [field.name for field in FIELDS[an_import.kind]]
    session.execute(KEYS_STAY)
    staged = _staged(session, fields)
    with tables.opened(path, an_import.original_name) as table:
        sources = [_index(table.columns, an_import.mapping.get(field)) for field in fields]
        place = _index(fields, IDENTIFIER)
        rows = _told(_sealed(_cells(_with_days(table, an_import), sources), place), progress)
        count = copy_into(session, staged.name, staged.columns.keys(), rows)
    session.execute(LOOK_AT_STAGED)
    return count


def stage_rows(session: Session, an_import: Import) -> None:
    """Put the rows of an import that have no error into `staged` once more."""
    fields = [field.name for field in FIELDS[an_import.kind]]
    session.execute(KEYS_STAY)
    staged, row = _staged(session, fields), ROWS[an_import.kind].__table__.c
    key = row[ID_KEY] if ID_KEY in row else cast(null(), Text)
    known = (row.row_number, literal(value=False), row.accepted)
    cells = select(*known, *(row[field] for field in fields), key)
    sound = cells.where(row.import_id == an_import.id, row.verdict != Verdict.ERROR)
    session.execute(insert(staged).from_select(staged.columns.keys(), sound))
    session.execute(LOOK_AT_STAGED)


def stage_words(session: Session) -> None:
    """Make `words` from the word lists: what a word of a cell means, in which list."""
    words = _temporary(session, "words", *(Column(name, Text) for name in ("list", "word", "code")))
    copy_into(session, words.name, words.columns.keys(), fixed_words())
    session.execute(VOCABULARIES)
    session.execute(LOOK_AT_WORDS)


def stage_reach(session: Session, area_ids: Select[Any] | None) -> None:
    """Make `reach` of the areas that may be written to; without any it stays empty."""
    reach = _temporary(session, "reach", Column("area_id", BigInteger, primary_key=True))
    if area_ids is not None:
        session.execute(insert(reach).from_select(["area_id"], area_ids))


def _staged(session: Session, fields: Iterable[str]) -> Table:
    session.execute(ROOM)
    cells = [Column(field, Text) for field in fields]
    number = Column("row_number", BigInteger, primary_key=True, autoincrement=False)
    marks = (Column("overlong", Boolean), Column("accepted", Boolean))
    return _temporary(session, "staged", number, *marks, *cells, Column(ID_KEY, Text))


def _temporary(session: Session, name: str, *columns: Column[Any]) -> Table:
    """An empty table of this transaction, in place of one that an earlier step of it made."""
    temporary = ["TEMPORARY"]
    made = Table(name, MetaData(), *columns, prefixes=temporary, postgresql_on_commit="DROP")
    session.execute(DropTable(made, if_exists=True))
    session.execute(CreateTable(made))
    return made


def _with_days(table: tables.Table, an_import: Import) -> Iterable[Row]:
    """The rows of a file, each day of it with its year first; other cells as they were written."""
    order = an_import.day_order or DayOrder.YEAR_FIRST
    days = [an_import.mapping.get(field.name) for field in FIELDS[an_import.kind] if field.is_day]
    places = [table.columns.index(column) for column in days if column in table.columns]
    if order is DayOrder.YEAR_FIRST or not places:
        return table.rows
    return _turned(table.rows, places, order)


def _turned(rows: Iterable[Row], places: Sequence[int], order: DayOrder) -> Iterator[Row]:
    for number, cells, over in rows:
        for place in places:
            cells[place] = year_first(cells[place] or "", order) or None
        yield number, cells, over


def _index(columns: Sequence[str], column: str | None) -> int | None:
    return columns.index(column) if column in columns else None


def _cells(
    rows: Iterable[Row], sources: Sequence[int | None]
) -> Iterator[tuple[int | bool | str | None, ...]]:
    for number, cells, over in rows:
        yield number, over, False, *(None if i is None else cells[i] for i in sources)


def _sealed(
    rows: Iterable[tuple[int | bool | str | None, ...]], place: int | None
) -> Iterator[tuple[int | bool | str | None, ...]]:
    """The rows with their identifier as it is kept, and last what it is told to be the same by."""
    if place is None:
        yield from ((*row, None) for row in rows)
        return
    at = MARKS + place
    for row in rows:
        value = row[at]
        if isinstance(value, str):
            yield (*row[:at], kept(value), *row[at + 1 :], equality(value))
        else:
            yield (*row, None)


def _told(
    rows: Iterable[tuple[int | bool | str | None, ...]], progress: Progress
) -> Iterator[tuple[int | bool | str | None, ...]]:
    """The rows, and a word on how many there were now and then."""
    for count, row in enumerate(rows):
        if count % TELL_EVERY == 0:
            progress.report(count, 0)
        yield row
