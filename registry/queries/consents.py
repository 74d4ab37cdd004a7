"""Asking what registrants agreed to: the last answer to a purpose holds."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, or_, select, union_all
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
    held = answers_held(purpose).subquery("held")
    over = or_(held.c.state != ConsentState.GIVEN, held.c.until < today())
    return select(held.c.registrant_id).where(over).distinct()


def answers_held(purpose: str) -> Select[int, ConsentState, date | None]:
    """What was said to a purpose and stands: `registrant_id, state, until`, of a registrant a row
    for what they said themselves and one for each household they are a member of that said it."""
    last = (
        select(Consent.registrant_id, Consent.state, Consent.until)
        .where(Consent.purpose == purpose)
        .order_by(Consent.registrant_id, Consent.id.desc())
        .ext(distinct_on(Consent.registrant_id))
        .cte()
    )
    themselves = select(last.c.registrant_id, last.c.state, last.c.until)
    of_members = (
        select(Membership.member_id, last.c.state, last.c.until)
        .join(last, last.c.registrant_id == Membership.group_id)
        .where(Membership.ended_on.is_(None))
    )
    both = union_all(themselves, of_members).subquery()
    return select(both.c.registrant_id, both.c.state, both.c.until)


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
