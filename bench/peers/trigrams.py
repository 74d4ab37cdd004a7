"""Plain pg_trgm: names by word similarity with its index, the likest first."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

ALIKE = text("""
    select id from registrants where names %> :name order by names <->> :name, id limit 51
""")


def alike(session: Session, name: str) -> list[Any]:
    """The keys of those whose names are the likest to a name in small Latin letters."""
    return [*session.scalars(ALIKE, {"name": name})]
