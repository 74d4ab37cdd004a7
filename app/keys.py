"""Keys: what they seal, written anew under another key, or as it was given.

All of it is done with the tables' owner's rights, in one transaction for what the database holds:
an import waits meanwhile, so that nobody compares under one key with what another one told. Files
follow one by one, each whole or not at all; what was broken off is gone on with when the same
command is given again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import (
    DDL,
    Column,
    ColumnElement,
    MetaData,
    Select,
    String,
    Table,
    exists,
    select,
    text,
    type_coerce,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateTable, DropTable

from app.tables import metadata
from core.audit import AuditEntry
from core.bulk import copy_into
from core.crypto import MARK, Key, Sealed, equality_by, opened, sealed_by
from core.db import changed
from core.storage import OPEN, FileGone, is_sealed, reseal, sealed_files
from registry.models.documents import Document
from registry.models.imports import Import

BATCH = 50_000
REST = DDL("alter table %(fullname)s disable trigger user")  # type: ignore[no-untyped-call]
WAKE = DDL("alter table %(fullname)s enable trigger user")  # type: ignore[no-untyped-call]
ALONE = text("select pg_advisory_xact_lock(hashtext('encryption keys'))")
NAMES_PEOPLE = ("payments.export", "vouchers.print")  # acts whose files do

# a value as given, and what it shares with other ways to write it -> as kept, and what compares it
Told = Callable[[str, str], tuple[str, str]]


@dataclass(frozen=True)
class SealedColumn:
    """A column that names people, and the one beside it that tells which are the same."""

    table: Table
    value: Column[Any]
    key: Column[Any]

    @property
    def raw(self) -> ColumnElement[str]:
        """The value as it is kept."""
        return type_coerce(self.value, String)

    def same(self, value: str) -> str:
        """What a value shares with other ways to write it."""
        return cast("Sealed", self.value.type).same(value)


Done = Callable[[SealedColumn], ColumnElement[bool]]


def sealed_columns() -> list[SealedColumn]:
    """Every column that is sealed where that is configured."""
    return [
        SealedColumn(table, column, table.c[column.type.key])
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Sealed)
    ]


def under(key: Key) -> Told:
    """How values are kept under a key."""
    return lambda value, same: (sealed_by(value, key), equality_by(same, key))


def plain(value: str, same: str) -> tuple[str, str]:
    """How values are kept without keys."""
    return value, same


def is_under(key: Key) -> Done:
    """Whether a value is sealed under a key."""
    return lambda column: column.raw.startswith(f"{MARK}{key.name}:", autoescape=True)


def is_plain(column: SealedColumn) -> ColumnElement[bool]:
    """Whether a value stands as it was given."""
    return ~column.raw.startswith(MARK, autoescape=True)


def is_sealed_at_all(column: SealedColumn) -> ColumnElement[bool]:
    """Whether a value is sealed, under whatever key."""
    return ~is_plain(column)


def broken_off(session: Session, newest: Key) -> bool:
    """Whether anything is sealed under a key that is not the newest."""
    older = (
        select(exists().where(~is_plain(column), ~is_under(newest)(column)))
        for column in sealed_columns()
    )
    files = any(key not in (newest.name, OPEN) for _name, key in sealed_files())
    return files or any(session.scalar(query) for query in older)


def write_anew(session: Session, done: Done, told: Told) -> dict[str, int]:
    """Write every sealed column anew but for what is `done`; answers the values by column."""
    session.execute(ALONE)
    return {
        f"{column.table.name}.{column.value.name}": _column_anew(session, column, done, told)
        for column in sealed_columns()
    }


def files_anew(key: Key | None) -> int:
    """Seal every sealed file under a key, or open it (None); answers how many."""
    wanted = key.name if key else OPEN
    others = [name for name, sealed_under in sealed_files() if sealed_under != wanted]
    for name in others:
        reseal(name, key)
    return len(others)


def files_sealed(session: Session, key: Key) -> int:
    """Seal the files that name people and were kept plain; answers how many.

    They keep the names they are known by.
    """
    figures = AuditEntry.figures["sha256"].astext
    made = select(figures).where(AuditEntry.action.in_(NAMES_PEOPLE))
    columns = (Import.original_sha256, Document.sha256)
    own = (name for column in columns for name in session.scalars(select(column)) if name)
    names = {*own, *session.scalars(made)}
    plain_ones = [name for name in sorted(names) if _stands_plain(name)]
    for name in plain_ones:
        reseal(name, key)
    return len(plain_ones)


def _stands_plain(name: str) -> bool:
    try:
        return not is_sealed(name)
    except FileGone:
        return False


def _column_anew(
    session: Session,
    column: SealedColumn,
    done: Done,
    told: Told,
) -> int:
    """Each value of a column as it is to be kept, in batches; no trail is left of it."""
    count = 0
    with _untold(session, column.table):
        while rows := _next(session, column, done):
            count += _put(session, column, rows, told)
    return count


@contextmanager
def _untold(session: Session, table: Table) -> Iterator[None]:
    """Nobody else writes the table meanwhile, and its triggers rest: nothing of it changes."""
    session.execute(REST.against(table))
    yield
    session.execute(WAKE.against(table))


def _next(session: Session, column: SealedColumn, done: Done) -> list[Any]:
    keys = column.table.primary_key.columns
    left: Select[Any] = select(*keys, column.raw).where(column.value.is_not(None), ~done(column))
    return list(session.execute(left.limit(BATCH)))


def _put(session: Session, column: SealedColumn, rows: list[Any], told: Told) -> int:
    keys = list(column.table.primary_key.columns)
    named = [Column(key.name, key.type) for key in keys]
    anew = Table(
        "written_anew",
        MetaData(),
        *named,
        Column("kept", String),
        Column("same", String),
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DROP",
    )
    session.execute(DropTable(anew, if_exists=True))
    session.execute(CreateTable(anew))
    values = ((*row[:-1], opened(row[-1])) for row in rows)
    given = ((*keyed, *told(value, column.same(value))) for *keyed, value in values)
    copy_into(session, anew.name, anew.columns.keys(), given)
    put = (
        update(column.table)
        .where(*(key == anew.c[key.name] for key in keys))
        .values({column.value.name: anew.c.kept, column.key.name: anew.c.same})
    )
    return changed(session, put)
