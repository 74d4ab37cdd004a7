"""Reading names, so that they are found in any script and however they are spelt."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.bulk import copy_into
from registry.models.registrants import Registrant
from registry.parsing.names import searchable
from registry.queries.names import unread

BATCH = 50_000

FRESH = text("""
    create temporary table names_read (id bigint, names text, bones text[]) on commit drop
""")
WRITE = text("""
    update registrants r set names = n.names, bones = n.bones
    from names_read n where r.id = n.id
""")
DONE = text("drop table names_read")


def read_all(session: Session, report: Callable[[int, int], None]) -> int:
    """Read the names of all who were written without; answers how many they were.

    It is part of no act: what names are searched by follows from them.
    """
    waiting = session.scalar(select(func.count()).where(unread())) or 0
    read = 0
    while batch := _next(session):
        read += _write(session, batch)
        report(read, waiting)
    return read


def name_them(registrant: Registrant, name: str, name_local: str | None) -> None:
    """Call a registrant by a name, and find it by that name; part of an act."""
    found = searchable(name, name_local)
    registrant.name, registrant.name_local = name, name_local
    registrant.names, registrant.bones = found.names, [*found.bones]


def _next(session: Session) -> list[Any]:
    named = select(Registrant.id, Registrant.name, Registrant.name_local).where(unread())
    return list(session.execute(named.order_by(Registrant.id).limit(BATCH)))


def _write(session: Session, batch: list[Any]) -> int:
    session.execute(FRESH)
    copy_into(session, "names_read", ("id", "names", "bones"), _read(batch))
    session.execute(WRITE)
    session.execute(DONE)
    return len(batch)


def _read(batch: list[Any]) -> Iterator[tuple[int, str, list[str]]]:
    for registrant_id, name, name_local in batch:
        found = searchable(name, name_local)
        yield registrant_id, found.names, [*found.bones]
