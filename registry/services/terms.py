"""Saying which terms of filters a role is offered."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from registry.models.terms import TermsWithheld
from registry.permissions import May


def withhold(session: Session, role: str, names: Collection[str], *, actor: Actor) -> None:
    """Withhold these terms from a role, and offer it all others it may ask for.

    Raises:
        Forbidden
    """
    actor.require(May.WITHHOLD_TERMS)
    row = session.scalars(select(TermsWithheld).where(TermsWithheld.role == role)).first()
    row = row or TermsWithheld(role=role)
    with audit.act(session, actor, "terms.withhold", row) as figures:
        row.names = sorted(names)
        session.add(row)
        figures.update(role=role, withheld=len(row.names))
