"""Staging: the rows of a file, or of an import, in temporary tables to be asked by set.

`given` has every row with what was found in the file alone and what its cells say, each written one
way, in an array; `staged` has those that tell of households, or of people, a column a field;
`reach` has the areas that may be written to. They end with the transaction. Identifiers stand in
them as they are kept (sealed where that is configured; `id_key` tells which are the same).
"""

import gc
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    MetaData,
    Select,
    Table,
    Text,
    case,
    cast,
    func,
    insert,
    null,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateTable, DropTable

from core.bulk import NULL, as_array, as_arrays, as_texts, copy_columns
from core.clock import today
from core.crypto import equality, kept
from core.jobs import Progress
from geo.tables import TableEmpty
from registry.checking.files import sample_of, survey_of
from registry.checking.judging import Judge, Judged, is_flag
from registry.checking.reading import Cells, Reading
from registry.checking.survey import Chunk, chunks
from registry.models.imports import Import, ImportKind, ImportRow, Verdict
from registry.parsing.findings import cells_of
from registry.queries.import_files import (
    corrected_table,
    ground_of,
    mapped_as,
    words_of,
)
from registry.queries.own_columns import own_columns

Block = list[list[str]]  # columns of some rows

HOUSEHOLD = (
    *("area_pcode", "settlement", "longitude", "latitude", "accuracy_m", "location_source"),
    *("located_on", "size", "roster", "address", "phone"),
)
PERSON = (
    *("name", "name_local", "given_name", "other_names", "family_name", "sex", "birth_date"),
    *("birth_date_exact", "relation", "id_type", "disability", "civil_status"),
)
SEALED = (kept, equality)  # how identifiers are kept, and how they are told to be the same
OUTSIDE = ("code", "household_code", "id_number")  # fields that have a column of their own
KEYS_STAY = text("select pg_advisory_xact_lock_shared(hashtext('encryption keys'))")
ROOM = text("set local work_mem = '128MB'")  # to sort and join whole files without the disk
# The planner knows nothing of a table that was just filled, and guesses badly.
LOOK_AT_GIVEN = text("analyze given (row_number, household_key, person_key)")
LOOK_AT_STAGED = text("analyze staged (row_number, code, linked_id)")


def stage_file(session: Session, an_import: Import, progress: Progress) -> list[str]:
    """Judge the rows of a file and COPY them into `given`; answers the fields of their cells.

    Raises:
        the refusals of `geo.tables`, and Cancelled.
    """
    session.execute(KEYS_STAY)
    words, given = words_of(session), _given(session)
    with corrected_table(session, an_import) as table, _uncollected():
        mapped = mapped_as(an_import, table, words, own_columns(session, an_import.kind))
        survey = survey_of(table, mapped, words, sample_of(table))
        ground = ground_of(session, survey.rows)
        judge = Judge(survey, words, ground, today(), an_import.day_order)
        rows = _Rows(an_import.kind, judge)
        told = _reported(map(rows.of, chunks(table, mapped)), progress)
        if not copy_columns(session, given.name, given.columns.keys(), told):
            raise TableEmpty(name=an_import.original_name)
    session.execute(LOOK_AT_GIVEN)
    return rows.fields


def stage_rows(session: Session, an_import: Import) -> None:
    """Put the rows of an import that are to be merged into `given` once more."""
    session.execute(KEYS_STAY)
    given, row = _given(session), ImportRow.__table__.c
    names = [column.name for column in given.columns]
    is_linked = row.decided == Verdict.LINK
    known = {
        "row_number": row.row_number,
        "errors": row.errors,
        "warnings": row.warnings,
        "faulted": row.faulted,
        "accepted": row.accepted,
        "linked_id": case((is_linked, row.registrant_id)),
        "linked_group_id": case((is_linked, row.group_id)),
        **{name: row[name] for name in ("household_key", "person_key", "cells")},
        **{name: row[name] for name in ("id_number", "id_key")},
    }
    meant = select(*(known[name] for name in names)).where(
        row.import_id == an_import.id,
        row.verdict != Verdict.ERROR,
        row.decided.is_distinct_from(Verdict.IGNORE),
    )
    session.execute(insert(given).from_select(names, meant))
    session.execute(LOOK_AT_GIVEN)


