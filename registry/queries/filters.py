"""Filters that were kept, and how many households one means; nobody learns of a few from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from psycopg.errors import QueryCanceled
from sqlalchemy import ColumnElement, Select, and_, any_, func, literal, or_, select, true
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.orm import Session, aliased

from core.actor import Actor
from core.cql import Terms, asked, both
from core.crypto import equality_by, own_key
from core.errors import Forbidden, Invalid, NotFound
from geo.models.areas import Area
from geo.queries.reach import within_reach
from registry.counting.rounding import unsteadily
from registry.models.filters import Filter, FilterVersion, Shared, Subject
from registry.models.registrants import Registrant, RegistrantKind, RegistrantState
from registry.permissions import May
from registry.queries.answers import fewest
from registry.queries.reach import people_within_reach
from registry.queries.subjects import counted_groups, matching


class FilterOverPeople(Invalid):
    """{name} is a filter over people, and households are asked for here; choose another."""


class FilterOverHouseholds(Invalid):
    """{name} is a filter over households, and people are asked for here; choose another."""


class CountTooSlow(Invalid):
    """Counting this takes longer than {seconds} seconds; ask for less at once, such as one
    province, or keep it: a list is made however long it takes."""


class ConditionUnworkable(Invalid):
    """A text or a number of this condition cannot be worked with; write it more simply."""


SECONDS = 5  # a count may take, while somebody waits for it


@dataclass(frozen=True)
class Offered:
    """A kept filter, and why the reader may not ask what it asks; None where they may."""

    filter: Filter
    refusal: str | None


@dataclass(frozen=True)
class Counted:
    """How many households, or people, a filter means, and how many it was asked of.

    Where `about`, both are multiples of the fewest that are told of; 0 then stands for fewer.
    """

    meant: int
    of: int
    about: bool
    subject: Subject = Subject.HOUSEHOLDS


@dataclass(frozen=True)
class Tried:
    """What a filter means, or why that is not told, in words."""

    found: Counted | None
    why: str | None


def count_matching(
    session: Session,
    written: str,
    on: date,
    *,
    actor: Actor,
    terms: Terms | None = None,
    subject: Subject = Subject.HOUSEHOLDS,
) -> Counted:
    """How many active groups within reach, or people, meet a filter, and how many there are.

    Who may not read the registry is told about how many: two filters that differ by one household
    would tell of it, so a count is rounded at random, always alike for the same households.

    Raises:
        Forbidden: the actor may not count registrants. Invalid, Forbidden: as `matching`.
        CountTooSlow, ConditionUnworkable
    """
    actor.require(May.COUNT_REGISTRANTS)
    seen = seen_by(actor, subject)
    of_them = None if actor.sees_all else seen
    ids = matching(written, on, actor=actor, terms=terms, subject=subject, of=of_them)
    exactly = actor.may(May.READ_REGISTRANTS)
    meant = _counted(ids, exactly=exactly).subquery()
    of = _counted(seen, exactly=exactly).subquery()
    [[row]] = in_time(session, select(meant, of).select_from(meant.join(of, true())))
    if exactly:
        return Counted(row[0], row[2], about=False, subject=subject)
    about = (told_about(row[0], row[1]), told_about(row[2], row[3]))
    return Counted(*about, about=True, subject=subject)


def try_to_count(
    session: Session,
    written: str,
    on: date,
    *,
    actor: Actor,
    terms: Terms,
    subject: Subject = Subject.HOUSEHOLDS,
) -> Tried:
    """As `count_matching`; what cannot be counted is told why, in words.

    Raises:
        Forbidden: the actor may not count registrants.
    """
    actor.require(May.COUNT_REGISTRANTS)
    try:
        found = count_matching(session, written, on, actor=actor, terms=terms, subject=subject)
    except (Invalid, Forbidden) as refused:
        return Tried(None, str(refused))
    return Tried(found, None)


def seen_by(actor: Actor, subject: Subject) -> Select[int]:
    """The ids of those whom a filter may mean: who is counted, and within reach."""
    return select(Registrant.id).where(
        _people() if subject is Subject.PEOPLE else counted_groups(),
        people_within_reach(actor, Registrant.id, Registrant.area_id),
    )


def in_time(
    session: Session, *statements: Select[Any], most: int | None = None
) -> list[Sequence[Any]]:
    """The rows of statements each of which may take so many seconds and no longer.

    Raises:
        CountTooSlow, ConditionUnworkable
    """
    most = most or SECONDS
    limit = partial(func.set_config, "statement_timeout")
    before = session.scalar(select(func.current_setting("statement_timeout")))
    try:
        with session.begin_nested():
            session.execute(select(limit(f"{most}s", True)))
            rows = [session.execute(statement).all() for statement in statements]
            session.execute(select(limit(before, True)))
    except OperationalError as broken:
        if not isinstance(broken.orig, QueryCanceled):
            raise
        raise CountTooSlow(seconds=most) from None
    except DataError:
        raise ConditionUnworkable from None
    return rows


def filters_listed(session: Session, *, actor: Actor) -> list[Filter]:
    """The filters an actor made, and those that are everybody's, by name.

    Raises:
        Forbidden
    """
    actor.require(May.COUNT_REGISTRANTS)
    return list(session.scalars(select(Filter).where(_open_to(actor)).order_by(Filter.name)))


def filters_offered(
    session: Session, terms: Terms, *, actor: Actor, subject: Subject = Subject.HOUSEHOLDS
) -> list[Offered]:
    """The filters an actor may look at, each with why they may not ask it, if so, in words."""
    kept = filters_listed(session, actor=actor)
    return [Offered(each, _why_not(each, terms, actor)) for each in kept if each.subject is subject]


def condition_with(
    session: Session,
    code: str,
    written: str,
    *,
    actor: Actor,
    subject: Subject = Subject.HOUSEHOLDS,
) -> str:
    """What a kept filter over households, or over people where they are the subject, asks as it
    stands now, and what was written beside it.

    Raises:
        Forbidden, NotFound, FilterOverPeople, FilterOverHouseholds
    """
    if not code:
        return written
    kept = filter_by_code(session, code, actor=actor)
    if kept.subject is not subject:
        wrong = FilterOverPeople if subject is Subject.HOUSEHOLDS else FilterOverHouseholds
        raise wrong(name=kept.name)
    return both(kept.written, written)


def _why_not(kept: Filter, terms: Terms, actor: Actor) -> str | None:
    try:
        asked(kept.written, terms, actor=actor)
    except (Invalid, Forbidden) as refused:
        return str(refused)
    return None


def filter_by_code(session: Session, code: str, *, actor: Actor) -> Filter:
    """A kept filter.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.COUNT_REGISTRANTS)
    kept = session.scalars(select(Filter).where(Filter.code == code, _open_to(actor))).first()
    if kept is None:
        raise NotFound(filter=code)
    return kept


