"""The episodes of an event: its releases in the order they were observed."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.releases import Release
from geo.permissions import May
from geo.queries.releases import PUBLIC


def episodes_of(session: Session, event_id: int, *, actor: Actor) -> Sequence[Release]:
    """What was published of an event, forecasts and withdrawn ones too, as it was observed."""
    actor.require(May.READ_RELEASES)
    observed = func.coalesce(Release.observed_at, Release.published_at)
    of_event = select(Release).where(Release.event_id == event_id, Release.state.in_(PUBLIC))
    return session.scalars(of_event.order_by(observed, Release.number, Release.id)).all()
