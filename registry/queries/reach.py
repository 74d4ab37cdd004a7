"""Reach in the registry: which people an actor may see."""

from typing import Any

from sqlalchemy import ColumnElement, and_

from core.actor import Actor
from geo.queries.reach import within_reach
from registry.queries.consents import SHARING, declined


def people_within_reach(
    actor: Actor, registrant_id: ColumnElement[Any] | Any, area_id: ColumnElement[Any] | Any
) -> ColumnElement[bool]:
    """Whether the actor may see a registrant of this key who lives in this area.

    Who is bound to programs, and to no area, sees the people of those programs wherever they live.
    A partner, bound to programs either way, sees nobody who does not agree to be shown to partners.
    """
    seen: ColumnElement[bool] = (
        within_reach(actor, area_id) if actor.people is None else registrant_id.in_(actor.people)
    )
    if actor.program_ids is None:
        return seen
    return and_(seen, registrant_id.not_in(declined(SHARING)))
