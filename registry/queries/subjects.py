"""The households a filter means, as one query whose members are counted in one scan."""

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select, true

from core import cql
from core.actor import Actor
from registry.models.registrants import Group, Registrant, RegistrantState
from registry.queries.people import members_counted
from registry.queries.queryables import household_terms

Worded = Callable[[date], cql.Terms]  # what a filter may speak of on a day


def matching(
    written: str,
    on: date,
    *,
    actor: Actor,
    terms: cql.Terms | None = None,
    of: Select[Any] | None = None,
) -> Select[int]:
    """The ids of the active groups that meet a CQL2 filter, ages being those of the day `on`.

    `terms` are those of `household_terms` and of floors above; `of` selects the ids of the groups
    to look among. An empty filter is met by all of them. Members are counted only of the groups
    that meet what is asked of a group alone.

    Raises:
        Invalid, Forbidden: as `core.cql.asked` does.
    """
    asked = cql.asked(written, terms or household_terms(on), actor=actor)
    groups = asked.sources.joined(_active_groups()).where(asked.plain)
    if of is not None:
        groups = groups.where(Group.registrant_id.in_(of))
    if not asked.counts.figures:
        return groups
    narrowed = of is not None or not asked.plain.compare(true())
    if not narrowed:
        return _with_members(groups, asked.counts, None).where(asked.of_members)
    among = groups.cte().prefix_with("materialized")
    ids = select(among.c.registrant_id)
    theirs = _active_groups().where(Group.registrant_id.in_(ids))
    return _with_members(theirs, asked.counts, ids).where(asked.of_members)


def with_verdict(
    query: Select[Any], asked: cql.Asked, of: Select[Any]
) -> tuple[Select[Any], ColumnElement[bool]]:
    """A query of Group and Registrant among the groups `of`, with what a filter needs beside; and
    the condition that is its verdict on each row."""
    joined = _with_members(asked.sources.joined(query), asked.counts, of)
    return joined, and_(asked.plain, asked.of_members)


def _with_members(query: Select[Any], counts: cql.Plan, of: Select[Any] | None) -> Select[Any]:
    joined = counts.joined(query)
    if not counts.figures:
        return joined
    members = members_counted(counts, of)
    return joined.outerjoin(members, members.c.group_id == Group.registrant_id)


def _active_groups() -> Select[int]:
    return (
        select(Group.registrant_id)
        .join(Registrant, Registrant.id == Group.registrant_id)
        .where(Registrant.state == RegistrantState.ACTIVE)
    )
