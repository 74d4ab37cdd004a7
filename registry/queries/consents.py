"""Asking what registrants agreed to: the last answer to a purpose holds."""

from collections.abc import Sequence

from sqlalchemy import Select, or_, select, union
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import today
from core.errors import NotFound
from registry.models.consents import Consent, ConsentState
from registry.models.registrants import Membership
from registry.permissions import May

SHARING = "sharing"
"""Being shown to partners and taken along in files for others."""


class ConsentUnknown(NotFound):
    """This record has no such consent; look at its number."""


def declined(purpose: str) -> Select[int]:
    """The registrants who said no to a purpose, took their yes back, or whose yes is over.

    What a household says holds for its members of today. Who was never asked is not among them.
    """
    last = (
        select(Consent.registrant_id, Consent.state, Consent.until)
        .where(Consent.purpose == purpose)
        .order_by(Consent.registrant_id, Consent.id.desc())
        .ext(distinct_on(Consent.registrant_id))
        .subquery()
    )
    over = or_(last.c.state != ConsentState.GIVEN, last.c.until < today())
    themselves = select(last.c.registrant_id).where(over)
    members = select(Membership.member_id).where(
        Membership.group_id.in_(themselves), Membership.ended_on.is_(None)
    )
    both = union(themselves, members).subquery("declined")
    return select(both.c.registrant_id)


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
