"""Features as they are asked for from outside: a page of a collection, as GeoJSON tells it.

A collection is a set of rows with shapes; what is asked of it is the same for all: a box, a time, a
filter, a page, and the reference system shapes are told in.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, Select, String, cast, func, select, true
from sqlalchemy.orm import Session

from core import cql
from core.actor import Actor
from core.cql import shapes, times
from core.cql.terms import Piece
from core.errors import Invalid, NotFound
from geo.crs import Floats, carried

DEGREES_OF_EARTH = 4326
EDGE_OF_WORLD = 20_037_508.342789244  # metres of web mercator at 180 degrees east
FINE, COARSE = 7, 2  # decimals of degrees and of metres: about a centimetre


class SystemUnknown(Invalid):
    """The reference system {asked} is not published here; ask for one of {known}."""


class BoxUnreadable(Invalid):
    """The box {asked} is no box; write west, south, east, north, or six figures with heights."""


class FeatureUnknown(NotFound):
    """There is no {key} in {collection}; look at its items."""


@dataclass(frozen=True)
class System:
    """A coordinate reference system shapes are told in, by its address and its EPSG code.

    It is of degrees, or web mercator; `turned` where the first coordinate is the latitude.
    """

    uri: str
    epsg: int
    turned: bool = False

    def placed(self, shape: BaseGeometry) -> BaseGeometry:
        """A shape of this system in degrees, longitude first; infinite where it cannot hold it."""
        if self.turned:
            return shapely.transform(shape, lambda at: at[:, ::-1])
        if self.epsg == DEGREES_OF_EARTH:
            return shape
        return shapely.transform(shape, _from_mercator)

    def told(self, shape: Any) -> ColumnElement[str]:
        """A shape of the database as GeoJSON in this system."""
        if self.turned:
            return func.ST_AsGeoJSON(func.ST_FlipCoordinates(shape), FINE)
        if self.epsg == DEGREES_OF_EARTH:
            return func.ST_AsGeoJSON(shape, FINE)
        return func.ST_AsGeoJSON(func.ST_Transform(shape, self.epsg), COARSE)


CRS84 = System("http://www.opengis.net/def/crs/OGC/1.3/CRS84", DEGREES_OF_EARTH)
EPSG4326 = System("http://www.opengis.net/def/crs/EPSG/0/4326", DEGREES_OF_EARTH, turned=True)
MERCATOR = System("http://www.opengis.net/def/crs/EPSG/0/3857", 3857)
SYSTEMS = {system.uri: system for system in (CRS84, EPSG4326, MERCATOR)}


@dataclass(frozen=True)
class Collection:
    """Rows with shapes that can be asked for from outside.

    `rows` selects them, whatever its columns; `key`, `shape` and `properties` are expressions over
    its tables, as the `terms` of a filter are. `when` is the moment a row tells of. `drawn` is the
    shape for tiles of a zoom, in web mercator, where there is a simpler one than `shape`. Tiles
    before `first_zoom` are empty.
    """

    id: str
    title: str
    rows: Select[Any]
    key: ColumnElement[Any] | Any
    shape: ColumnElement[Any] | Any
    properties: Mapping[str, Any]
    terms: cql.Terms
    when: ColumnElement[Any] | Any = None
    drawn: Callable[[int], Any] | None = None
    first_zoom: int = 0

    def outline(self, zoom: int) -> Any:
        """The shape for tiles of a zoom, in web mercator."""
        return self.drawn(zoom) if self.drawn else func.ST_Transform(self.shape, MERCATOR.epsg)


@dataclass(frozen=True)
class Wanted:
    """Which rows of a collection are asked for, and how they are to be told."""

    limit: int = 10
    offset: int = 0
    box: BaseGeometry | None = None
    during: str = ""
    filter: str = ""
    filter_system: System = CRS84
    system: System = CRS84


@dataclass(frozen=True)
class Feature:
    """One row: its key, its shape as GeoJSON, and its properties."""

    key: str
    shape: str | None
    properties: dict[str, Any]


@dataclass(frozen=True)
class Page:
    """Some of the rows that were asked for, and how many there are."""

    features: Sequence[Feature]
    matched: int


def _from_mercator(at: Floats) -> Floats:
    """Metres of web mercator in degrees; infinite east or west of the edge of the world."""
    lon, lat = carried(at[:, 0], at[:, 1], CRS(MERCATOR.epsg), CRS(DEGREES_OF_EARTH))
    return np.column_stack([np.where(np.abs(at[:, 0]) > EDGE_OF_WORLD + 0.01, np.inf, lon), lat])


def system_named(uri: str) -> System:
    """A reference system by its address; without one the common one.

    Raises:
        SystemUnknown
    """
    if not uri:
        return CRS84
    if uri not in SYSTEMS:
        raise SystemUnknown(asked=uri, known=", ".join(SYSTEMS))
    return SYSTEMS[uri]


def box_asked(written: str, system: System) -> BaseGeometry | None:
    """A box as an address says it, in degrees; None where it says none.

    Raises:
        BoxUnreadable
    """
    if not written:
        return None
    west, south, east, north = corners = _corners(written, system)
    degrees = system.epsg == DEGREES_OF_EARTH
    box = shapes.box(corners) if degrees else system.placed(shapes.box(corners))
    over_180 = west > east and not degrees
    if over_180 or south > north or not np.isfinite(shapely.get_coordinates(box)).all():
        raise BoxUnreadable(asked=written)
    return box


def _corners(written: str, system: System) -> tuple[float, float, float, float]:
    """West, south, east, north as a box of the system says them; heights are left aside."""
    try:
        said = [float(figure) for figure in written.split(",")]
    except ValueError:
        raise BoxUnreadable(asked=written) from None
    if len(said) not in (4, 6) or not np.isfinite(said).all():
        raise BoxUnreadable(asked=written)
    half = len(said) // 2
    west, south, east, north = (*said[:2], *said[half : half + 2])
    return (south, west, north, east) if system.turned else (west, south, east, north)


def page_of(session: Session, collection: Collection, wanted: Wanted, *, actor: Actor) -> Page:
    """The rows of a collection that are asked for, in the order of their keys.

    Raises:
        Invalid, Forbidden: the filter or the time cannot be read, or asks what is not theirs.
    """
    asked = _meant(collection, wanted, actor).where(*_conditions(collection, wanted))
    matched = select(func.count()).select_from(asked.subquery("asked"))
    shown = _told(collection, asked, wanted.system).order_by(collection.key)
    rows = session.execute(shown.limit(wanted.limit).offset(wanted.offset))
    return Page([_feature(row) for row in rows], session.scalar(matched) or 0)


def rows_of(session: Session, collection: Collection) -> list[tuple[bytes, dict[str, Any]]]:
    """All rows of a collection in the order of their keys: the shape as WKB, and its properties."""
    said: list[Any] = [value.label(name) for name, value in collection.properties.items()]
    columns = (func.ST_AsBinary(collection.shape).label("shape_"), *said)
    rows: Select[Any] = collection.rows.with_only_columns(*columns, maintain_column_froms=True)
    found = session.execute(rows.order_by(collection.key))
    return [(bytes(row[0]), _properties(row, 1)) for row in found]


def feature_of(session: Session, collection: Collection, key: str, system: System) -> Feature:
    """One row of a collection by its key.

    Raises:
        FeatureUnknown
    """
    one = collection.rows.where(cast(collection.key, String) == key)
    row = session.execute(_told(collection, one, system).limit(1)).one_or_none()
    if row is None:
        raise FeatureUnknown(key=key, collection=collection.id)
    return _feature(row)


def _told(collection: Collection, asked: Select[Any], system: System) -> Select[Any]:
    properties = [value.label(name) for name, value in collection.properties.items()]
    key, shape = cast(collection.key, String), system.told(collection.shape)
    columns = (key.label("key_"), shape.label("shape_"), *properties)
    return asked.with_only_columns(*columns, maintain_column_froms=True)


def _feature(row: Any) -> Feature:
    return Feature(row[0], row[1], _properties(row, 2))


def _properties(row: Any, after: int) -> dict[str, Any]:
    """The columns of a row after so many of its first, by name."""
    return dict(list(row._mapping.items())[after:])


def _meant(collection: Collection, wanted: Wanted, actor: Actor) -> Select[Any]:
    """The rows of a collection that its filter means, with what the filter needs beside them."""
    placed = wanted.filter_system.placed
    asked = cql.asked(wanted.filter, collection.terms, actor=actor, placed=placed)
    return asked.sources.joined(collection.rows).where(asked.plain)


def _conditions(collection: Collection, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.box is not None:
        box = func.ST_GeomFromWKB(wanted.box.wkb, DEGREES_OF_EARTH)
        conditions.append(func.ST_Intersects(collection.shape, box))
    if collection.when is not None:
        conditions.append(_within(collection.when, wanted.during))
    return conditions


def _within(when: Any, during: str) -> ColumnElement[bool]:
    """Whether a moment lies in a time that is written as one, or as two with a slash between."""
    if not during:
        return true()
    start, slash, end = during.partition("/")
    first = times.edge(start or times.OPEN, begins=True)
    asked = times.interval(first, times.edge(end or times.OPEN, begins=False)) if slash else first
    return times.follow("t_intersects", Piece(when, cql.Kind.MOMENT, "datetime"), asked)
