"""The households a filter means, as one query whose members are counted in one scan."""

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select, true

from core import cql
from core.actor import Actor
from core.words import _
from geo.queries.latest import NOT_TOLD, LatestReleases
from registry.models.filters import Subject
from registry.models.registrants import Group, Individual, Registrant, RegistrantState
from registry.queries.fields import NOTHING, Own
from registry.queries.people import members_counted
from registry.queries.queryables import household_terms, member_terms, terms_of_any

Worded = Callable[[date], cql.Terms]  # what a filter may speak of on a day


def person_terms(on: date, own: Own = NOTHING, latest: LatestReleases = NOT_TOLD) -> cql.Terms:
    """The terms of a filter over people, for a query of Registrant and Individual; those of their
    household as in `household_terms`."""
    return {
        **member_terms(on, own),
        "group_of": cql.Through(
            household_terms(on, own, latest), _of_their_group, _("What holds of their household")
        ),
        **terms_of_any(on, latest),
    }


def _of_their_group(
    plan: cql.Plan, key: str, groups: cql.Plan, met: ColumnElement[bool]
) -> ColumnElement[Any]:
    """What is said of the group a person counts in; NULL of who counts in none."""

    def made() -> cql.Source:
        each = _active_groups().add_columns(met.label("met"))
        told = _with_members(each, groups, None).subquery()
        return told, told.c.registrant_id == Individual.counted_in

    return plan.source(("group_of", key), made).c.met


def matching(
    written: str,
    on: date,
    *,
    actor: Actor,
    terms: cql.Terms | None = None,
    subject: Subject = Subject.HOUSEHOLDS,
    of: Select[Any] | None = None,
) -> Select[int]:
    """The ids of the active groups that meet a CQL2 filter, ages being those of the day `on`; with
    PEOPLE as `subject`, of the active people.

    `terms` are those of `household_terms` and of floors above; `of` selects the ids of the groups
    to look among. An empty filter is met by all of them. Members are counted only of the groups
    that meet what is asked of a group alone.

    Raises:
        Invalid, Forbidden: as `core.cql.asked` does.
    """
    if subject is Subject.PEOPLE:
        return _people(cql.asked(written, terms or person_terms(on), actor=actor), of)
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


def _people(asked: cql.Asked, of: Select[Any] | None) -> Select[int]:
    people = (
        select(Individual.registrant_id)
        .join(Registrant, Registrant.id == Individual.registrant_id)
        .where(Registrant.state == RegistrantState.ACTIVE)
    )
    found = asked.sources.joined(people).where(asked.plain)
    return found if of is None else found.where(Individual.registrant_id.in_(of))


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
