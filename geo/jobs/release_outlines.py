"""Outlines in the background: once a raster is published, its classes are drawn as polygons."""

from sqlalchemy import func
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.jobs import Progress, defer, work
from core.words import _
from geo.models.events import LayerKind
from geo.models.release_outlines import OutlineStatus
from geo.models.releases import Release
from geo.queries.clauses import ASKABLE
from geo.queries.release_outlines import known_as
from geo.services.release_outlines import outline


@work
def outline_release(
    session: Session, *, actor: Actor, progress: Progress, release_id: int
) -> dict[str, int]:
    """Outline the classes of a hazard map.

    The cells of a published raster become polygons by class, for maps made elsewhere. One that was
    withdrawn meanwhile is left as it is.
    """
    release = session.get_one(Release, release_id)
    if release.kind is not LayerKind.RASTER or release.state not in ASKABLE:
        return {"parts": 0}

    def heard(done: int, total: int) -> None:
        progress.report(done, total, _("Drawing round the cells"))

    with audit.act(session, actor, "releases.outline", release) as figures:
        drawn = outline(session, release, heard)
        release.outlined_at = func.now()
        figures.update(
            sha256=release.grid_sha256,
            parts=drawn.parts,
            cells=sum(drawn.cells.values()),
            hit_km2=round(drawn.km2[OutlineStatus.IN], 3),
            unseen_km2=round(drawn.km2[OutlineStatus.NOT_OBSERVED], 3),
        )
    return {"parts": drawn.parts}


def put_off_outlining(session: Session, release: Release, actor: Actor) -> None:
    """Have the classes of a raster outlined by a worker."""
    if release.kind is LayerKind.RASTER:
        only = known_as(release.id)
        defer(
            session, outline_release, actor=actor, about=release, dedupe=only, release_id=release.id
        )
