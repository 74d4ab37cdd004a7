"""Reckoning the scores of the whole country."""

from sqlalchemy.orm import Session

from core.actor import Actor
from core.jobs import Progress, whole_country, work
from registry.services.scores import run_score


@work
@whole_country
def reckon_score(
    session: Session, *, actor: Actor, progress: Progress, model_id: int
) -> dict[str, int]:
    """Reckon a score"""
    progress.report(0, 1)
    return run_score(session, model_id, actor=actor)
