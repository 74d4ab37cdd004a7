"""Changes that wait for somebody's decision, for the page of what there is to do."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row as Found
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from registry.models.changes import ChangeRequest, ChangeState
from registry.permissions import May
from registry.queries.changes import shown_to

DECIDES: Mapping[ChangeState, May] = {
    ChangeState.LOCAL: May.VALIDATE_LOCALLY,
    ChangeState.NATIONAL: May.VALIDATE_NATIONALLY,
    ChangeState.APPROVED: May.APPLY_CHANGES,
}
"""Who decides on a change in each state it waits in."""


def changes_to_decide(
    session: Session, *, actor: Actor
) -> Sequence[Found[ChangeState, int, datetime]]:
    """What waits for the actor, by state: how many changes, and since when the first."""
    theirs = [state for state, may in DECIDES.items() if actor.may(may)]
    if not theirs or not actor.may(May.READ_REGISTRANTS):
        return []
    columns: list[Any] = [
        ChangeRequest.state,
        func.count(),
        func.min(ChangeRequest.asked_at),
    ]
    maker = func.coalesce(ChangeRequest.taken_by, ChangeRequest.made_by)
    waiting = select(*columns).where(
        ChangeRequest.state.in_(theirs), maker != actor.id, shown_to(actor)
    )
    return session.execute(waiting.group_by(ChangeRequest.state)).all()
