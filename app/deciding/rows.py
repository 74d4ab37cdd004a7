"""Writing down what is decided: one act a section, and nothing where nothing changes."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.country import Country, know
from core.decided import COLUMNS, ONLY, Decided
from core.errors import Forbidden


class BoundToParts(Forbidden):
    """What holds for the country is decided by who answers for all of it; your role is bound."""


def decide(
    session: Session, section: str, said: Mapping[str, Any], *, actor: Actor
) -> frozenset[str]:
    """Write down what is said of the country where it differs; answers the names of what does.

    It holds from here on in this transaction, and in every one that begins once it is committed.

    Raises:
        BoundToParts
    """
    if not actor.sees_all:
        raise BoundToParts
    row = session.get_one(Decided, ONLY, with_for_update=True)
    fresh = {name: value for name, value in said.items() if _plain(getattr(row, name)) != value}
    if not fresh:
        return frozenset()
    with audit.act(session, actor, f"settings.{section}", row) as figures:
        for name, value in fresh.items():
            setattr(row, name, value)
        session.flush()
        figures.update(fresh)
    know(Country(**{column.name: _plain(getattr(row, column.name)) for column in COLUMNS}))
    return frozenset(fresh)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, list | tuple) else value
