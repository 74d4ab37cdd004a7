"""Areas: a file of boundaries is read and brought into force."""

import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from core.actor import Actor
from core.jobs import Progress, whole_country, work
from core.storage import named_copy
from core.words import _, counted
from geo.jobs.context import put_off_measuring
from geo.permissions import May
from geo.queries.releases import published_releases
from geo.services.areas import import_areas, shape_areas
from geo.services.exposure import expose_areas
from geo.services.locations import resettle
from geo.services.plots import resettle_plots
from geo.vector.boundaries import read_boundaries

TOLD = 1000  # faulty rows kept with the job


@work
@whole_country
def import_boundaries(
    session: Session,
    *,
    actor: Actor,
    progress: Progress,
    sha256: str,
    name: str,
    level_names: Sequence[str] = (),
    **said: Any,
) -> dict[str, Any]:
    """Import boundaries.

    `sha256` is the kept file, `name` what it was called, `said` what `read_boundaries` may be told
    of it. Answers what became of it: `version`, areas by `levels`, shapes `repaired`, locations
    `moved`, and how many rows have `faults`, the first of them as `errors`.
    """
    actor.require(May.IMPORT_AREAS)
    progress.report(0, 5, _("Reading the file"))
    with tempfile.TemporaryDirectory() as folder:
        path = named_copy(sha256, name, Path(folder))
        read = read_boundaries(path, **said)
    progress.report(1, 5, counted("Writing {count} area", "Writing {count} areas", len(read.areas)))
    imported = import_areas(session, read, level_names, actor=actor)
    progress.report(2, 5, _("Drawing outlines for the map"))
    shape_areas(session)
    progress.report(3, 5, _("Finding the area of every place"))
    moved = resettle(session)
    resettle_plots(session)
    for release in published_releases(session):
        progress.report(4, 5, release.original_name)
        expose_areas(session, release)
        put_off_measuring(session, release, actor)
    told = asdict(imported)
    return {**told, "faults": len(imported.errors), "errors": told["errors"][:TOLD], "moved": moved}
