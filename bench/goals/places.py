"""Goal 3: all places against a flood extent, end to end, and against the leaf areas."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import func, select, text

from bench.goals import zonal
from bench.goals.exposure import expose
from bench.lines import Judge, Line, Side, Target, side_by_side
from bench.peers import polygon_outer
from bench.world import Places, World, places, postgis_version
from core.db import transaction
from geo.models.areas import Area
from geo.models.exposure import Exposure
from geo.queries.areas import in_force
from geo.vector.locate import NOWHERE, Locator, being_indexed, indexed

RUNS = 5
Say = Callable[[str], None]


def measure(world: World, say: Say) -> list[Line]:
    """Against PostGIS with the polygons outside, and against a look-up that is never unsure."""
    judge = Judge(3, world.size)
    polygon_outer.prepare()
    say("Goal 3 ...")
    return [_extent(world, judge), *_areas(judge), zonal.line(world, judge)]


def _extent(world: World, judge: Judge) -> Line:
    ours = Side(lambda: expose(world.extent_id), lambda _none: _said(world.extent_id))
    theirs = Side(lambda: polygon_outer.flood(world.extent_id), lambda _none: _said_by_peer())
    pair = side_by_side(ours, theirs, RUNS)
    return judge.compared("flood extent, end to end", pair, Target(at_least=3.5), postgis_version())


def _areas(judge: Judge) -> list[Line]:
    ids, shapes = _leaves()
    standing, known = indexed(shapes), places()
    peer = Side(polygon_outer.settle)
    looked_up = Side(lambda: standing.covering(known.lon, known.lat), _digest(known, ids))
    built = Side(lambda: _built(shapes, known), _digest(known, ids))
    fetched = Side(lambda: _with_everything(ids, shapes, len(known.ids)))
    bare = Side(lambda: _look_up(standing, known), lambda _cells: True)
    found = Side(looked_up.work, lambda _found: True)
    peer_is = postgis_version()
    return [
        judge.compared(
            "areas of places, index standing",
            side_by_side(looked_up, peer, RUNS), Target(at_least=10), peer_is,
        ),
        judge.compared(
            "areas of places, index built",
            side_by_side(built, peer, RUNS), Target(at_least=3), peer_is,
        ),
        judge.compared(
            "areas of places, fetched and indexed",
            side_by_side(fetched, peer, RUNS), Target(at_least=3), peer_is,
        ),
        judge.compared(
            "areas of places, beside a look-up",
            side_by_side(found, bare, RUNS), Target(at_most=2.5),
            f"NumPy {version('numpy')}, cells alone",
        ),
    ]  # fmt: skip


def _with_everything(ids: NDArray[np.int64], shapes: Any, count: int) -> tuple[int, int]:
    with being_indexed(shapes, count) as index:
        known = places()
    return _digest(known, ids)(index.result().covering(known.lon, known.lat))


def _built(shapes: Any, known: Places) -> NDArray[np.int64]:
    return indexed(shapes, len(known.ids)).covering(known.lon, known.lat)


def _digest(known: Places, ids: NDArray[np.int64]) -> Callable[[Any], tuple[int, int]]:
    """How many places have an area, and what the peer adds up to say which."""

    def of(found: NDArray[np.int64]) -> tuple[int, int]:
        there = found != NOWHERE
        return int(there.sum()), int((known.ids[there] % 1000003 * ids[found[there]]).sum())

    return of


def _look_up(standing: Locator, known: Places) -> Any:
    cells, inside = standing.lattice.cells(known.lon, known.lat)
    return np.where(inside, standing.first[cells], NOWHERE)


def _leaves() -> tuple[NDArray[np.int64], Any]:
    leaves = select(Area.id, func.ST_AsBinary(Area.shape).label("shape")).where(
        in_force(), Area.is_leaf
    )
    with transaction() as session:
        rows = session.execute(leaves.order_by(Area.pcode)).all()
    return np.array([row.id for row in rows]), shapely.from_wkb([bytes(row.shape) for row in rows])


def _said(release_id: int) -> dict[str, int]:
    of_release = select(Exposure.status, func.count()).where(Exposure.release_id == release_id)
    with transaction() as session:
        rows = session.execute(of_release.group_by(Exposure.status)).all()
    return {str(status): count for status, count in rows}


def _said_by_peer() -> dict[str, int]:
    with transaction() as session:
        rows = session.execute(
            text("select status, count(*) as places from peers.flooded group by status")
        )
        return {row.status: row.places for row in rows}
