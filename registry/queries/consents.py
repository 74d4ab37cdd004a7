"""Asking what registrants agreed to: the last answer to a purpose holds."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, or_, select, union, union_all
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import today
from core.errors import NotFound
from registry.models.consents import Basis, Consent, ConsentState
from registry.models.registrants import Membership, Registrant
from registry.permissions import May

SHARING = "sharing"
"""Being shown to partners and taken along in files for others."""
ASSISTANCE = "assistance"
"""Being helped by programs."""
MESSAGES = "messages"
"""Being written to."""
PICTURES = "pictures"
"""Pictures of them being kept and looked at."""


class ConsentUnknown(NotFound):
    """This record has no such consent; look at its number."""


def declined(purpose: str) -> Select[int]:
    """The registrants who said no to a purpose, took their yes back, or whose yes is over.

    What a household says holds for its members of today. Who was never asked is not among them.
    """
    themselves = _said_no(purpose)
    members = select(Membership.member_id).where(
        Membership.group_id.in_(themselves), Membership.ended_on.is_(None)
    )
    both = union(themselves, members).subquery("declined")
    return select(both.c.registrant_id)


def answers_held(purpose: str) -> Select[int, ConsentState, date | None]:
    """What was said to a purpose and stands: `registrant_id, state, until`, of a registrant a row
    for what they said themselves and one for each household they are a member of that said it."""
    last = _last(purpose).cte()
    themselves = select(last.c.registrant_id, last.c.state, last.c.until)
    of_members = (
        select(Membership.member_id, last.c.state, last.c.until)
        .join(last, last.c.registrant_id == Membership.group_id)
        .where(Membership.ended_on.is_(None))
    )
    both = union_all(themselves, of_members).subquery()
    return select(both.c.registrant_id, both.c.state, both.c.until)


def declines(session: Session, registrant_id: int, purpose: str) -> bool:
    """Whether a registrant, or a household they belong to today, declined a purpose."""
    groups = select(Membership.group_id).where(
        Membership.member_id == registrant_id, Membership.ended_on.is_(None)
    )
    theirs = or_(Consent.registrant_id == registrant_id, Consent.registrant_id.in_(groups))
    return session.scalar(_said_no(purpose, theirs).limit(1)) is not None


def living_in(registrant_id: int) -> Select[int]:
    """A registrant and its members of today: whom what it says holds for."""
    itself = select(Registrant.id).where(Registrant.id == registrant_id)
    members = select(Membership.member_id).where(
        Membership.group_id == registrant_id, Membership.ended_on.is_(None)
    )
    both = union(itself, members).subquery("living_in")
    return select(both.c[0])


def consents_of(session: Session, registrant_id: int) -> Sequence[Consent]:
    """All that somebody agreed to or did not, the last first; whoever may see them may see it."""
    own = select(Consent).where(Consent.registrant_id == registrant_id)
    return session.scalars(own.order_by(Consent.id.desc())).all()


def consent_by_number(
    session: Session, registrant_id: int, number: str, *, actor: Actor
) -> Consent:
    """One consent of a registrant whom the actor may see.

    Raises:
        Forbidden, ConsentUnknown
    """
    actor.require(May.READ_REGISTRANTS)
    found = session.scalar(
        select(Consent).where(Consent.registrant_id == registrant_id, Consent.number == number)
    )
    if found is None:
        raise ConsentUnknown
    return found


def _said_no(purpose: str, *of: ColumnElement[bool]) -> Select[int]:
    """Those whose last answer to a purpose is no, was taken back, or is over; of all, or of some.

    What rests on a law or a task needs nobody's word, and is never among them.
    """
    last = _last(purpose, *of).subquery()
    over = or_(last.c.state != ConsentState.GIVEN, last.c.until < today())
    return select(last.c.registrant_id).where(over, last.c.basis == Basis.CONSENT)


def _last(purpose: str, *of: ColumnElement[bool]) -> Select[int, ConsentState, date | None, Basis]:
    """The last answers to a purpose: `registrant_id, state, until, basis`; of all, or of some."""
    return (
        select(Consent.registrant_id, Consent.state, Consent.until, Consent.basis)
        .where(Consent.purpose == purpose, *of)
        .order_by(Consent.registrant_id, Consent.id.desc())
        .ext(distinct_on(Consent.registrant_id))
    )
