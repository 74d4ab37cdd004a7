"""What is decided of the country, said at once."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.country import Country, know
from core.decided import COLUMNS, Decided


def make_decided(session: Session, **values: Any) -> None:
    """Let these values hold from here on, as for every transaction that begins later."""
    session.execute(update(Decided).values(**values))
    know(Country(**session.execute(select(*COLUMNS)).mappings().one()))
