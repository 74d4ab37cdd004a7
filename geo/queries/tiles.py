"""Vector tiles of areas and releases, in web mercator (zoom, column, row from the north)."""

from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, literal_column, or_, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import NotFound
from geo.crs import CIRCLE
from geo.models.areas import Area, AreaOutline
from geo.models.releases import Release, ReleaseObserved, ReleasePart, ReleaseWater
from geo.permissions import May
from geo.queries.areas import in_force
from geo.queries.features import Collection
from geo.queries.reach import shown_to
from geo.vector.outlines import AROUND, ZOOMS

EXTENT = 4096  # units along a side of a tile
BUFFER = 64  # units beyond it, so that lines do not end at its edges

UNSEEN = 2  # units; what is smaller both ways is a quarter of a pixel at most
DEEPEST = 24  # the last zoom of tiles; maps end before it

Tile = tuple[int, int, int]


class TileOutside(NotFound):
    """There is no tile {z}/{x}/{y}; at zoom z columns and rows go from 0 to 2^z - 1, z to 24."""


def tile_at(z: int, x: int, y: int) -> Tile:
    """The tile of an address: zoom, column, row from the north.

    Raises:
        TileOutside
    """
    if z > DEEPEST or max(x, y) >= 1 << z:
        raise TileOutside(z=z, x=x, y=y)
    return z, x, y


def area_tile(session: Session, tile: Tile, level: int, *, actor: Actor) -> bytes:
    """The areas of a level in force: layers `areas` (id, pcode, name) and `labels` (pcode, name).

    Shown are the areas within reach and those above them. Outlines are those simplified for the
    zoom; a label stands inside its area, in the one tile that holds the point.

    Raises:
        Forbidden
    """
    actor.require(May.READ_AREAS)
    shown = [Area.level == level, in_force(), shown_to(actor)]
    zoom = next((each for each in ZOOMS if each >= tile[0]), ZOOMS[-1])
    drawn = (
        select(Area.id, Area.pcode, Area.name, _drawn(tile, AreaOutline.shape))
        .join(AreaOutline, AreaOutline.area_id == Area.id)
        .where(*shown, AreaOutline.zoom == zoom, AreaOutline.shape.bool_op("&&")(_envelope(tile)))
    )
    labels = select(Area.pcode, Area.name, _drawn(tile, func.ST_Transform(Area.centre, 3857), 0))
    labels = labels.where(*shown, Area.shape.bool_op("&&")(_in_degrees(tile)))
    return _layer(session, drawn, "areas") + _layer(session, labels, "labels")


def release_tile(session: Session, tile: Tile, release: Release) -> bytes:
    """A release as layers `extent` (value), `water`, `observed` (the edge of what was seen) and
    `unseen`.

    `unseen` is what of the country the release did not see; a raster's cells are a picture instead
    (`geo.raster.picture`), and only what lies outside of them is told here.
    """
    parts = select(ReleasePart.value, _drawn(tile, func.ST_Transform(ReleasePart.part, 3857)))
    parts = parts.where(_here(tile, ReleasePart.part), ReleasePart.release_id == release.id)
    parts = parts.where(_seen_at(tile, ReleasePart.part))
    water = select(_drawn(tile, func.ST_Transform(ReleaseWater.part, 3857)))
    water = water.where(_here(tile, ReleaseWater.part), ReleaseWater.release_id == release.id)
    water = water.where(_seen_at(tile, ReleaseWater.part))
    seen = func.ST_Transform(_seen(tile, release), 3857)
    edge = select(_drawn(tile, func.ST_Boundary(seen)))
    unseen = select(_drawn(tile, func.coalesce(func.ST_Difference(_land(tile), seen), _land(tile))))
    layers = [(parts, "extent"), (water, "water"), (edge, "observed"), (unseen, "unseen")]
    return b"".join(_layer(session, layer, name) for layer, name in layers)


