"""A chain written row by row: each row comes with a link made of the one before it.

In two forms: as an application does it that keeps its trail beside its objects, which locks the
chain, reads its end, writes the row, makes the link and writes it; and as a row trigger does it for
one statement, which is the quickest form there is, and the one that leaves no room for a lock of
its own.
"""

import hashlib
from typing import LiteralString

from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.peers.tables import run
from core.db import transaction

MAKE: LiteralString = """
    create schema if not exists peers;
    drop table if exists peers.links;
    create table peers.links (
        id bigint generated always as identity primary key, at timestamptz, actor text,
        table_name text, row_id bigint, kind text, after text, link bytea
    ) with (autovacuum_enabled = off);  -- an emptied table would be planned for as an empty one
    create or replace function peers.chained() returns trigger language plpgsql as $$
    declare
        previous bytea := (select link from peers.links order by id desc limit 1);
        told text := to_jsonb(new)::text;
    begin
        insert into peers.links (at, actor, table_name, row_id, kind, after, link)
        values (now(), 'The bench', tg_table_name, new.id, 'insert', told,
                sha256(coalesce(previous, '') || convert_to(told, 'UTF8')));
        return null;
    end $$
"""
PEOPLE = text("select id from registrants where kind = 'group' order by id limit :rows")
END = text("""
    select pg_advisory_xact_lock(4713), (select link from peers.links order by id desc limit 1)
""")
WRITE = text("""
    insert into bench_rows (registrant_id, state) values (:person, 'enrolled')
    returning id, to_jsonb(bench_rows)::text
""")
LINK = text("""
    insert into peers.links (at, actor, table_name, row_id, kind, after, link)
    values (now(), 'The bench', 'bench_rows', :id, 'insert', :told, :link)
""")
CHAINED = text("""
    create trigger chained after insert on bench_rows
    for each row execute function peers.chained()
""")


def prepare() -> None:
    """Make the table of links."""
    with transaction() as session:
        run(session, MAKE)


def write(session: Session, rows: int) -> int:
    """Write so many rows one by one, each with its link; answers how many there were."""
    people = session.scalars(PEOPLE, {"rows": rows}).all()
    for person in people:
        _lock, previous = session.execute(END).one()
        row_id, told = session.execute(WRITE, {"person": person}).one()
        link = hashlib.sha256((previous or b"") + told.encode()).digest()
        session.execute(LINK, {"id": row_id, "told": told, "link": link})
    return len(people)