def versions_of(session: Session, kept: Filter) -> list[FilterVersion]:
    """The earlier versions of a filter the reader has looked up, the last first."""
    of = select(FilterVersion).where(FilterVersion.filter_id == kept.id)
    return list(session.scalars(of.order_by(FilterVersion.version.desc())))


def _open_to(actor: Actor) -> ColumnElement[bool]:
    works_for, area = str(actor.organisation_id), aliased(Area)
    theirs = [
        Filter.made_by == actor.id,
        Filter.shared == Shared.EVERYBODY,
        and_(Filter.shared == Shared.ROLE, Filter.shared_with.in_(sorted(actor.roles))),
        and_(Filter.shared == Shared.ORGANISATION, Filter.shared_with == works_for),
    ]
    of_area = select(area.id).where(area.pcode == Filter.shared_with, _meets(area, actor))
    return or_(*theirs, and_(Filter.shared == Shared.AREA, of_area.exists()))


def _meets(area: Any, actor: Actor) -> ColumnElement[bool]:
    """Whether some of an area lies within what somebody is bound to, who sees not all of them."""
    if actor.national:
        return true()
    mine = aliased(Area)
    around = select(mine.id).where(mine.id.in_(actor.area_ids), area.id == any_(mine.path))
    return or_(within_reach(actor, area.id), around.exists())


def _people() -> ColumnElement[bool]:
    of_people = Registrant.kind == RegistrantKind.INDIVIDUAL
    return and_(of_people, Registrant.state == RegistrantState.ACTIVE)


def _counted(ids: Select[Any], *, exactly: bool) -> Select[Any]:
    """How many ids there are, and if they are not told exactly, the mark of their set."""
    of = ids.subquery()
    mark = literal(0) if exactly else marked(of.c[0])
    return select(func.count().label("households"), mark.label("mark")).select_from(of)


def marked(ids: ColumnElement[int]) -> ColumnElement[Any]:
    """A figure that is another for any other set of ids."""
    return func.coalesce(func.sum(func.hashint8extended(ids, 0)), 0)


def told_about(count: int, mark: int, base: int | None = None) -> int:
    """About how many there are, in multiples of the fewest that are told of or of another base; the
    mark of their set, and a secret, decide."""
    digest = equality_by(str(mark), own_key()).partition(":")[2]
    return unsteadily(count, base or fewest(), int(digest[:8], 16) / 16**8)
