"""Filters that were kept, and how many households one means; nobody learns of a few from it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import Session

from core.actor import Actor
from core.cql import Terms
from core.crypto import equality_by, own_key
from core.errors import NotFound
from registry.counting.rounding import unsteadily
from registry.models.filters import Filter, Shared, Subject
from registry.models.registrants import Group, Individual, Registrant, RegistrantState
from registry.permissions import May
from registry.queries.answers import fewest
from registry.queries.reach import people_within_reach
from registry.queries.subjects import matching


@dataclass(frozen=True)
class Counted:
    """How many households, or people, a filter means, and how many it was asked of.

    Where `about`, both are multiples of the fewest that are told of; 0 then stands for fewer.
    """

    meant: int
    of: int
    about: bool
    subject: Subject = Subject.HOUSEHOLDS


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
    """
    actor.require(May.COUNT_REGISTRANTS)
    each = Individual if subject is Subject.PEOPLE else Group
    seen = (
        select(Registrant.id)
        .join(each, each.registrant_id == Registrant.id)
        .where(Registrant.state == RegistrantState.ACTIVE)
        .where(people_within_reach(actor, Registrant.id, Registrant.area_id))
    )
    ids = matching(written, on, actor=actor, terms=terms, subject=subject, of=seen)
    meant = _counted(ids).subquery()
    of = _counted(seen).subquery()
    row = session.execute(select(meant, of).select_from(meant.join(of, true()))).one()
    if actor.may(May.READ_REGISTRANTS):
        return Counted(row[0], row[2], about=False, subject=subject)
    about = (_told(row[0], row[1]), _told(row[2], row[3]))
    return Counted(*about, about=True, subject=subject)


def filters_listed(session: Session, *, actor: Actor) -> list[Filter]:
    """The filters an actor made, and those that are everybody's, by name.

    Raises:
        Forbidden
    """
    actor.require(May.COUNT_REGISTRANTS)
    return list(session.scalars(select(Filter).where(_open_to(actor)).order_by(Filter.name)))


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


def _open_to(actor: Actor) -> ColumnElement[bool]:
    return or_(Filter.made_by == actor.id, Filter.shared == Shared.EVERYBODY)


def _counted(ids: Select[Any]) -> Select[Any]:
    """How many ids there are, and a figure that is another for any other set of them."""
    of = ids.subquery()
    mark = func.coalesce(func.sum(func.hashint8extended(of.c[0], 0)), 0)
    return select(func.count().label("households"), mark.label("mark")).select_from(of)


def _told(households: int, mark: int) -> int:
    """About how many households there are; the mark of their set, and a secret, decide."""
    digest = equality_by(str(mark), own_key()).partition(":")[2]
    return unsteadily(households, fewest(), int(digest[:8], 16) / 16**8)
