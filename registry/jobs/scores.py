"""Reckoning the scores of the whole country."""

from typing import Any

from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.jobs import Progress, whole_country, work
from registry.queries.score_figures import compared
from registry.queries.scores import model_seen
from registry.services.score_runs import (
    reckon_changed,
    reckon_everybody,
    run_score,
    score_in_force,
)


@work
@whole_country
def reckon_score(
    session: Session, *, actor: Actor, progress: Progress, model_id: int
) -> dict[str, int]:
    """Reckon a score"""
    return run_score(session, model_id, actor=actor, told=progress.report)


@work
def compare_scores(
    session: Session, *, actor: Actor, progress: Progress, code: str, before: int, after: int
) -> dict[str, Any]:
    """Compare two versions of a score"""
    one, other = (model_seen(session, code, version, actor=actor) for version in (before, after))
    return compared(session, one, other, actor=actor, heard=progress.report).said


@work
@whole_country
def keep_score_up(
    session: Session, *, actor: Actor, progress: Progress, model_id: int, whole: bool
) -> dict[str, int]:
    """Reckon a score again, of everybody or of those of whom something changed"""
    row = score_in_force(session, model_id)
    if whole:
        with audit.act(session, actor, "scores.run", row) as figures:
            figures.update(reckon_everybody(session, row, progress.report))
    else:
        with audit.act(session, actor, "scores.follow", row) as figures:
            figures.update(code=row.code, changed=reckon_changed(session, row))
    return {"changed": int(figures["changed"])}
