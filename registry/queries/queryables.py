"""What a filter may ask of a household, and the households it means."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, select
from sqlalchemy.orm import Session, aliased

from core.actor import Actor
from core.clock import today
from core.cql import Kind, Term, Terms, condition, usable
from core.words import _
from geo.queries.queryables import area_terms, place_terms
from registry.models.registrants import (
    Group,
    Individual,
    Membership,
    Registrant,
    RegistrantState,
)
from registry.permissions import May
from registry.queries.people import age_on, composition
from registry.queries.reach import people_within_reach

HEAD = "head"


def matching(written: str, on: date, *, actor: Actor, of: Select[Any] | None = None) -> Select[int]:
    """The ids of the active groups that meet a CQL2 filter, ages being those of the day `on`.

    `of` selects the ids of the groups to look among; an empty filter is met by all of them.

    Raises:
        Invalid, Forbidden: as `core.cql.condition` does.
    """
    people = composition(on, of)
    asked = condition(written, household_terms(people, on), actor=actor)
    groups = (
        select(Group.registrant_id)
        .join(Registrant, Registrant.id == Group.registrant_id)
        .outerjoin(people, people.c.registrant_id == Group.registrant_id)
        .where(Registrant.state == RegistrantState.ACTIVE, asked)
    )
    return groups if of is None else groups.where(Group.registrant_id.in_(of))


def count_matching(session: Session, written: str, on: date, *, actor: Actor) -> tuple[int, int]:
    """How many active groups within reach meet a filter, and how many there are.

    Raises:
        Forbidden: the actor may not count registrants. Invalid, Forbidden: as `matching`.
    """
    actor.require(May.COUNT_REGISTRANTS)
    seen = (
        select(Registrant.id)
        .join(Group, Group.registrant_id == Registrant.id)
        .where(Registrant.state == RegistrantState.ACTIVE)
        .where(people_within_reach(actor, Registrant.id, Registrant.area_id))
    )
    meant = matching(written, on, actor=actor, of=seen).subquery("meant")
    all_of_them = seen.subquery("seen")
    asked = select(
        select(func.count()).select_from(meant).scalar_subquery(),
        select(func.count()).select_from(all_of_them).scalar_subquery(),
    )
    return session.execute(asked).one()


def terms_listed(*, actor: Actor) -> list[tuple[str, str]]:
    """The terms an actor may use in a filter, (name, what it means), for those who write one."""
    known = household_terms(composition(today()), today())
    return [(name, term.label) for name, term in usable(known, actor).items()]


def household_terms(people: Subquery, on: date) -> Terms:
    """The terms of a filter over groups, for a query of Registrant, Group and their composition."""
    return {
        **_counts(people),
        **_said_of_the_group(people),
        **_said_of_the_head(on),
        **area_terms(Registrant.area_id),
        **place_terms(Registrant.location_id),
    }


def _counts(people: Subquery) -> Terms:
    c = people.c
    girls, boys = c.f0_4 + c.f5_17, c.m0_4 + c.m5_17
    women, men = c.f18_59 + c.f60, c.m18_59 + c.m60
    counts: list[tuple[str, ColumnElement[Any], str]] = [
        ("people", c.people, _("People of the household")),
        ("size", func.coalesce(Group.stated_size, c.people), _("Size it stated, else its people")),
        ("children_under_5", c.f0_4 + c.m0_4, _("Children under five")),
        ("children", girls + boys, _("Children under eighteen")),
        ("girls", girls, _("Girls under eighteen")),
        ("boys", boys, _("Boys under eighteen")),
        ("women", women, _("Women of eighteen and over")),
        ("men", men, _("Men of eighteen and over")),
        ("over_60", c.f60 + c.m60, _("People of sixty and over")),
    ]
    return {name: Term(count, Kind.NUMBER, label) for name, count, label in counts}


def _said_of_the_group(people: Subquery) -> Terms:
    return {
        "is_partial": Term(Group.is_partial, Kind.FLAG, _("Not all members are listed")),
        "kind": Term(Group.kind, Kind.TEXT, _("Kind of group")),
        "has_disability": Term(
            people.c.disability > 0,
            Kind.FLAG,
            _("Somebody has a disability"),
            permission=May.READ_REGISTRANTS,
        ),
    }


def _said_of_the_head(on: date) -> Terms:
    person = aliased(Individual)
    head = (
        select(person)
        .join(Membership, Membership.member_id == person.registrant_id)
        .where(
            Membership.group_id == Group.registrant_id,
            Membership.kind == HEAD,
            Membership.ended_on.is_(None),
        )
        .correlate(Group)
    )
    sex = head.with_only_columns(person.sex).scalar_subquery()
    age = head.with_only_columns(age_on(person.birth_date, on)).scalar_subquery()
    return {
        "sex_of_head": Term(sex, Kind.TEXT, _("Sex of the head: female or male")),
        "age_of_head": Term(age, Kind.NUMBER, _("Age of the head in years")),
    }
