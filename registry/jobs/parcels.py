"""Files of parcels are read and taken in."""

import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from core.actor import Actor
from core.jobs import Progress, work
from core.storage import named_copy
from core.words import _, counted
from registry.parsing.parcels import parcels_of
from registry.permissions import May
from registry.services.parcels import import_parcels

TOLD = 1000  # faulty rows kept with the job


@work
def take_parcels(
    session: Session, *, actor: Actor, progress: Progress, sha256: str, name: str
) -> dict[str, Any]:
    """Take in a file of parcels.

    Answers how many `plots` were written down, how many rows have `faults`, and the first of them
    as `errors`: their row and what is wrong, by code.
    """
    actor.require(May.WRITE_PLOTS)
    progress.report(0, 2, _("Reading the file"))
    with tempfile.TemporaryDirectory() as folder:
        parcels = parcels_of(named_copy(sha256, name, Path(folder)))
    writing = counted("Writing {count} plot", "Writing {count} plots", len(parcels))
    progress.report(1, 2, writing)
    taken = import_parcels(session, parcels, actor=actor)
    errors = [{"row": row, "fault": fault} for row, fault in taken.faults[:TOLD]]
    return {"plots": taken.plots, "faults": len(taken.faults), "errors": errors}
