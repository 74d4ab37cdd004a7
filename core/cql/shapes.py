"""Shapes in a filter: what was written as WKT, GeoJSON or a box, and how two lie together."""

from collections.abc import Callable, Sequence
from typing import Any

import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, not_

from core.cql.terms import Condition, Kind, Piece, met_by_any, must_be
from core.errors import Invalid

MOST_VERTICES = 10_000

Placed = Callable[[BaseGeometry], BaseGeometry]


class ShapeUnreadable(Invalid):
    """A shape in the condition cannot be read; write it like POLYGON((0 0, 1 0, 1 1, 0 0)) or
    BBOX(0, 0, 1, 1)."""


class ShapeTooLarge(Invalid):
    """A shape in the condition has {found} vertices and {most} are read here; simplify it."""


def drawn(node: Any, placed: Placed) -> Piece:
    """A shape that was written out, its height left aside and mended where its lines cross.

    `placed` brings it to EPSG:4326, longitude first.

    Raises:
        ShapeUnreadable, ShapeTooLarge
    """
    try:
        flat = shapely.force_2d(box(node["bbox"]) if "bbox" in node else shape(node))
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        raise ShapeUnreadable from None
    if (found := shapely.get_num_coordinates(flat)) > MOST_VERTICES:
        raise ShapeTooLarge(found=found, most=MOST_VERTICES)
    put = placed(flat)
    if not _finite(put):
        raise ShapeUnreadable
    literal = func.ST_GeomFromWKB(shapely.make_valid(put).wkb, 4326)
    return Piece(literal, Kind.GEOMETRY, flat.geom_type.upper())


def lie(word: str, left: Piece, right: Piece) -> Condition:
    """How two shapes lie together, as one of `TOGETHER` says it."""
    must_be(Kind.GEOMETRY, left)
    must_be(Kind.GEOMETRY, right)
    return met_by_any(TOGETHER[word](left.expression, right.expression), left, right)


def box(corners: Sequence[float]) -> BaseGeometry:
    """A box of 4 figures, or of 6 with heights; one that begins east of its end spans 180 E."""
    half = len(corners) // 2
    west, south, east, north = (*corners[:2], *corners[half : half + 2])
    if west <= east:
        return shapely.box(west, south, east, north)
    return shapely.union(
        shapely.box(west, south, 180, north), shapely.box(-180, south, east, north)
    )


def _finite(placed: BaseGeometry) -> bool:
    return bool(shapely.get_num_coordinates(placed)) and all(
        abs(edge) < float("inf") for edge in placed.bounds
    )


def _apart(left: Any, right: Any) -> Condition:
    return not_(func.ST_Intersects(left, right))


TOGETHER: dict[str, Callable[[Any, Any], Condition]] = {
    "s_intersects": func.ST_Intersects,
    "s_disjoint": _apart,
    "s_within": func.ST_Within,
    "s_contains": func.ST_Contains,
    "s_touches": func.ST_Touches,
    "s_crosses": func.ST_Crosses,
    "s_overlaps": func.ST_Overlaps,
    "s_equals": func.ST_Equals,
}