def stage_households(session: Session, an_import: Import) -> None:
    """Put what `given` tells of households into `staged`, a row each: the first sound one of it."""
    given = Table("given", MetaData(), *_given_columns())
    linked = given.c.linked_group_id
    columns = _staged(given, an_import.fields, HOUSEHOLD, given.c.household_key, linked)
    found = select(*columns)
    if an_import.kind is ImportKind.ROSTER:
        is_faulty = func.cardinality(given.c.errors) > 0
        key = given.c.household_key
        found = found.ext(distinct_on(key)).where(key.is_not(None))
        found = found.order_by(key, is_faulty, given.c.row_number)
    _fill_staged(session, found)


def stage_people(session: Session, an_import: Import) -> None:
    """Put what `given` tells of people into `staged`, a row each."""
    given = Table("given", MetaData(), *_given_columns())
    columns = _staged(given, an_import.fields, PERSON, given.c.person_key, given.c.linked_id)
    own = (given.c.household_key.label("household_code"), given.c.id_number, given.c.id_key)
    is_theirs = an_import.kind is ImportKind.REGISTRATIONS  # a row is of both
    home = given.c.linked_group_id if is_theirs else cast(null(), BigInteger)
    _fill_staged(session, select(*columns, *own, home.label("home_id")))


def stage_reach(session: Session, area_ids: Select[Any] | None) -> None:
    """Make `reach` of the areas that may be written to; without any it stays empty."""
    reach = _temporary(session, "reach", Column("area_id", BigInteger, primary_key=True))
    if area_ids is not None:
        session.execute(insert(reach).from_select(["area_id"], area_ids))


class _Rows:
    """Rows of a file as `given` holds them; `fields` are those of their cells, once one was read.

    Whom no code tells apart is told apart by what is said of them: a registration by its identifier
    or else by all its cells, a member of a household by the place it has among the others.
    """

    def __init__(self, kind: ImportKind, judge: Judge) -> None:
        self.kind, self.judge, self.reading = kind, judge, Reading(judge)
        self.fields: list[str] = []
        self.members: Counter[str] = Counter()

    def of(self, chunk: Chunk) -> Block:
        """The columns of `given` for a chunk, as they are copied into it."""
        cells, count = self.reading.read(chunk), len(chunk)
        self.fields = self.fields or [name for name in cells if name not in OUTSIDE]
        numbers = cells.get("id_number", [None] * count)
        said = [cells[name] for name in self.fields]
        households, people = self._keys(cells, said, numbers)
        return [
            *([str(row) for row in chunk.rows], *_verdicts(self.judge.found(chunk), count)),
            *(["f"] * count, [NULL] * count, [NULL] * count),
            *(as_texts(households), as_texts(people)),
            *(as_texts([number and each(number) for number in numbers]) for each in SEALED),
            as_arrays(said, count),
        ]

    def _keys(
        self, cells: Mapping[str, Cells], said: Sequence[Cells], numbers: Cells
    ) -> tuple[Cells, Cells]:
        """The codes of the household and of the person each row tells of."""
        nobody: Cells = [None] * len(numbers)
        codes, households = cells.get("code", nobody), cells.get("household_code", nobody)
        if self.kind is ImportKind.HOUSEHOLDS:
            return codes, nobody
        if self.kind is ImportKind.REGISTRATIONS:
            if "code" not in cells:
                rows = zip(*said, strict=True) if said else ((),) * len(numbers)
                codes = [_told_apart(*each) for each in zip(rows, numbers, strict=True)]
            return codes, [code and f"{code}/1" for code in codes]
        is_coded = "code" in cells
        each = zip(codes, households, strict=True)
        return households, [code or self._place(home, is_coded=is_coded) for code, home in each]

    def _place(self, household: str | None, *, is_coded: bool) -> str | None:
        if household is None or is_coded:
            return None
        self.members[household] += 1
        return f"{household}/{self.members[household]}"


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without looking for circles of things: cells are in none, and a million rows of them are
    looked over again and again, which takes as long as judging them."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _told_apart(row: tuple[str | None, ...], number: str | None) -> str:
    """A code for a registration that has none, the same whenever the same is said."""
    said = equality(number) if number else "\x1f".join(cell or "" for cell in row)
    return f"R-{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def _verdicts(found: Mapping[int, Judged], count: int) -> Block:
    """Of some rows the findings that keep them out, those that only need a look, and the cells
    they were found in."""
    errors, warnings, faulted = ["{}"] * count, ["{}"] * count, ["{}"] * count
    for at, row in found.items():
        errors[at] = as_array(finding for finding in row.findings if not is_flag(finding))
        warnings[at] = as_array(filter(is_flag, row.findings))
        (faulted[at],) = as_texts([json.dumps(_faulted(row), ensure_ascii=False)])
    return [errors, warnings, faulted]


