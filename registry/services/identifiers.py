"""Identifiers of registrants: written down, and revoked."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.clock import today
from core.errors import Conflict, Invalid, NotFound
from registry.models.identifier_types import IdentifierType
from registry.models.registrants import Identifier, IdentifierState
from registry.parsing.months import months_from
from registry.permissions import May
from registry.queries.vocabularies import codes
from registry.services.identifier_types import KindUnknown, refuse_misfits
from registry.services.records import record_of

LONGEST = 60


class ValueMissing(Invalid):
    """An identifier has a value of at most 60 signs; write it as it stands on the paper."""


class NeverGood(Invalid):
    """An identifier is issued before it expires, and not after today; look at both days."""


class IdentifierUnknown(NotFound):
    """This record has no such identifier; reload the page."""


class NotGoodAnyMore(Conflict):
    """This identifier is not good any more; there is nothing to revoke."""


@dataclass(frozen=True)
class Written:
    """An identifier as it stands on a paper; without an end it is good as its kind's rule says."""

    type: str
    value: str
    issued_on: date | None = None
    expires_on: date | None = None


def add(session: Session, number: str, written: Written, *, actor: Actor) -> Identifier:
    """Write an identifier down.

    Raises:
        Forbidden, RegistrantUnknown, RecordClosed, KindUnknown, ValueMissing, NeverGood,
        IdentifierMisfit, CheckDigitWrong, IdentifierOfGroups, IdentifierOfPeople
        Conflict: somebody else has it, and it is good.
    """
    actor.require(May.WRITE_REGISTRANTS)
    found = record_of(session, number, actor=actor)
    value = " ".join(written.value.split())
    if written.type not in codes(session).get("id_type", {written.type}):
        raise KindUnknown(code=written.type)
    if not 0 < len(value) <= LONGEST:
        raise ValueMissing
    refuse_misfits(session, [(written.type, value)], found.kind)
    made = Identifier(
        registrant_id=found.id,
        type=written.type,
        value=value,
        issued_on=written.issued_on,
        expires_on=written.expires_on or _good_until(session, written),
        area_id=found.area_id,
        made_by=found.made_by,
    )
    _refuse_days(made)
    if made.expires_on and made.expires_on < today():
        made.state = IdentifierState.EXPIRED
    with audit.act(session, actor, "identifiers.add", found) as figures:
        session.add(made)
        session.flush()
        figures.update(number=found.number, type=made.type)
    return made


def revoke(session: Session, number: str, identifier_id: int, *, actor: Actor) -> Identifier:
    """Take an identifier back that was wrong, lost or replaced; another may have it then.

    Raises:
        Forbidden, RegistrantUnknown, RecordClosed, IdentifierUnknown, NotGoodAnyMore
    """
    actor.require(May.WRITE_REGISTRANTS)
    found = record_of(session, number, actor=actor)
    held = session.get(Identifier, identifier_id)
    if held is None or held.registrant_id != found.id:
        raise IdentifierUnknown
    if held.state is not IdentifierState.VALID:
        raise NotGoodAnyMore
    with audit.act(session, actor, "identifiers.revoke", found) as figures:
        held.state = IdentifierState.REVOKED
        session.flush()
        figures.update(number=found.number, type=held.type)
    return held


def _good_until(session: Session, written: Written) -> date | None:
    """The last day by the rule of its kind, counted from the day it was issued."""
    kind = select(IdentifierType.months_valid).where(IdentifierType.code == written.type)
    months = session.scalar(kind)
    return months_from(written.issued_on, months) if months and written.issued_on else None


def _refuse_days(made: Identifier) -> None:
    if made.issued_on and made.issued_on > today():
        raise NeverGood
    if made.issued_on and made.expires_on and made.expires_on < made.issued_on:
        raise NeverGood
