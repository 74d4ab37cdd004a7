"""Releases: a received file is read; a confirmed one is asked about everything and published.

What the reader saw stands in `found`, for the page that asks what it means. Whatever is asked later
of places, areas and the map is made from the normal form: a COG, or parts and what was observed.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Refusal
from core.jobs import Progress, whole_country, work
from core.storage import named_copy
from core.words import _
from geo.archives import contents, unpacked
from geo.jobs import release_extents, release_grids
from geo.models.events import LayerKind
from geo.models.releases import Release, ReleaseState
from geo.permissions import May
from geo.raster.open import is_raster, looks_like_raster
from geo.services.exposure import expose_areas, expose_places
from geo.services.releases import locked, publish_release
from geo.vector.open import SHAPES

PICTURES = {".png", ".jpg", ".jpeg"}


@work
def read_release(
    session: Session, *, actor: Actor, progress: Progress, release_id: int
) -> dict[str, str]:
    """Read a hazard file.

    A file that cannot be used is refused with its sentence; the work itself is done then.
    """
    actor.require(May.UPLOAD_RELEASES)
    release = locked(session, release_id, {ReleaseState.RECEIVED})
    progress.report(0, 1, release.original_name)
    try:
        with _original(release) as path:
            if _holds_raster(path):
                release_grids.read(session, release, path)
            else:
                release_extents.read(session, release, path)
    except Refusal as refusal:
        with audit.act(session, actor, "releases.refuse", release) as figures:
            release.state, release.refusal = ReleaseState.REFUSED, refusal.message
            figures.update(reason=refusal.message)
        return {"refused": refusal.message}
    with audit.act(session, actor, "releases.read", release):
        release.state = ReleaseState.READ
    return {}


@work
@whole_country
def publish(
    session: Session, *, actor: Actor, progress: Progress, release_id: int
) -> dict[str, int]:
    """Publish a hazard release.

    Its normal form is made as confirmed, every place and area is asked, then it is published.
    """
    actor.require(May.PUBLISH_RELEASES)
    release = locked(session, release_id, {ReleaseState.CONFIRMED})
    progress.report(0, 100, _("Bringing the file into its normal form"))
    with _original(release) as path:
        if release.kind is LayerKind.RASTER:
            release_grids.prepare(session, release, path)
        else:
            release_extents.prepare(session, release, path)
    session.flush()

    def asked(done: int, total: int) -> None:
        progress.report(10 + 60 * done // total, 100, _("Asking every place"))

    places = expose_places(session, release, asked)
    progress.report(70, 100, _("Measuring what was hit of each area"))
    areas = expose_areas(session, release)
    publish_release(session, release_id, actor=actor)
    return {"places": places, "areas": areas}


@contextmanager
def _original(release: Release) -> Iterator[Path]:
    """The file as it was sent, under the name it had, for as long as the block lasts."""
    with tempfile.TemporaryDirectory() as folder:
        yield named_copy(release.original_sha256, release.original_name, Path(folder))


def _holds_raster(path: Path) -> bool:
    """Whether a file, or any file of an archive, is a grid of cells rather than shapes.

    Pictures that lie beside shapes are maps made of them.
    """
    with unpacked(path) as place:
        files = contents(place)
        grids = [file for file in files if looks_like_raster(file)]
        if len(files) == 1 and not grids:
            return is_raster(files[0])
        if any(file.suffix.lower() in SHAPES for file in files):
            return any(grid.suffix.lower() not in PICTURES for grid in grids)
        return bool(grids)
