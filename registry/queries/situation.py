"""What the situation page asks of the registry: whether anybody is in it, and what waits."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from core.actor import Actor
from registry.models.imports import Import, ImportState
from registry.models.registrants import Group
from registry.permissions import May
from registry.queries.imports import imports_seen

MOST_SHOWN = 10


def anybody_registered(session: Session) -> bool:
    """Whether there is a household in the registry at all."""
    return bool(session.scalar(select(exists(select(Group.registrant_id)))))


def imports_to_review(session: Session, *, actor: Actor) -> list[Import]:
    """The imports that wait for the actor to look at their rows or to merge them."""
    if not actor.may(May.MERGE_IMPORTS):
        return []
    waits = Import.state.in_([ImportState.CHECKED, ImportState.REVIEWED])
    return list(
        session.scalars(
            select(Import)
            .where(waits, imports_seen(actor))
            .order_by(Import.created_at.desc())
            .limit(MOST_SHOWN)
        )
    )
