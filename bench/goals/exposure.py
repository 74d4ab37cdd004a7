"""Goal 1: exposure of all places to a depth raster, end to end: fetched, sampled, written."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select, text

from bench.lines import Judge, Line, Side, Target, side_by_side
from bench.peers.bare_sampling import values_at
from bench.peers.postgis_raster import TiledRaster
from bench.world import World, places, postgis_version
from core.db import transaction
from core.storage import path_of
from geo.crs import WGS84, carried
from geo.jobs.release_grids import lay_out
from geo.models.exposure import Exposure, ExposureStatus
from geo.models.releases import Release
from geo.raster.open import opened
from geo.services.exposure import expose_places

RUNS = 3
Say = Callable[[str], None]


def measure(world: World, say: Say) -> list[Line]:
    """Against PostGIS with tiles of 32 pixels, and against reading the cells and nothing else.

    Publishing lays a raster out for look-ups; where that file is missing, its COG is sampled.
    """
    release = _release(world)
    judge = Judge(1, world.size)
    peer = TiledRaster(path_of(str(release.grid_sha256)), srid=32744)
    say("Both take the raster in ...")
    laying = Side(lambda: _lay_out(world.depth_id))
    taken_in = side_by_side(laying, Side(peer.prepare), 1)
    say("Goal 1 ...")
    ours = Side(lambda: expose(world.depth_id), lambda _none: exposed(world.depth_id))
    theirs = Side(lambda: peer.expose(release.floor or 0.0), lambda _none: _exposed_by_peer())
    laid_out = side_by_side(ours, theirs, RUNS)
    with _without_lookup(world.depth_id):
        from_cog = side_by_side(ours, theirs, RUNS)
        beside_limit = side_by_side(ours, _limit(release), RUNS)
    peer_is, limit_is = postgis_version(), f"rasterio {version('rasterio')}, cells alone"
    return [
        judge.compared("raster taken in", taken_in, Target(), peer_is),
        judge.compared("exposure, laid out", laid_out, Target(at_least=8), peer_is),
        judge.compared("exposure, from the COG", from_cog, Target(at_least=2.5), peer_is),
        judge.compared(
            "exposure, beside reading its cells", beside_limit, Target(at_most=1.5), limit_is
        ),
    ]


def expose(release_id: int) -> None:
    """What publishing a release does for the places."""
    with transaction() as session:
        expose_places(session, session.get_one(Release, release_id), lambda _done, _total: None)


def exposed(release_id: int) -> int:
    """How many places are in."""
    hit = select(func.count()).select_from(Exposure).where(Exposure.release_id == release_id)
    with transaction() as session:
        return session.scalar(hit.where(Exposure.status == ExposureStatus.IN)) or 0


def _lay_out(release_id: int) -> None:
    """What publishing a release does with its raster."""
    with transaction() as session:
        release = session.get_one(Release, release_id)
        with opened(path_of(str(release.grid_sha256))) as grid:
            lay_out(release, grid)


@contextmanager
def _without_lookup(release_id: int) -> Iterator[None]:
    """As if the release had not been laid out."""
    with transaction() as session:
        release = session.get_one(Release, release_id)
        kept, release.lookup_sha256 = release.lookup_sha256, None
    try:
        yield
    finally:
        with transaction() as session:
            session.get_one(Release, release_id).lookup_sha256 = kept


def _limit(release: Release) -> Side:
    """The cells of all places inside, read and nothing else; how many are hit is told after."""
    file, everywhere = path_of(str(release.grid_sha256)), places()
    with opened(file) as grid:
        x, y = carried(everywhere.lon, everywhere.lat, WGS84, grid.crs)
        _rows, _columns, inside = grid.positions(x, y)
        nodata = grid.nodata[0]
    floor = np.float32(release.floor or 0.0)

    def hit(values: NDArray[Any]) -> int:
        return int(((values >= floor) & (values != np.float32(nodata))).sum())

    return Side(lambda: values_at(file, x[inside], y[inside]), hit)


def _release(world: World) -> Release:
    with transaction() as session:
        release = session.get_one(Release, world.depth_id)
        session.expunge(release)
        return release


def _exposed_by_peer() -> int:
    with transaction() as session:
        return session.scalar(text("select count(*) from peers.exposure")) or 0
