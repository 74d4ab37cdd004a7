"""A chain written row by row: each row's trigger looks up the link before and adds its own."""

from typing import LiteralString

from sqlalchemy import text

from bench.peers.tables import run
from core.db import transaction

MAKE: LiteralString = """
    create schema if not exists peers;
    drop table if exists peers.chained, peers.links;
    create table peers.chained (like program_memberships including defaults including identity);
    create table peers.links (id bigint generated always as identity primary key, link bytea);
    create or replace function peers.link_row() returns trigger language plpgsql as $$
    declare before bytea := (select link from peers.links order by id desc limit 1);
    begin
        insert into peers.links (link)
        values (sha256(coalesce(before, '') || convert_to(to_jsonb(new)::text, 'UTF8')));
        return null;
    end $$;
    create trigger link_row after insert on peers.chained
    for each row execute function peers.link_row()
"""
WRITE = text("""
    insert into peers.chained (program_id, registrant_id, area_id, state)
    select :program, id, area_id, 'enrolled' from registrants order by id limit :rows
""")
EMPTY = text("truncate peers.chained, peers.links")


def prepare() -> None:
    """Make the table whose rows are chained, and the table of links."""
    with transaction() as session:
        run(session, MAKE)


def write(program_id: int, rows: int) -> int:
    """Write so many rows, each with its link; answers how many links there are."""
    with transaction() as session:
        session.execute(EMPTY)
        session.execute(WRITE, {"program": program_id, "rows": rows})
        links: int = session.scalars(text("select count(*) from peers.links")).one()
    return links
