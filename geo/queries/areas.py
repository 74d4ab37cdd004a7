"""Asking about areas: the tree in force, its leaves, and what a person means by a few letters."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, any_, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from core.actor import Actor
from core.errors import NotFound
from core.words import current
from geo.models.areas import Area, AreaLevel, AreaPart
from geo.permissions import May
from geo.queries.reach import shown_to, within_reach


class PcodeUnknown(NotFound):
    """No area has the P-code {pcode}; look it up by name under Areas."""


@dataclass(frozen=True)
class AreaFound:
    """An area as a search or a list names it; `trail` holds its ancestors' names, nearest first."""

    id: int
    pcode: str
    name: str
    level: int
    trail: tuple[str, ...]


def in_force() -> ColumnElement[bool]:
    """Whether an area belongs to the version that is in force."""
    return Area.valid_to.is_(None)


def areas_for_anybody(session: Session, most: int = 400) -> dict[str, dict[str, str]]:
    """Areas in force for a form to choose from: by the name above them, names by P-code.

    They are of the lowest level of which there are not too many.
    """
    counted = select(Area.level, func.count()).where(in_force(), Area.level > 0)
    levels = [row[0] for row in session.execute(counted.group_by(Area.level)) if row[1] <= most]
    above = aliased(Area)
    listed = (
        select(above.name, Area.pcode, Area.name)
        .outerjoin(above, above.id == Area.parent_id)
        .where(in_force(), Area.level == max(levels, default=0))
        .order_by(above.name, Area.name, Area.pcode)
    )
    groups: dict[str, dict[str, str]] = {}
    for group, pcode, name in session.execute(listed):
        groups.setdefault(group or "", {})[pcode] = name
    return groups


def area_by_pcode(session: Session, pcode: str) -> Area:
    """The area of a P-code in the version that is in force.

    Raises:
        PcodeUnknown: there is none.
    """
    area = session.scalar(select(Area).where(Area.pcode == pcode.strip(), in_force()))
    if area is None:
        raise PcodeUnknown(pcode=pcode.strip())
    return area


def area_at(session: Session, lon: float, lat: float) -> Area | None:
    """The lowest area in force that covers a point in degrees, a leaf before any other.

    On a shared border the lowest P-code takes it, as with places (geo.services.locations).
    """
    point = func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4326)
    covering = (
        select(Area)
        .join(AreaPart, AreaPart.area_id == Area.id)
        .where(in_force(), func.ST_Intersects(AreaPart.part, point))
        .order_by(Area.is_leaf.desc(), Area.level.desc(), Area.pcode)
        .limit(1)
    )
    return session.scalar(covering)


def leaf_areas_under(area_ids: Collection[int]) -> Select[int]:
    """The keys of the leaves in force below these areas; a leaf is below itself."""
    below = Area.path.overlap(sorted(area_ids))
    return select(Area.id).where(Area.is_leaf, in_force(), below)


def areas_below(area_ids: Collection[int]) -> Select[int]:
    """The keys of these areas in force and of all below them: whoever lives there, lives in one."""
    return select(Area.id).where(in_force(), Area.path.overlap(sorted(area_ids)))


def ancestor_at(level: int) -> ColumnElement[int]:
    """The key of an area's ancestor at a level (itself at its own), NULL where it stands higher."""
    ancestor: ColumnElement[int] = Area.path[level + 1]
    return ancestor


def finest_level(session: Session, most: int) -> int:
    """The lowest level in force that has at most so many areas."""
    count = func.count()
    levels = select(Area.level).where(in_force()).group_by(Area.level).having(count <= most)
    return session.scalar(levels.order_by(Area.level.desc()).limit(1)) or 0


MOST_TO_CHOOSE = 400  # of areas in one list


@dataclass(frozen=True)
class Choosable:
    """An area in a list to choose from, with the name of the one above it."""

    pcode: str
    name: str
    level: int
    above: str | None


def areas_to_choose(session: Session, *, actor: Actor) -> list[Choosable]:
    """The areas in force down to the level that a list has room for, in the order of their names.

    Raises:
        Forbidden
    """
    actor.require(May.READ_AREAS)
    above = aliased(Area)
    listed = (
        select(Area.pcode, Area.name, Area.level, above.name.label("above"))
        .outerjoin(above, above.id == Area.parent_id)
        .where(in_force(), Area.level <= finest_level(session, MOST_TO_CHOOSE), shown_to(actor))
        .order_by(Area.level, above.name, Area.name)
    )
    return [Choosable(*row) for row in session.execute(listed)]


def level_names(session: Session) -> dict[int, str]:
    """What each level of the tree is called, from the country down."""
    rows = session.execute(select(AreaLevel.level, level_called()).order_by(AreaLevel.level))
    return {row[0]: row[1] for row in rows}


def level_called() -> ColumnElement[str]:
    """What a level is called in the reader's language, else as the country calls it."""
    said = func.nullif(AreaLevel.labels[current().tag].astext, "")
    return func.coalesce(said, AreaLevel.name)


def search_areas(session: Session, text: str, actor: Actor, limit: int = 20) -> list[AreaFound]:
    """The areas in force that `text` may mean: a P-code's beginning, or a name roughly spelled.

    Raises:
        Forbidden: the actor may not read areas.
    """
    actor.require(May.READ_AREAS)
    wanted = text.strip()
    if not wanted:
        return []
    coded = Area.pcode.istartswith(wanted, autoescape=True)
    begins = Area.name.istartswith(wanted, autoescape=True)
    holds = Area.name.icontains(wanted, autoescape=True)
    alike = Area.name.bool_op("%")(wanted)
    likeness = func.similarity(Area.name, wanted)
    query = found_areas().where(in_force(), within_reach(actor, Area.id), coded | holds | alike)
    best = query.order_by(
        coded.desc(), begins.desc(), likeness.desc(), Area.level, Area.name, Area.pcode
    )
    return [
        AreaFound(*row[:4], tuple(row.trail or ())) for row in session.execute(best.limit(limit))
    ]


def found_areas() -> Select[int, str, str, int, list[str] | None]:
    """Areas with the names of their ancestors: the columns of `AreaFound`."""
    above = aliased(Area)
    trail = (
        select(func.array_agg(aggregate_order_by(above.name, above.level.desc())))
        .where(above.id == any_(Area.path), above.id != Area.id)
        .scalar_subquery()
    )
    return select(Area.id, Area.pcode, Area.name, Area.level, trail.label("trail"))
