"""One moment of a database, held still: what is counted and what is dumped are the same rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    NullPool,
    Numeric,
    Select,
    TableClause,
    Text,
    cast,
    column,
    create_engine,
    func,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import JSONPATH

STILL = (
    text("set transaction read only"),
    text("set local row_security = off"),  # rows a policy hid would be an error, never a gap
    text("set local timezone = 'UTC'"),
)
EXPORT = text("""
    select pg_export_snapshot() as snapshot, transaction_timestamp() as moment,
           (case when pg_is_in_recovery() then pg_last_wal_replay_lsn()
                 else pg_current_wal_lsn() end)::text as wal,
           current_setting('server_version') as server,
           current_setting('server_version_num')::int / 10000 as major,
           (select postgis_lib_version()) as postgis,
           (select version_num from alembic_version) as revision
""")
# Ordinary tables, partitions among them; what belongs to an extension comes with the extension.
TABLES = text("""
    select n.nspname as schema, c.relname as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass
                      and d.objid = c.oid and d.deptype = 'e')
    order by 1, 2
""")
# Files are named in columns called `...sha256` and, where an act or a job tells of one, in JSON.
NAMING = text("""
    select c.relname as table, a.attname as column, format_type(a.atttypid, null) as kind
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0
      and c.relnamespace = 'public'::regnamespace and not a.attisdropped
      and (a.attname like '%sha256' and a.atttypid in ('text'::regtype, 'varchar'::regtype)
           or a.atttypid = 'jsonb'::regtype)
    order by 1, 2
""")
IN_JSON = "$.**.sha256"
A_DIGEST = "^[0-9a-f]{64}$"


@dataclass(frozen=True)
class Point:
    """A moment of a database, for as long as the connection that holds it is open."""

    connection: Connection
    snapshot: str
    moment: datetime
    wal: str
    server: str
    major: int
    postgis: str
    revision: str


@contextmanager
def held(database: str) -> Iterator[Point]:
    """Hold the database at this moment, for us and whoever is told the snapshot's name."""
    engine = create_engine(database, poolclass=NullPool, isolation_level="REPEATABLE READ")
    with engine.connect() as connection:
        for statement in STILL:
            connection.execute(statement)
        found = connection.execute(EXPORT).one()
        yield Point(connection, **found._mapping)


def rows(connection: Connection) -> dict[str, int]:
    """How many rows each table holds, by `schema.table`."""
    return {
        name: connection.scalars(select(func.count()).select_from(of)).one()
        for name, of in _tables(connection)
    }


def sums(connection: Connection) -> dict[str, str]:
    """A checksum over all rows of each table, in whatever order they lie."""
    row = cast(literal_column("one"), Text)
    total = func.coalesce(func.sum(cast(func.hashtextextended(row, 0), Numeric)), 0)
    return {
        name: str(connection.scalar(select(total).select_from(of.alias("one"))))
        for name, of in _tables(connection)
    }


def files_named(connection: Connection) -> set[str]:
    """The SHA-256 of every file that some row names."""
    found: set[str] = set()
    for place in connection.execute(NAMING):
        found.update(connection.scalars(_digests(place.table, place.column, place.kind)))
    return found


def _tables(connection: Connection) -> Iterator[tuple[str, TableClause]]:
    for found in connection.execute(TABLES).all():
        yield f"{found.schema}.{found.name}", table(found.name, schema=found.schema)


def _digests(name: str, named: str, kind: str) -> Select[tuple[str]]:
    said: ColumnElement[str] = column(named, Text)
    if kind == "jsonb":
        found = func.jsonb_path_query(said, cast(IN_JSON, JSONPATH))
        said = func.btrim(cast(found, Text), '"')
    told = select(said.label("digest")).select_from(table(name, schema="public")).subquery()
    return select(told.c.digest).where(told.c.digest.regexp_match(A_DIGEST)).distinct()
