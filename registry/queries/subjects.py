"""The households a filter means, as one query whose members are counted in one scan."""

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, literal, select, true

from core import cql
from core.actor import Actor
from core.words import _
from geo.queries.latest import NOT_TOLD, Told
from registry.models.filters import Subject
from registry.models.registrants import (
    Individual,
    Registrant,
    RegistrantKind,
    RegistrantState,
)
from registry.queries.fields import NOTHING, Own
from registry.queries.people import members_counted
from registry.queries.queryables import household_terms, member_terms, terms_of_any

Worded = Callable[[date], cql.Terms]  # what a filter may speak of on a day


def person_terms(on: date, own: Own = NOTHING, latest: Told = NOT_TOLD) -> cql.Terms:
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
        asked = cql.asked(written, terms or person_terms(on), actor=actor)
        return _met(asked, _people(), _persons(), of)
    asked = cql.asked(written, terms or household_terms(on), actor=actor)
    met = _met(asked, _active_groups(), _groups(), of)
    if not asked.counts.figures:
        return met
    if of is None and asked.is_of_members_alone:
        return _with_members(met, asked.counts, None).where(asked.of_members)
    ids = _of(met)
    return _with_members(_among(_groups(), ids), asked.counts, ids).where(asked.of_members)


def _met(
    asked: cql.Asked, counted: Select[int], any_: Select[int], of: Select[Any] | None
) -> Select[int]:
    """Those of `counted` that meet what is asked of a row; what has to be joined for it is joined
    only to those that meet what is asked of the row itself."""
    narrowed = counted if of is None else counted.where(Registrant.id.in_(of))
    if asked.sources.is_empty:
        return narrowed.where(asked.bare)
    if asked.bare.compare(true()):
        return asked.sources.joined(narrowed).where(asked.sourced)
    theirs = _among(any_, _of(narrowed.where(asked.bare)))
    return asked.sources.joined(theirs).where(asked.sourced)


def _of(found: Select[int]) -> Select[int]:
    """The ids that were found, written down once before anything else is asked."""
    return select(found.cte().prefix_with("materialized").c.registrant_id)


def _among(query: Select[int], ids: Select[int]) -> Select[int]:
    """A query of Registrant among ids that stand there once each: joined, for of an IN the planner
    takes it that they are two hundred."""
    found = ids.subquery()
    return query.join(found, found.c.registrant_id == Registrant.id)


def with_verdict(
    query: Select[Any], asked: cql.Asked, of: Select[Any]
) -> tuple[Select[Any], ColumnElement[bool]]:
    """A query of Registrant among the groups `of`, with what a filter needs beside; and
    the condition that is its verdict on each row."""
    joined = _with_members(asked.sources.joined(query), asked.counts, of)
    return joined, and_(asked.plain, asked.of_members)


def _people() -> Select[int]:
    """The people that are counted."""
    return _persons().where(Registrant.state == RegistrantState.ACTIVE)


def _persons() -> Select[int]:
    return select(Registrant.id.label("registrant_id")).join(
        Individual, Individual.registrant_id == Registrant.id
    )


def _with_members(query: Select[Any], counts: cql.Plan, of: Select[Any] | None) -> Select[Any]:
    joined = counts.joined(query)
    if not counts.figures:
        return joined
    members = members_counted(counts, of)
    return joined.outerjoin(members, members.c.group_id == Registrant.id)


def counted_groups() -> ColumnElement[bool]:
    """Whether a registrant is a group that is counted, written so that `ix_registrants_groups`,
    which holds just those, is known to answer it."""
    group = literal(RegistrantKind.GROUP.value, Text, literal_execute=True)
    active = literal(RegistrantState.ACTIVE.value, Text, literal_execute=True)
    return and_(Registrant.kind == group, Registrant.state == active)


def _active_groups() -> Select[int]:
    """The groups that are counted."""
    return _groups().where(counted_groups())


def _groups() -> Select[int]:
    return select(Registrant.id.label("registrant_id"))
