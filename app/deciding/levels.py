"""What the levels of areas are called, in each language."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth.permissions import May
from app.deciding.rows import BoundToParts
from core import audit
from core.actor import Actor
from core.decided import ONLY, Decided
from core.errors import Invalid, NotFound
from geo.models.areas import Area, AreaLevel
from geo.queries.areas import in_force

LONGEST = 60


class LevelNameless(Invalid):
    """Level {level} holds {count} areas; say what they are called, in at most 60 letters."""


class LevelMissing(NotFound):
    """There is no level {level}; new ones come with boundaries."""


Called = Mapping[int, tuple[str, Mapping[str, str]]]
"""By level its name, and its names in other languages by their tag."""


def name_levels(session: Session, said: Called, *, actor: Actor) -> frozenset[str]:
    """Say what levels are called; answers the numbers of those that changed.

    Raises:
        Forbidden, BoundToParts, LevelMissing, LevelNameless
    """
    actor.require(May.WRITE_SETTINGS)
    if not actor.sees_all:
        raise BoundToParts
    rows = {row.level: row for row in session.scalars(select(AreaLevel).with_for_update())}
    fresh = {}
    for level, (name, labels) in said.items():
        if level not in rows:
            raise LevelMissing(level=level)
        longest = max(len(each.strip()) for each in (name, *labels.values()))
        if not name.strip() or longest > LONGEST:
            raise LevelNameless(level=level, count=_areas_of(session, level))
        written = name.strip(), {tag: text for tag, text in labels.items() if text.strip()}
        if written != (rows[level].name, rows[level].labels):
            fresh[rows[level]] = written
    if fresh:
        _write(session, fresh, actor)
    return frozenset(str(row.level) for row in fresh)


def levels(session: Session) -> list[AreaLevel]:
    """The levels, from the country down."""
    return list(session.scalars(select(AreaLevel).order_by(AreaLevel.level)))


def _write(
    session: Session, fresh: Mapping[AreaLevel, tuple[str, dict[str, str]]], actor: Actor
) -> None:
    subject = session.get_one(Decided, ONLY)
    with audit.act(session, actor, "settings.levels", subject) as figures:
        for row, (name, labels) in fresh.items():
            row.name, row.labels = name, labels
        session.flush()
        figures.update(levels=", ".join(row.name for row in fresh))


def _areas_of(session: Session, level: int) -> int:
    return session.scalar(select(func.count()).where(Area.level == level, in_force())) or 0
