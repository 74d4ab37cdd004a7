"""Ties between registrants: written down in one direction, told in both."""

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.clock import today
from core.errors import Conflict, Invalid, NotFound
from registry.models.registrants import Registrant
from registry.models.relationships import Relationship
from registry.models.vocabularies import Word
from registry.permissions import May
from registry.queries.registrants import registrant_by_number
from registry.services.memberships import InTheFuture
from registry.services.records import record_of


class TieUnknown(Invalid):
    """ "{word}" is no tie between people; choose one of the list."""


class TieToThemselves(Invalid):
    """Nobody has a tie to themselves; write the number of somebody else."""


class TieNotFound(NotFound):
    """This record has no such tie; reload the page."""


class TieEnded(Conflict):
    """This tie has ended already, or ended before it began; look at the days."""


def relate(
    session: Session,
    number: str,
    other: str,
    kind: str,
    on: date | None = None,
    *,
    actor: Actor,
) -> Relationship:
    """Write down what another is to a registrant: `kind` is what the other is (guardian, sibling).

    It is kept in the direction whose word comes first in the list, so that one tie is one row.

    Raises:
        Forbidden, RegistrantUnknown, RecordClosed, TieUnknown, TieToThemselves, InTheFuture
        Conflict: it is written down already.
    """
    actor.require(May.WRITE_REGISTRANTS)
    one = record_of(session, number, actor=actor)
    another = registrant_by_number(session, other, actor=actor)
    if one.id == another.id:
        raise TieToThemselves
    if on is not None and on > today():
        raise InTheFuture
    first, second, said = _directed(session, another, one, kind)
    tie = Relationship(
        from_id=first.id,
        to_id=second.id,
        kind=said,
        started_on=on,
        area_id=first.area_id,
        made_by=first.made_by,
    )
    with audit.act(session, actor, "relationships.relate", one) as figures:
        session.add(tie)
        session.flush()
        figures.update(number=another.number, relation=kind)
    return tie


def end(
    session: Session, number: str, tie_id: int, on: date | None = None, *, actor: Actor
) -> Relationship:
    """Let a tie end on a day (None: today); it stays written down that it was.

    Raises:
        Forbidden, RegistrantUnknown, RecordClosed, TieNotFound, TieEnded, InTheFuture
    """
    actor.require(May.WRITE_REGISTRANTS)
    one = record_of(session, number, actor=actor)
    theirs = or_(Relationship.from_id == one.id, Relationship.to_id == one.id)
    tie = session.scalar(select(Relationship).where(Relationship.id == tie_id, theirs))
    if tie is None:
        raise TieNotFound
    day = on or today()
    if day > today():
        raise InTheFuture
    if tie.ended_on is not None or (tie.started_on and day < tie.started_on):
        raise TieEnded
    other = session.get_one(Registrant, tie.to_id if tie.from_id == one.id else tie.from_id)
    with audit.act(session, actor, "relationships.end", one) as figures:
        tie.ended_on = day
        session.flush()
        figures.update(number=other.number, until=day.isoformat())
    return tie


def _directed(
    session: Session, one: Registrant, another: Registrant, kind: str
) -> tuple[Registrant, Registrant, str]:
    """Who stands first, who second, and the word between them."""
    words = {
        word.code: word
        for word in session.scalars(select(Word).where(Word.list == "relationship", Word.active))
    }
    if kind not in words:
        raise TieUnknown(word=kind)
    inverse = words.get(words[kind].inverse or "")
    if inverse is None or inverse.code == kind:
        first, second = sorted((one, another), key=lambda each: each.id)
        return (first, second, kind) if inverse else (one, another, kind)
    if inverse.position < words[kind].position:
        return another, one, inverse.code
    return one, another, kind
