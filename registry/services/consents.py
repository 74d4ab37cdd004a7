"""What people agree to: written down with a receipt, and taken back so that it takes effect."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import update
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.clock import today
from core.db import changed
from core.errors import Conflict, Invalid
from registry.models.consents import Basis, Consent, ConsentState, GivenBy
from registry.models.contacts import Contact
from registry.permissions import May
from registry.queries.consents import MESSAGES, consent_by_number, declines, living_in
from registry.queries.documents import DocumentUnknown, documents_of
from registry.queries.vocabularies import codes
from registry.services.memberships import InTheFuture
from registry.services.people import refuse_word
from registry.services.records import record_of

LONGEST = 300


class NeverHeld(Invalid):
    """A consent ends after it was given; look at both days."""


class TooLongSaid(Invalid):
    """Write how it was given, or why it is taken back, in at most 300 signs."""


class NotByConsent(Conflict):
    """This does not rest on consent, so it cannot be taken back here; ask who runs the registry."""


class NotGiven(Conflict):
    """This was taken back already, or never given; there is nothing to take back."""


@dataclass(frozen=True)
class Given:
    """One answer to one purpose, as somebody gave it; `agrees` is false where they said no."""

    purpose: str
    agrees: bool = True
    basis: Basis = Basis.CONSENT
    on: date | None = None
    by: GivenBy = GivenBy.SELF
    how: str = ""
    until: date | None = None
    document_id: int | None = None


def give(session: Session, number: str, given: Given, *, actor: Actor) -> Consent:
    """Write down what somebody agreed to or did not; it holds instead of what they said before.

    Raises:
        Forbidden, RegistrantUnknown, RecordClosed, WordUnknown, InTheFuture, NeverHeld,
        TooLongSaid, DocumentUnknown
    """
    actor.require(May.WRITE_CONSENTS)
    found = record_of(session, number, actor=actor)
    refuse_word(codes(session), "consent_purpose", given.purpose)
    day = given.on or today()
    if day > today():
        raise InTheFuture
    if given.until is not None and given.until < day:
        raise NeverHeld
    if len(given.how) > LONGEST:
        raise TooLongSaid
    own = {each.id for each in documents_of(session, found.id, actor=actor)}
    if given.document_id is not None and given.document_id not in own:
        raise DocumentUnknown
    made = Consent(
        registrant_id=found.id,
        purpose=given.purpose,
        basis=given.basis,
        state=ConsentState.GIVEN if given.agrees else ConsentState.REFUSED,
        given_on=day,
        given_by=given.by,
        how=given.how.strip() or None,
        until=given.until,
        document_id=given.document_id,
        area_id=found.area_id,
        made_by=found.made_by,
    )
    with audit.act(session, actor, "consents.give", found) as figures:
        session.add(made)
        session.flush()
        _take_effect(session, made)
        figures.update(number=found.number, receipt=made.number, purpose=given.purpose)
    return made


def withdraw(
    session: Session, number: str, receipt: str, because: str = "", *, actor: Actor
) -> Consent:
    """Take a consent back: from now on nothing is done any more that rests on it.

    What was done before stays, and what was granted is still paid.

    Raises:
        Forbidden, RegistrantUnknown, RecordClosed, ConsentUnknown, NotByConsent, NotGiven,
        TooLongSaid
    """
    actor.require(May.WRITE_CONSENTS)
    found = record_of(session, number, actor=actor)
    held = consent_by_number(session, found.id, receipt, actor=actor)
    if held.basis is not Basis.CONSENT:
        raise NotByConsent
    if held.state is not ConsentState.GIVEN:
        raise NotGiven
    if len(because) > LONGEST:
        raise TooLongSaid
    with audit.act(session, actor, "consents.withdraw", found) as figures:
        held.state, held.withdrawn_on = ConsentState.WITHDRAWN, today()
        held.because = because.strip() or None
        session.flush()
        _take_effect(session, held)
        figures.update(number=found.number, receipt=held.number, purpose=held.purpose)
    return held


def _take_effect(session: Session, said: Consent) -> None:
    """Who does not want to be written to wants no messages anywhere, and nobody of them does."""
    if said.purpose == MESSAGES and declines(session, said.registrant_id, MESSAGES):
        whom = Contact.registrant_id.in_(living_in(said.registrant_id))
        changed(session, update(Contact).where(whom, Contact.messages).values(messages=False))
        session.expire_all()
