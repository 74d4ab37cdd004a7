"""A chain written row by row: each row comes with a link made of the one before it."""

from typing import LiteralString

from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.peers.tables import run
from core.db import transaction

MAKE: LiteralString = """
    create schema if not exists peers;
    drop table if exists peers.links;
    create table peers.links (id bigint generated always as identity primary key, link bytea)
"""
PEOPLE = text("select id from registrants where kind = 'group' order by id limit :rows")
WRITE = text("""
    with written as (
        insert into program_memberships (program_id, registrant_id, state)
        values (:program, :person, 'enrolled') returning *
    )
    insert into peers.links (link)
    select sha256(coalesce((select link from peers.links order by id desc limit 1), '')
                  || convert_to(to_jsonb(written)::text, 'UTF8'))
    from written
""")


def prepare() -> None:
    """Make the table of links."""
    with transaction() as session:
        run(session, MAKE)


def write(session: Session, program_id: int, rows: int) -> int:
    """Write so many memberships, each with its link; answers how many there were."""
    people = session.scalars(PEOPLE, {"rows": rows}).all()
    for person in people:
        session.execute(WRITE, {"program": program_id, "person": person})
    return len(people)