def collection_tile(session: Session, tile: Tile, collection: Collection) -> bytes:
    """The rows of a collection as one layer of its name, with their keys and properties; without
    polygons too small to be seen."""
    if tile[0] < collection.first_zoom:
        return b""
    said = [value.label(name) for name, value in collection.properties.items()]
    columns = (collection.key.label("key"), _drawn(tile, collection.outline(tile[0])), *said)
    rows = collection.rows.with_only_columns(*columns, maintain_column_froms=True)
    rows = rows.where(_here(tile, collection.shape), _seen_at(tile, collection.shape))
    return _layer(session, rows, collection.id)


def keys_in(session: Session, tile: Tile, collection: Collection) -> list[str]:
    """The keys of the rows a tile of a collection holds."""
    if tile[0] < collection.first_zoom:
        return []
    key = cast(collection.key, String).label("key")
    rows = collection.rows.with_only_columns(key, maintain_column_froms=True)
    return list(session.scalars(rows.where(_here(tile, collection.shape))))


def outlined(zoom: int) -> ColumnElement[Any]:
    """The outline of an area for a zoom, in web mercator, for a query of Area."""
    kept = next((each for each in ZOOMS if each >= zoom), ZOOMS[-1])
    of_it = (AreaOutline.area_id == Area.id, AreaOutline.zoom == kept)
    return select(AreaOutline.shape).where(*of_it).correlate(Area).scalar_subquery()


def _seen(tile: Tile, release: Release) -> Any:
    """What a release saw in a tile, as one shape in degrees; NULL where nothing."""
    here = select(func.ST_Union(ReleaseObserved.part))
    here = here.where(ReleaseObserved.release_id == release.id, _here(tile, ReleaseObserved.part))
    return here.scalar_subquery()


def _land(tile: Tile) -> Any:
    """The country in a tile, in web mercator; NULL where there is none."""
    zoom = next((each for each in ZOOMS if each >= tile[0]), ZOOMS[-1])
    clipped = func.ST_Intersection(
        AreaOutline.shape, func.ST_Expand(_envelope(tile), _margin(tile))
    )
    country = select(func.ST_Union(clipped)).join(Area, Area.id == AreaOutline.area_id)
    country = country.where(AreaOutline.level == 0, AreaOutline.zoom == zoom, in_force())
    return country.where(AreaOutline.shape.bool_op("&&")(_envelope(tile))).scalar_subquery()


def _layer(session: Session, features: Select[Any], name: str) -> bytes:
    rows = features.subquery("whole_row")  # no column of any is called so; releases have a `layer`
    whole = func.ST_AsMVT(literal_column("whole_row"), name, EXTENT, "geom")
    return bytes(session.scalar(select(whole).select_from(rows)) or b"")


def _drawn(tile: Tile, shape: Any, buffer: int = BUFFER) -> ColumnElement[Any]:
    return func.ST_AsMVTGeom(shape, _envelope(tile), EXTENT, buffer, True).label("geom")


def _here(tile: Tile, shape: Any) -> ColumnElement[bool]:
    here: ColumnElement[bool] = shape.bool_op("&&")(_in_degrees(tile))
    return here


def _seen_at(tile: Tile, shape: Any) -> ColumnElement[bool]:
    """Whether a shape in degrees is seen in a tile: of a polygon, its box is not smaller than what
    is too small there. Told by its box alone, before anything is carried over or drawn."""
    least = CIRCLE / 2 ** tile[0] / EXTENT * UNSEEN
    across = func.ST_XMax(shape) - func.ST_XMin(shape)
    up = func.ST_YMax(shape) - func.ST_YMin(shape)
    return or_(across >= least, up >= least, func.ST_Dimension(shape) < 2)


def _envelope(tile: Tile) -> ColumnElement[Any]:
    return func.ST_TileEnvelope(*tile)


def _in_degrees(tile: Tile) -> ColumnElement[Any]:
    """The tile and its margin in degrees; the literal side is the one that is carried over."""
    return func.ST_Transform(func.ST_Expand(_envelope(tile), _margin(tile)), 4326)


def _margin(tile: Tile) -> float:
    """The width of the buffer, in metres of web mercator."""
    return float(AROUND / 2 ** tile[0] * BUFFER / EXTENT)
