"""Where those live whom a filter means, and how many households and people they are together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, case, func, literal, select, tuple_
from sqlalchemy.orm import Session

from core.actor import Actor
from core.country import country
from core.cql import Terms
from geo.models.areas import Area
from geo.queries.areas import ancestor_at, in_force
from geo.queries.reach import shown_to
from registry.models.filters import Subject
from registry.models.registrants import Individual, Registrant
from registry.permissions import May
from registry.queries.answers import fewest
from registry.queries.filters import in_time, marked, seen_by, told_about
from registry.queries.people import people_in
from registry.queries.subjects import matching

WHOLE, UNKNOWN = -1, -2  # in the place of an area's key
NOBODY = (0, 0, 0)
SECONDS = 15  # each of two statements may take, where somebody looks at the map


@dataclass(frozen=True)
class Meaning:
    """A filter as it is written, over whom, and the day ages are those of."""

    written: str
    on: date
    subject: Subject = Subject.HOUSEHOLDS


@dataclass(frozen=True)
class Meant:
    """Those a filter means in an area: households and the people in them, or people and the
    households they count in; `of` is how many of its subject are registered there.

    The name of the area is empty where it is not known.
    """

    pcode: str
    name: str
    households: int
    people: int
    of: int

    def share(self, subject: Subject) -> float:
        """Those meant of those registered there, 0 to 1; of nobody it is 0."""
        meant = self.households if subject is Subject.HOUSEHOLDS else self.people
        return min(meant / self.of, 1.0) if self.of else 0.0


@dataclass(frozen=True)
class Spread:
    """Those a filter means in an area or in the country, and in each area directly in it.

    Where `about`, figures are rounded so that none tells of a few, each for itself; 0 then stands
    for fewer than are told of.
    """

    subject: Subject
    area: Area | None
    level: int
    whole: Meant
    areas: Sequence[Meant]
    about: bool


def where_they_live(
    session: Session,
    meaning: Meaning,
    area: Area | None = None,
    *,
    actor: Actor,
    terms: Terms,
) -> Spread:
    """Those within reach that meet a filter, by the areas below one; without one, of the country.

    Who has no area of that level counts in the whole alone. Who may not read
    the registry is told about how many: of the subject as by `count_matching`; of those beside it
    in multiples of the largest household, so that no household tells of itself by being left out.

    Raises:
        Forbidden: the actor may not count registrants. Invalid, Forbidden: as `matching`.
        CountTooSlow, ConditionUnworkable
    """
    actor.require(May.COUNT_REGISTRANTS)
    subject = meaning.subject
    top = area or session.scalar(select(Area).where(in_force(), Area.level == 0))
    level = top.level + 1 if top else 1
    seen = seen_by(actor, subject)
    if area is not None:
        below = select(Area.id).where(Area.path.contains([area.id]))
        seen = seen.where(Registrant.area_id.in_(below))
    among = None if actor.sees_all and area is None else seen
    ids = matching(meaning.written, meaning.on, actor=actor, terms=terms, subject=subject, of=among)
    exactly = actor.may(May.READ_REGISTRANTS)
    asked = (
        _meant(ids, meaning, level, exactly=exactly),
        _registered(seen, level, exactly=exactly),
    )
    meant, of = (
        {row[0]: row[1:] for row in rows} for rows in in_time(session, *asked, most=SECONDS)
    )
    named = [Named(top.pcode, top.name, WHOLE)] if top else [Named("", "", WHOLE)]
    named += _areas(session, level, area, actor)
    told = [_told(each, meant, of, subject, exactly) for each in named]
    return Spread(subject, area, level, told[0], told[1:], about=not exactly)


class Named(NamedTuple):
    """An area and its key."""

    pcode: str
    name: str
    key: int


def _registered(seen: Select[int], level: int, *, exactly: bool) -> Select[Any]:
    """How many there are in each area, and the mark of their set: `place, count, mark`."""
    stand = seen.add_columns(Registrant.area_id).subquery()
    rows = _by_area(stand.c[0], level, exactly=exactly)
    return rows.select_from(stand).outerjoin(Area, Area.id == stand.c.area_id)


def _meant(ids: Select[Any], meaning: Meaning, level: int, *, exactly: bool) -> Select[Any]:
    """As `_registered` of those meant; and of those beside them: `place, count, mark, beside`."""
    found = ids.cte("meant").prefix_with("materialized")
    key = found.c[0]
    rows = (
        _by_area(key, level, exactly=exactly)
        .select_from(found)
        .join(Registrant, Registrant.id == key)
        .outerjoin(Area, Area.id == Registrant.area_id)
    )
    if meaning.subject is Subject.PEOPLE:
        theirs = rows.outerjoin(Individual, Individual.registrant_id == key)
        return theirs.add_columns(func.count(Individual.counted_in.distinct()))
    people = people_in(found)
    rows = rows.outerjoin(people, people.c.registrant_id == key)
    return rows.add_columns(func.coalesce(func.sum(people.c.people), 0))


def _by_area(ids: Any, level: int, *, exactly: bool) -> Select[Any]:
    """Rows by area of a level, UNKNOWN where they have none, and one of all: WHOLE."""
    place = func.coalesce(ancestor_at(level), UNKNOWN)
    told = case((func.grouping(place) == 1, WHOLE), else_=place)
    mark = literal(0) if exactly else marked(ids)
    sets = func.grouping_sets(tuple_(place), tuple_())
    return select(told, func.count(), mark).group_by(sets)


def _areas(session: Session, level: int, area: Area | None, actor: Actor) -> list[Named]:
    """The areas in force of a level that a map shows to an actor, by name."""
    below = select(Area.pcode, Area.name, Area.id).where(
        in_force(), Area.level == level, shown_to(actor)
    )
    if area is not None:
        below = below.where(Area.path.contains([area.id]))
    return [Named(*row) for row in session.execute(below.order_by(Area.name, Area.pcode))]


def _told(
    named: Named,
    meant: Mapping[int, Sequence[Any]],
    of: Mapping[int, Sequence[Any]],
    subject: Subject,
    exactly: bool,
) -> Meant:
    count, mark, beside = map(int, meant.get(named.key, NOBODY))
    registered, mark_of_all = map(int, of.get(named.key, NOBODY)[:2])
    if not exactly:
        count, registered = told_about(count, mark), told_about(registered, mark_of_all)
        many = subject is Subject.HOUSEHOLDS
        base = max(country().largest_household, fewest()) if many else fewest()
        beside = told_about(beside, mark, base) if count else 0
    both = (count, beside) if subject is Subject.HOUSEHOLDS else (beside, count)
    return Meant(named.pcode, named.name, *both, of=registered)
