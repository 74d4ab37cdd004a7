"""Reckoning scores: of every household by a version in force, or of those that changed since.

Only what comes to something else is written, so that reckoning again costs little.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.audit import AuditEntry
from core.clock import today
from core.db import changed
from core.errors import Conflict
from registry.models.registrants import Registrant, RegistrantState
from registry.models.scores import ModelState, Score, ScoreModel
from registry.permissions import May
from registry.queries.fields import Own, own_fields
from registry.queries.score_figures import portions
from registry.queries.score_points import SCORED, scored
from registry.queries.scores import Model, model_of
from registry.queries.scores_due import changed_since
from registry.services.scores import ScoreOfAll

FIGURES = ("value", "band", "given", "points")
Told = Callable[[int, int], None]


class ScoreIdle(Conflict):
    """Only a version that is in force is reckoned."""


def run_score(
    session: Session, model_id: int, *, actor: Actor, told: Told | None = None
) -> dict[str, int]:
    """Reckon the score of every active household by a version in force, some at once, by set.

    `told` hears how many of how many keys are done.

    Raises:
        Forbidden, ScoreOfAll, ScoreIdle
    """
    actor.require(May.ACTIVATE_SCORES)
    if not actor.sees_all:
        raise ScoreOfAll
    row = score_in_force(session, model_id)
    with audit.act(session, actor, "scores.run", row) as figures:
        figures.update(reckon_everybody(session, row, told))
    return {name: figures[name] for name in ("households", "scored")}


def reckon_everybody(session: Session, row: ScoreModel, told: Told | None = None) -> dict[str, Any]:
    """Reckon every household by a version, as a part of the act that is being done; answers its
    figures."""
    _note_run(session, row)
    model, own = model_of(session, row), own_fields(session)
    written = sum(_write(session, model, own, keys) for keys in portions(session, told))
    _forget(session, row)
    return {"code": row.code, **_counted(session, row), "changed": written}


def reckon_changed(session: Session, row: ScoreModel) -> int:
    """Reckon the households of which something changed since, as a part of the act that is being
    done; answers how many scores are new or other."""
    keys = changed_since(row.run_entry or 0)
    _note_run(session, row)
    written = _write(session, model_of(session, row), own_fields(session), keys)
    _forget(session, row, keys)
    return written


def score_in_force(session: Session, model_id: int) -> ScoreModel:
    """A version that is in force, kept for this transaction alone.

    Raises:
        ScoreIdle
    """
    row = session.get(ScoreModel, model_id, with_for_update=True)
    if row is None or row.state is not ModelState.ACTIVE:
        raise ScoreIdle
    return row


def _note_run(session: Session, row: ScoreModel) -> None:
    """Say until when changes are taken in, before anything is read."""
    row.run_on, row.run_at = today(), datetime.now(UTC)
    row.run_entry = session.scalar(select(func.max(AuditEntry.id))) or 0


def _write(session: Session, model: Model, own: Own, keys: Select[int]) -> int:
    rows = scored(model, own, keys)
    wanted = insert(Score).from_select([*SCORED], rows)
    said = {name: wanted.excluded[name] for name in (*FIGURES, "area_id", "made_by", "on_day")}
    differs = [getattr(Score, name).is_distinct_from(wanted.excluded[name]) for name in FIGURES]
    return changed(
        session,
        wanted.on_conflict_do_update(
            index_elements=["model_id", "registrant_id"], set_=said, where=or_(*differs)
        ),
    )


def _forget(session: Session, row: ScoreModel, keys: Select[int] | None = None) -> None:
    """Take away scores of households that are not active any more."""
    left = select(Registrant.id).where(Registrant.state != RegistrantState.ACTIVE)
    gone = delete(Score).where(Score.model_id == row.id, Score.registrant_id.in_(left))
    changed(session, gone if keys is None else gone.where(Score.registrant_id.in_(keys)))


def _counted(session: Session, row: ScoreModel) -> dict[str, int]:
    counted = select(func.count(), func.count(Score.value)).where(Score.model_id == row.id)
    households, with_score = session.execute(counted).one()
    return {"households": households, "scored": with_score}
