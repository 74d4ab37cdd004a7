"""Reach in the registry: which people an actor may see."""

from typing import Any

from sqlalchemy import ColumnElement

from core.actor import Actor
from geo.queries.reach import within_reach


def people_within_reach(
    actor: Actor, registrant_id: ColumnElement[Any] | Any, area_id: ColumnElement[Any] | Any
) -> ColumnElement[bool]:
    """Whether the actor may see a registrant of this key who lives in this area.

    Who is bound to programs, and to no area, sees the people of those programs wherever they live.
    """
    if actor.people is None:
        return within_reach(actor, area_id)
    column: ColumnElement[bool] = registrant_id.in_(actor.people)
    return column
