"""Shapes for a map that is made once and leaves the platform: a box of the world as GeoJSON.

Boxes are west, south, east, north in degrees; geometries are in degrees, longitude first, cut at
the box, and no finer than the map shows.
"""

import json
import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.areas import Area, AreaOutline
from geo.models.releases import Release, ReleaseObserved, ReleasePart
from geo.permissions import May
from geo.queries.areas import in_force
from geo.queries.reach import shown_to
from geo.vector.mercator import Box, zoom_over
from geo.vector.outlines import TILE, ZOOMS

WORLD: Box = (-180.0, -85.0, 180.0, 85.0)


@dataclass(frozen=True)
class Frame:
    """A box of the world and how many pixels its longer side is drawn in."""

    box: Box
    pixels: int

    @property
    def pixel(self) -> float:
        """The side of a pixel in degrees of longitude."""
        return (self.box[2] - self.box[0]) / self.pixels

    @property
    def digits(self) -> int:
        """How many digits of a degree tell a pixel from its neighbours."""
        return max(0, math.ceil(-math.log10(self.pixel)) + 1)

    @property
    def outlines(self) -> int:
        """The zoom whose outlines are as fine as the pixels."""
        wanted = zoom_over(self.box, self.pixels, TILE)
        return next((zoom for zoom in ZOOMS if zoom >= wanted), ZOOMS[-1])


@dataclass(frozen=True)
class Outlined:
    """An area of a map: its key, its name, a point inside it, and its shape."""

    id: int
    name: str
    lon: float
    lat: float
    shape: dict[str, Any]


def areas_in(session: Session, level: int, frame: Frame, *, actor: Actor) -> list[Outlined]:
    """The areas of a level that lie in a frame: those within reach, and those these lie in.

    Raises:
        Forbidden
    """
    actor.require(May.READ_AREAS)
    return _outlined(session, frame, Area.level == level, in_force(), shown_to(actor))


def picked_in(
    session: Session, area_ids: Collection[int], frame: Frame, *, actor: Actor
) -> list[Outlined]:
    """These areas, as much of them as lies in a frame and may be seen.

    Raises:
        Forbidden
    """
    actor.require(May.READ_AREAS)
    return _outlined(session, frame, Area.id.in_(area_ids), shown_to(actor))


def extent_in(session: Session, release: Release, frame: Frame) -> dict[str, Any] | None:
    """What the extent of a release covers in a frame; None where nothing."""
    whole = select(_together(ReleasePart.part, frame))
    of_it = ReleasePart.release_id == release.id
    return _drawn(session, whole.where(of_it, _here(ReleasePart, frame)), frame)


def unseen_in(session: Session, release: Release, frame: Frame) -> dict[str, Any] | None:
    """The land in a frame that a release did not see; None where it saw everything."""
    seen = (
        select(_together(ReleaseObserved.part, frame))
        .where(ReleaseObserved.release_id == release.id, _here(ReleaseObserved, frame))
        .scalar_subquery()
    )
    outline = func.ST_Transform(AreaOutline.shape, 4326)
    land = (
        select(func.ST_Union(func.ST_ClipByBox2D(outline, _envelope(frame))))
        .join(Area, Area.id == AreaOutline.area_id)
        .where(AreaOutline.level == 0, AreaOutline.zoom == frame.outlines, in_force())
        .scalar_subquery()
    )
    unseen = select(func.coalesce(func.ST_Difference(land, seen), land))
    return _drawn(session, unseen, frame)


def _outlined(session: Session, frame: Frame, *which: ColumnElement[bool]) -> list[Outlined]:
    edge = func.ST_Transform(_envelope(frame), 3857)
    cut = func.ST_Transform(func.ST_ClipByBox2D(AreaOutline.shape, edge), 4326)
    lon, lat = func.ST_X(Area.centre), func.ST_Y(Area.centre)
    met = (
        select(Area.id, Area.name, lon, lat, func.ST_AsGeoJSON(cut, frame.digits))
        .join(AreaOutline, AreaOutline.area_id == Area.id)
        .where(AreaOutline.zoom == frame.outlines, AreaOutline.shape.bool_op("&&")(edge), *which)
        .where(~func.ST_IsEmpty(cut))
        .order_by(Area.pcode)
    )
    return [
        Outlined(area_id, name, lon, lat, json.loads(shape))
        for area_id, name, lon, lat, shape in session.execute(met)
    ]


def _together(part: Any, frame: Frame) -> ColumnElement[Any]:
    """Pieces joined into one shape without the cuts between them, its corners on pixels."""
    cut = func.ST_ClipByBox2D(part, _envelope(frame))
    joined: ColumnElement[Any] = func.ST_Union(func.ST_ReducePrecision(cut, frame.pixel / 2))
    return joined


def _drawn(session: Session, shape: Select[Any], frame: Frame) -> dict[str, Any] | None:
    """The one shape a statement finds, without what is smaller than a pixel, as GeoJSON."""
    found = shape.subquery("found").c[0]
    drawn = func.ST_Simplify(found, frame.pixel)
    told = session.scalar(
        select(func.ST_AsGeoJSON(drawn, frame.digits)).where(~func.ST_IsEmpty(drawn))
    )
    return None if told is None else json.loads(told)


def _here(parts: Any, frame: Frame) -> ColumnElement[bool]:
    here: ColumnElement[bool] = parts.part.bool_op("&&")(_envelope(frame))
    return here


def _envelope(frame: Frame) -> ColumnElement[Any]:
    envelope: ColumnElement[Any] = func.ST_MakeEnvelope(*frame.box, 4326)
    return envelope
