"""Goal 1: exposure of all places to a depth raster, end to end: fetched, sampled, written."""

from collections.abc import Callable
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
from geo.models.exposure import Exposure, ExposureStatus
from geo.models.releases import Release
from geo.raster.open import opened
from geo.services.exposure import expose_places

RUNS = 3
Say = Callable[[str], None]


def measure(world: World, say: Say) -> list[Line]:
    """Against PostGIS with tiles of 32 pixels, and against reading the cells and nothing else."""
    release = _release(world)
    judge = Judge(1, world.size)
    peer = TiledRaster(path_of(str(release.grid_sha256)), srid=32744)
    say("PostGIS takes the raster in tiles ...")
    peer.prepare()
    say("Goal 1 ...")
    ours = Side(lambda: expose(world.depth_id), lambda _none: exposed(world.depth_id))
    theirs = Side(lambda: peer.expose(release.floor or 0.0), lambda _none: _exposed_by_peer())
    pair = side_by_side(ours, theirs, RUNS)
    against_postgis = judge.compared(
        "exposure, end to end", pair, Target(at_least=2.5), postgis_version()
    )
    return [against_postgis, _against_the_limit(world, judge, release)]


def expose(release_id: int) -> None:
    """What publishing a release does for the places."""
    with transaction() as session:
        expose_places(session, session.get_one(Release, release_id), lambda _done, _total: None)


def exposed(release_id: int) -> int:
    """How many places are in."""
    hit = select(func.count()).select_from(Exposure).where(Exposure.release_id == release_id)
    with transaction() as session:
        return session.scalar(hit.where(Exposure.status == ExposureStatus.IN)) or 0


def _against_the_limit(world: World, judge: Judge, release: Release) -> Line:
    file = path_of(str(release.grid_sha256))
    everywhere = places()
    with opened(file) as grid:
        x, y = carried(everywhere.lon, everywhere.lat, WGS84, grid.crs)
        _rows, _columns, inside = grid.positions(x, y)
        nodata = grid.nodata[0]
    floor = np.float32(release.floor or 0.0)

    def hit(values: NDArray[Any]) -> int:
        return int(((values >= floor) & (values != np.float32(nodata))).sum())

    ours = Side(lambda: expose(world.depth_id), lambda _none: exposed(world.depth_id))
    limit = Side(lambda: values_at(file, x[inside], y[inside]), hit)
    pair = side_by_side(ours, limit, RUNS)
    said = f"rasterio {version('rasterio')}, cells alone"
    return judge.compared("exposure, beside reading its cells", pair, Target(at_most=1.5), said)


def _release(world: World) -> Release:
    with transaction() as session:
        release = session.get_one(Release, world.depth_id)
        session.expunge(release)
        return release


def _exposed_by_peer() -> int:
    with transaction() as session:
        return session.scalar(text("select count(*) from peers.exposure")) or 0
