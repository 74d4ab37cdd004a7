"""Who the people of households are: how many, of which sex, in which age band."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    SQLColumnExpression,
    Subquery,
    and_,
    case,
    func,
    literal,
    select,
)

from core.country import ADULT, country
from core.cql import Plan
from registry.models.registrants import Group, Individual, Registrant, RegistrantState

HOUSEHOLD = "household"
SEXES = {"f": "female", "m": "male"}
USUAL = 5, 60  # years below which one is young, and from which on old; a country may say others


def composition(
    reference_date: date, of: Select[Any] | None = None, ages: Sequence[int] = ()
) -> Subquery:
    """The people of each active group by sex and age band, one row a group.

    Columns: `registrant_id, people, f0_4, f5_17, f18_59, f60, m0_4, m5_17, m18_59, m60, unknown,
    disability`. `people` is the sum of the eight bands and `unknown`, which holds those whose sex
    or birth date is not known and, where the roster is partial, those who are only stated.
    Ages are whole years on `reference_date`. Merged, erased and exited registrants are left out;
    who is in two groups is counted once. `of` selects the ids of the groups wanted; without it,
    all of them. `ages` are those the bands are of, the country's by default; the names of the
    columns are of the usual ones.
    """
    known_bands = bands(reference_date, ages or country().ages)
    members = _members_by_group(known_bands, of)
    known = {name: func.coalesce(members.c[name], 0) for name in known_bands}
    listed = func.coalesce(members.c.listed, 0)
    stated = case((Group.is_partial, Group.stated_size))
    people = func.greatest(listed, stated)  # greatest() passes over null
    unknown = people - sum(known.values(), start=literal(0))
    figures: list[Any] = [
        people.label("people"),
        *(count.label(name) for name, count in known.items()),
        unknown.label("unknown"),
        func.coalesce(members.c.disability, 0).label("disability"),
    ]
    groups = (
        select(Group.registrant_id, *figures)
        .join(Registrant, Registrant.id == Group.registrant_id)
        .outerjoin(members, members.c.group_id == Group.registrant_id)
        .where(Registrant.state == RegistrantState.ACTIVE)
    )
    return _only(groups, Group.registrant_id, of).subquery("composition")


def composition_of_people(
    reference_date: date, of: Select[Any], ages: Sequence[int] = ()
) -> Subquery:
    """The people of `of` by sex and age band, one row each: each is one, in one band or unknown.

    Columns and what they mean are those of `composition`.
    """
    known = {
        name: case((band, 1), else_=0)
        for name, band in bands(reference_date, ages or country().ages).items()
    }
    figures: list[Any] = [
        literal(1).label("people"),
        *(one.label(name) for name, one in known.items()),
        (1 - sum(known.values(), start=literal(0))).label("unknown"),
        case((Individual.disabled.is_(True), 1), else_=0).label("disability"),
    ]
    each = select(Individual.registrant_id, *figures)
    return _only(each, Individual.registrant_id, of).subquery("composition")


def people_in(found: FromClause) -> Subquery:
    """How many people each of these groups has, as `composition` counts them: `registrant_id,
    people`. The first column of `found` holds the ids of active groups, each once."""
    listed = (
        select(Individual.counted_in.label("group_id"), func.count().label("listed"))
        .join(found, found.c[0] == Individual.counted_in)
        .group_by(Individual.counted_in)
        .subquery()
    )
    stated = case((Group.is_partial, Group.stated_size))
    people = func.greatest(func.coalesce(listed.c.listed, 0), stated)
    groups = (
        select(Group.registrant_id, people.label("people"))
        .join(found, found.c[0] == Group.registrant_id)
        .outerjoin(listed, listed.c.group_id == Group.registrant_id)
    )
    return groups.subquery("people_in")


def age_on(birth_date: SQLColumnExpression[date | None], day: date) -> ColumnElement[int]:
    """Whole years between a birth date and a day."""
    return func.date_part("year", func.age(day, birth_date))


def years_before(day: date, years: int) -> date:
    """The last birth date of those who are at least `years` old on `day`."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February in a year without one
        return day.replace(year=day.year - years, day=28)


def members_counted(plan: Plan, of: Select[Any] | None) -> Subquery:
    """The figures of a plan over Individual, one row a group that has members: `group_id` and the
    figures. Each person is counted in one group, as by `composition`; `of` selects the ids of the
    groups, each once."""
    counted = plan.within.joined(_counted(plan.figures, None))
    if of is not None:
        found = of.subquery()
        counted = counted.join(found, found.c[0] == Individual.counted_in)
    return counted.subquery("members")


def _members_by_group(known: Mapping[str, ColumnElement[bool]], of: Select[Any] | None) -> Subquery:
    counts: list[Any] = [
        func.count().label("listed"),
        *(func.count().filter(band).label(name) for name, band in known.items()),
        func.count().filter(Individual.disabled.is_(True)).label("disability"),
    ]
    return _counted(counts, of).subquery("members")


def _counted(figures: Sequence[ColumnElement[Any]], of: Select[Any] | None) -> Select[Any]:
    """Figures over those who count in each group (`individuals.counted_in`)."""
    counted = (
        select(Individual.counted_in.label("group_id"), *figures)
        .select_from(Individual)
        .where(Individual.counted_in.is_not(None))
        .group_by(Individual.counted_in)
    )
    return _only(counted, Individual.counted_in, of)


def bands(day: date, ages: Sequence[int] = USUAL) -> dict[str, ColumnElement[bool]]:
    """Who is of which sex and age band on a day, as conditions on Individual.

    The bands end below the first of `ages`, 18 and the second one.
    """
    young, old = ages
    spans = {"0_4": (0, young), "5_17": (young, ADULT), "18_59": (ADULT, old), "60": (old, None)}
    return {
        f"{letter}{band}": and_(Individual.sex == sex, _aged(day, *years))
        for letter, sex in SEXES.items()
        for band, years in spans.items()
    }


def _aged(day: date, at_least: int, below: int | None) -> ColumnElement[bool]:
    old_enough = Individual.birth_date <= years_before(day, at_least)
    if below is None:
        return old_enough
    young_enough = Individual.birth_date > years_before(day, below)
    return and_(old_enough, young_enough) if at_least else young_enough


def _only(query: Select[Any], key: Any, of: Select[Any] | None) -> Select[Any]:
    return query if of is None else query.where(key.in_(of))
