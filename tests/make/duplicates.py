"""Small makers of pairs that may be of one."""

from typing import Any

from sqlalchemy.orm import Session

from registry.models.duplicates import DuplicatePair, DuplicateRun, RunKind
from registry.models.registrants import Registrant


def make_pair(session: Session, one: Registrant, other: Registrant, **given: Any) -> DuplicatePair:
    """A pair that waits to be looked at, found by a run of its own."""
    counts = {"records": 2, "compared": 1, "found": 1, "fresh": 1}
    run = DuplicateRun(kind=RunKind.FAST, least=0.7, seconds=0.1, asked_by=1, **counts)
    session.add(run)
    session.flush()
    left, right = sorted((one, other), key=lambda each: each.id)
    said = {"score": 0.9, "reasons": ["same_name", "same_birth"], **given}
    areas = {"area_id": left.area_id, "other_area_id": right.area_id}
    pair = DuplicatePair(left_id=left.id, right_id=right.id, run_id=run.id, **areas, **said)
    session.add(pair)
    session.flush()
    return pair
