"""Reach: which areas, and the things that stand in them, an actor may see."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    any_,
    cast,
    column,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from core.actor import Actor
from geo.models.areas import Area


def within_reach(actor: Actor, area_id: ColumnElement[Any] | Any) -> ColumnElement[bool]:
    """Whether the actor may see a row of this area; rows of no area are for national actors."""
    if actor.national:
        return true()
    if not actor.area_ids:
        return false()
    column: ColumnElement[bool] = area_id.in_(areas_under(actor.area_ids))
    return column


def shown_to(actor: Actor) -> ColumnElement[bool]:
    """Which areas a map or a list of areas shows: those within reach, and those they lie in."""
    if actor.national:
        return true()
    mine = aliased(Area)
    above = select(mine.id).where(mine.id.in_(actor.area_ids), Area.id == any_(mine.path))
    return or_(within_reach(actor, Area.id), above.exists())


def areas_under(area_ids: frozenset[int]) -> Select[int]:
    """The keys of these areas and all below, in every version: reach outlives a new map."""
    roots = func.array(every_version_of(area_ids).scalar_subquery())
    return select(Area.id).where(Area.path.overlap(cast(roots, ARRAY(BigInteger))))


def every_version_of(area_ids: frozenset[int]) -> Select[int]:
    """The keys of these areas in all versions of the map: by their P-code, and of those that a new
    map divided or gave another code, what they became (migration 0041)."""
    roots = cast(sorted(area_ids), ARRAY(BigInteger))
    return select(column("id", BigInteger)).select_from(func.versions_of(roots).alias("id"))
