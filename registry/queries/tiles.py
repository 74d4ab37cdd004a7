"""Registered households as vector tiles: added up in cells, one by one only for who may see points.

Tiles are those of web mercator (zoom, column, row from the north). Below street zoom, and for who
may not see exact places at any zoom, households are added up in 32 x 32 cells of a tile. Without
that permission a cell that tells of too few, altogether or by an answer, is joined with its
neighbours; if the answers are still of too few it has only its number, and if that is, it is left
out.
"""

import math
from typing import Any

import numpy as np
from sqlalchemy import (
    CTE,
    ColumnElement,
    Float,
    Integer,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.locations import Location
from geo.models.releases import Release
from geo.permissions import May as Geo
from geo.queries.clauses import ASKABLE
from geo.queries.exposure import IN, NOT_OBSERVED, OUT, PROBABLE
from geo.queries.selections import Question, answered, release_asked
from geo.vector.block_tiles import ZOOM
from geo.vector.mvt import points
from registry.counting.bins import Bins
from registry.counting.tiles import CELLS, EXTENT, JOINED, RECORD, Shown, shown
from registry.models.household_cells import CountedRelease, HouseholdTile
from registry.models.registrants import Registrant
from registry.permissions import May
from registry.queries.answers import bins_between, fewest
from registry.queries.tallies import households_in_reach

STREET = 13  # the zoom from which single households are drawn

LAYER = "households"
STATUSES = (IN, PROBABLE, OUT, NOT_OBSERVED)

COUNTED = (
    select(Release.direction, Release.histogram_edges, Release.floor, HouseholdTile.packed)
    .join(CountedRelease, CountedRelease.release_id == Release.id)
    .outerjoin(
        HouseholdTile,
        and_(
            HouseholdTile.release_id == Release.id,
            HouseholdTile.zoom == bindparam("zoom"),
            HouseholdTile.x == bindparam("x"),
            HouseholdTile.y == bindparam("y"),
        ),
    )
    .where(Release.id == bindparam("release"), Release.state.in_(ASKABLE))
)

Tile = tuple[int, int, int]


def household_tile(session: Session, tile: Tile, question: Question, *, actor: Actor) -> bytes:
    """One tile, layer `households`; empty bytes where nobody lives.

    Cells carry `n, in, probable, out, not_observed`, or `n` alone; single households `status,
    number`.

    Raises:
        Forbidden, and what `release_asked` refuses.
    """
    actor.require(May.COUNT_REGISTRANTS)
    exact = actor.may(Geo.EXACT_LOCATIONS)
    made = (
        _made_before(session, tile, question, 1 if exact else fewest()) if actor.sees_all else None
    )
    if made is not None:
        return made
    release_asked(session, question)
    stand = _standing(tile, question, actor).cte("stand")
    if exact and tile[0] >= STREET:
        told = select(stand.c.status, stand.c.number, _drawn(tile, stand.c.lon, stand.c.lat))
    else:
        told = _cells(tile, stand, fewest() if not exact else 1)
    return _as_tile(session, told.subquery("layer"))


def _made_before(session: Session, tile: Tile, question: Question, fewest: int) -> bytes | None:
    """The tile from what was counted for its release; None where that cannot say."""
    counted = None if question.others else _counted(session, tile, question.release_id)
    if counted is None:
        return None
    bins, packed = counted
    wet = bins.taken_in(question.threshold)
    if wet is None:
        return None
    if packed is None:
        return b""
    return _encoded(shown(np.frombuffer(packed, dtype=RECORD), wet, fewest))


def _counted(
    session: Session, tile: Tile, release_id: int | None
) -> tuple[Bins, bytes | None] | None:
    """A release's bins and what was counted for it in a tile; None if nothing ever was."""
    zoom, x, y = tile
    if release_id is None or zoom > ZOOM:
        return None
    asked = {"release": release_id, "zoom": zoom, "x": x, "y": y}
    row = session.execute(COUNTED, asked).one_or_none()
    if row is None:
        return None
    return bins_between(row.direction, row.histogram_edges, row.floor), row.packed


def _encoded(cells: Shown) -> bytes:
    """Cells as a vector tile; their places are those of the tile already."""
    answers = cells.inside, cells.probable, cells.out, cells.not_observed
    counts = {"n": cells.n, **dict(zip(STATUSES, answers, strict=True))}
    return points(LAYER, cells.x, cells.y, counts)


def _as_tile(session: Session, layer: Subquery) -> bytes:
    whole = func.ST_AsMVT(literal_column("layer"), LAYER, EXTENT, "geom")
    return bytes(session.scalar(select(whole).select_from(layer)) or b"")


def _standing(tile: Tile, question: Question, actor: Actor) -> Select[Any]:
    """The households with a point in a tile, where they stand and what they are answered."""
    envelope = func.ST_Transform(func.ST_TileEnvelope(*tile), 4326)
    here = Location.point.bool_op("&&")(envelope)
    places = answered(question).where(here).add_columns(Location.lon, Location.lat).subquery()
    households = households_in_reach(actor, places.c.status, places.c.value)
    return households.join(places, places.c.location_id == Registrant.location_id).add_columns(
        places.c.lon, places.c.lat, Registrant.number
    )


def _cells(tile: Tile, stand: CTE, fewest: int) -> Select[Any]:
    column, row = _place_in_tile(tile, stand.c.lon, stand.c.lat)
    counts = [cast(stand.c.status == name, Integer).label(name) for name in STATUSES]
    one = literal(1).label("n")
    each = select(column.label("x"), row.label("y"), one, *counts, stand.c.lon, stand.c.lat)
    cells = _added_up(each.subquery("each"), 1).cte("cells")
    few = select(cells).where(_tells_of_few(cells, fewest)).subquery("few")
    joined = _added_up(few, JOINED).subquery("joined")
    untold = _tells_of_few(joined, fewest)
    answers = [case((~untold, joined.c[name])).label(name) for name in STATUSES]
    others = [joined.c[name] for name in ("x", "y", "n")]
    mixed = select(*others, *answers, joined.c.lon, joined.c.lat).where(joined.c.n >= fewest)
    told = union_all(select(cells).where(~_tells_of_few(cells, fewest)), mixed).subquery("told")
    drawn = _drawn(tile, told.c.lon, told.c.lat)
    return select(*(told.c[name] for name in ("n", *STATUSES)), drawn)


def _tells_of_few(cells: CTE | Subquery, fewest: int) -> ColumnElement[bool]:
    """Whether a cell tells of too few: of all of them, or by an answer that is not of none."""
    answers = (cells.c[name].between(1, fewest - 1) for name in STATUSES)
    return or_(cells.c.n < fewest, *answers)


def _added_up(cells: Subquery, each_way: int) -> Select[Any]:
    """Cells put together, so many each way; they stand where their households stand on average."""
    c = cells.c
    x, y = (func.div(place, each_way).label(place.name) for place in (c.x, c.y))
    counts = (cast(func.sum(c[name]), Integer).label(name) for name in ("n", *STATUSES))
    lon, lat = ((func.sum(v * c.n) / func.sum(c.n)).label(v.name) for v in (c.lon, c.lat))
    return select(x, y, *counts, lon, lat).group_by(x, y)


def _place_in_tile(
    tile: Tile, lon: ColumnElement[float], lat: ColumnElement[float]
) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Column and row of a place among a tile's cells, row 0 in the north."""
    zoom, x, y = tile
    tiles = literal(2**zoom, Float)
    north = func.ln(func.tan(func.radians(45 + lat / 2))) / (2 * math.pi)
    across = ((lon + 180) / 360 * tiles - x) * CELLS
    down = ((0.5 - north) * tiles - y) * CELLS
    return _cell_number(across), _cell_number(down)


def _cell_number(cells: ColumnElement[Any]) -> ColumnElement[int]:
    return func.least(func.greatest(cast(func.floor(cells), Integer), 0), CELLS - 1)


def _drawn(tile: Tile, lon: ColumnElement[float], lat: ColumnElement[float]) -> ColumnElement[Any]:
    point = func.ST_Transform(func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4326), 3857)
    return func.ST_AsMVTGeom(point, func.ST_TileEnvelope(*tile), EXTENT, 0, True).label("geom")
