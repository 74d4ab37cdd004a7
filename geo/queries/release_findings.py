"""What was found odd about releases."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.models.release_findings import BLOCKS, ReleaseFinding


def findings_of(session: Session, release_id: int) -> Sequence[ReleaseFinding]:
    """What was found odd about a release, what forbids its publication first."""
    mine = select(ReleaseFinding).where(ReleaseFinding.release_id == release_id)
    last = ReleaseFinding.code.not_in(BLOCKS)
    return session.scalars(mine.order_by(last, ReleaseFinding.code)).all()


def forbidding(session: Session, release_id: int) -> list[ReleaseFinding]:
    """Those of the findings that forbid a publication: nobody took them on them, or can."""
    found = findings_of(session, release_id)
    return [each for each in found if each.accepted_at is None or each.code in BLOCKS]
