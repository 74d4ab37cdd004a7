"""Service points from a file."""

from typing import Any

from sqlalchemy.orm import Session

from core.actor import Actor
from core.jobs import Progress, whole_country, work
from core.storage import path_of
from programs.services.service_points import import_points

FAULTS_KEPT = 50


@work
@whole_country
def import_service_points(
    session: Session, *, actor: Actor, progress: Progress, sha256: str
) -> dict[str, Any]:
    """Import service points."""
    progress.report(0, 1)
    taken = import_points(session, path_of(sha256), actor=actor)
    faults = [[fault.row, fault.why] for fault in taken.faults[:FAULTS_KEPT]]
    return {
        "added": taken.added,
        "changed": taken.changed,
        "refused": len(taken.faults),
        "faults": faults,
    }