def _faulted(found: Judged) -> dict[str, str]:
    """The cells something was found in, as they stand in the file; identifiers are kept apart."""
    fields = {field for finding in found.findings for field in cells_of(finding)}
    return {name: cell for name in sorted(fields - {"id_number"}) if (cell := found.raw.get(name))}


def _reported(blocks: Iterable[Block], progress: Progress) -> Iterator[Block]:
    """Blocks of rows, and a word on how many rows there were before each."""
    count = 0
    for block in blocks:
        progress.report(count, 0)
        count += len(block[0])
        yield block


def _staged(
    given: Table,
    fields: Sequence[str],
    wanted: Iterable[str],
    key: ColumnElement[Any],
    linked: ColumnElement[Any],
) -> list[ColumnElement[Any]]:
    """The columns of `staged`: what is known of a row, its code, and its cells by field."""
    known = [given.c.row_number, given.c.accepted, linked.label("linked_id")]
    found = [given.c.errors.label("found_errors"), given.c.warnings.label("found_warnings")]
    cells = [
        (given.c.cells[fields.index(name) + 1] if name in fields else cast(null(), Text)).label(
            name
        )
        for name in wanted
    ]
    return [*known, *found, key.label("code"), *cells]


def _fill_staged(session: Session, rows: Select[Any]) -> None:
    columns = [Column(column.name, column.type) for column in rows.selected_columns]
    staged = _temporary(session, "staged", *columns)
    session.execute(insert(staged).from_select(staged.columns.keys(), rows))
    session.execute(LOOK_AT_STAGED)


def _given(session: Session) -> Table:
    session.execute(ROOM)
    return _temporary(session, "given", *_given_columns())


def _given_columns() -> list[Column[Any]]:
    texts = ("household_key", "person_key", "id_number", "id_key")
    return [
        Column("row_number", BigInteger, primary_key=True, autoincrement=False),
        Column("errors", ARRAY(Text)),
        Column("warnings", ARRAY(Text)),
        Column("faulted", JSONB),
        Column("accepted", Boolean),
        Column("linked_id", BigInteger),
        Column("linked_group_id", BigInteger),
        *(Column(name, Text) for name in texts),
        Column("cells", ARRAY(Text)),
    ]


def _temporary(session: Session, name: str, *columns: Column[Any]) -> Table:
    """An empty table of this transaction, in place of one that an earlier step of it made."""
    temporary = ["TEMPORARY"]
    made = Table(name, MetaData(), *columns, prefixes=temporary, postgresql_on_commit="DROP")
    session.execute(DropTable(made, if_exists=True))
    session.execute(CreateTable(made))
    return made
