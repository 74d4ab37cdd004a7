"""Situation maps, made while one goes on working."""

from sqlalchemy.orm import Session

from core.actor import Actor
from core.jobs import Progress, work
from registry.models.situation_maps import Audience
from registry.services.situation_maps import make_map


@work
def make_situation_map(
    session: Session,
    *,
    actor: Actor,
    progress: Progress,
    roster_id: int,
    audience: str = Audience.COLLEAGUES,
) -> dict[str, int]:
    """Make a situation map."""
    progress.report(0, 1)
    made = make_map(session, roster_id, actor=actor, audience=Audience(audience))
    return {"map": made.map.id, "stood": made.stood}
