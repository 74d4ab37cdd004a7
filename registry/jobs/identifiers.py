"""Identifiers expire when their day is over."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.db import changed
from core.jobs import Progress, whole_country, work
from registry.models.registrants import Identifier, IdentifierState
from registry.queries.identifiers import over


@work
@whole_country
def expire_identifiers(session: Session, *, actor: Actor, progress: Progress) -> dict[str, int]:
    """Let identifiers expire whose day is over"""
    first = session.scalar(select(Identifier).where(over()).order_by(Identifier.id).limit(1))
    if first is None:
        return {"rows": 0}
    with audit.act(session, actor, "identifiers.expire", first) as figures:
        gone = update(Identifier).where(over()).values(state=IdentifierState.EXPIRED)
        figures["identifiers"] = changed(session, gone)
    session.expire_all()
    progress.report(1, 1)
    return {"rows": int(figures["identifiers"])}
