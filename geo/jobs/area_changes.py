"""A new map of areas: a file is read and prepared; what was prepared comes into force."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from core.actor import Actor
from core.jobs import Progress, whole_country, work
from core.storage import named_copy
from core.words import _, counted
from geo.jobs.areas import TOLD
from geo.jobs.context import put_off_measuring
from geo.permissions import May
from geo.queries.releases import published_releases
from geo.services.area_changes import enforce_areas, stage_areas
from geo.services.area_links import CrosswalkWrong, Pairs, pairs_of
from geo.services.exposure import expose_areas
from geo.vector.boundaries import read_boundaries


@work
@whole_country
def stage_boundaries(
    session: Session,
    *,
    actor: Actor,
    progress: Progress,
    sha256: str,
    name: str,
    codes: Mapping[str, str] | None = None,
    **said: Any,
) -> dict[str, Any]:
    """Prepare new boundaries.

    `sha256` is the kept file, `name` what it was called, `codes` the same of the list of old and
    new P-codes if there is one, `said` what `read_boundaries` may be told. Answers the `change`,
    and how many rows have `faults`, the first of them as `errors`. Where the list of codes does not
    fit, nothing is prepared: `change` is None, and its rows are the faults.
    """
    actor.require(May.IMPORT_AREAS)
    progress.report(0, 2, _("Reading the file"))
    with tempfile.TemporaryDirectory() as folder:
        read = read_boundaries(named_copy(sha256, name, Path(folder)), **said)
        given: Pairs = ()
        if codes:
            given = pairs_of(named_copy(**codes, folder=Path(folder)), codes["name"])
    comparing = counted("Comparing {count} area", "Comparing {count} areas", len(read.areas))
    progress.report(1, 2, comparing)
    try:
        with session.begin_nested():
            change = stage_areas(session, read, given, actor=actor)
    except CrosswalkWrong as wrong:
        return {"change": None, "faults": len(wrong.faults), "errors": _told(wrong, codes)}
    errors = [
        {"layer": each.layer, "row": each.row, "pcode": each.pcode, "says": each.says}
        for each in read.errors[:TOLD]
    ]
    return {"change": change.id, "faults": len(read.errors), "errors": errors}


@work
@whole_country
def enforce_boundaries(
    session: Session, *, actor: Actor, progress: Progress, change_id: int
) -> dict[str, Any]:
    """Put new boundaries in force.

    Every hazard map is asked about the new areas; what it said of the old ones stays.
    """
    actor.require(May.ENFORCE_AREAS)
    progress.report(0, 2, _("Finding the area of every place"))
    change = enforce_areas(session, change_id, actor=actor)
    for release in published_releases(session):
        progress.report(1, 2, release.original_name)
        expose_areas(session, release)
        put_off_measuring(session, release, actor)
    return {"change": change.id}


def _told(wrong: CrosswalkWrong, codes: Mapping[str, str] | None) -> list[dict[str, Any]]:
    """The wrong rows of a list of codes, as those of a file of boundaries."""
    name = codes["name"] if codes else ""
    return [
        {"layer": name, "row": each.row, "pcode": f"{each.old} → {each.new}", "says": each.says}
        for each in wrong.faults[:TOLD]
    ]
