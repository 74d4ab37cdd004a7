"""Reckoning the scores of the whole country."""

from sqlalchemy.orm import Session

from core.actor import Actor
from core.jobs import Progress, whole_country, work
from registry.services.score_runs import follow_scores, rerun_score, run_score


@work
@whole_country
def reckon_score(
    session: Session, *, actor: Actor, progress: Progress, model_id: int
) -> dict[str, int]:
    """Reckon a score"""
    return run_score(session, model_id, actor=actor, told=progress.report)


@work
@whole_country
def keep_score_up(
    session: Session, *, actor: Actor, progress: Progress, model_id: int, whole: bool
) -> dict[str, int]:
    """Reckon a score again, of everybody or of those of whom something changed"""
    if whole:
        return rerun_score(session, model_id, progress.report)
    progress.report(0, 1)
    return {"changed": follow_scores(session, model_id)}
