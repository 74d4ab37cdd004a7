"""What a person draws or sends as a shape: rings and GeoJSON turned into one clean shape.

Positions are [longitude, latitude] in degrees (EPSG:4326), shapes are MULTIPOLYGONs as WKB, so that
no digit of a corner is lost.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import shapely
from pyproj import Transformer
from shapely import MultiPolygon, Polygon
from shapely.errors import ShapelyError
from shapely.validation import explain_validity

from core.errors import Invalid
from geo.vector.open import opened, polygons, read
from geo.vector.repair import repaired

Ring = Sequence[Sequence[float]]
MOST_CORNERS = 200_000
LARGEST_FILE = 32 << 20  # bytes
LETTERS = 64  # an encoded polyline is written in this many, from "?" on


class DrawingCrossesItself(Invalid):
    """The drawn line crosses itself near {place}; move a corner until it does not."""


class DrawingTooSmall(Invalid):
    """A drawn shape needs at least three corners that do not lie on one line; draw it larger."""


class DrawingOffTheGlobe(Invalid):
    """A corner lies outside -180 to 180 degrees east or -90 to 90 north; draw it again."""


class DrawingUnreadable(Invalid):
    """The shape is neither a polygon in GeoJSON nor a list of corners; draw or upload it again."""


class ShapeTooLarge(Invalid):
    """The file is larger than {limit} MB, more than a shape on this page needs; simplify it."""


class DrawingTooFine(Invalid):
    """The shape has {corners} corners, more than {most}; simplify it and send it again."""


def drawn(rings: Iterable[Ring]) -> bytes | None:
    """One shape of several drawn rings; where they overlap it counts once. None of no rings.

    Raises:
        DrawingCrossesItself, DrawingTooSmall, DrawingOffTheGlobe, DrawingTooFine
    """
    return clean(_polygon(ring) for ring in rings)


def of_geojson(text: str) -> bytes | None:
    """One shape of a GeoJSON geometry, Feature or FeatureCollection of polygons.

    Raises:
        DrawingUnreadable, and those of `drawn`.
    """
    try:
        found = shapely.from_geojson(text)
    except (ShapelyError, TypeError, ValueError):
        raise DrawingUnreadable from None
    pieces = shapely.get_parts(shapely.get_parts(found))
    if any(piece.geom_type != "Polygon" for piece in pieces):
        raise DrawingUnreadable
    return clean(pieces)


def of_file(path: Path) -> bytes | None:
    """One shape of the polygons in a vector file, wherever its coordinate system is.

    What crosses itself in a file is mended by the structure of its rings, since nobody can move a
    corner of it here.

    Raises:
        ShapeTooLarge, what geo.vector.open refuses, and those of `drawn`.
    """
    if path.stat().st_size > LARGEST_FILE:
        raise ShapeTooLarge(limit=LARGEST_FILE >> 20)
    with opened(path) as layer:
        shapes = repaired(polygons(layer, read(layer).shapes)).shapes
        to_degrees = Transformer.from_crs(layer.crs, 4326, always_xy=True)
    shapes = shapely.transform(shapes, to_degrees.transform, interleaved=False)  # type: ignore[arg-type]
    return clean(shapely.get_parts(shapes[~shapely.is_missing(shapes)]))


def to_geojson(shape: bytes | None) -> dict[str, Any] | None:
    """A shape as a GeoJSON geometry, every coordinate written in full."""
    if shape is None:
        return None
    geometry: dict[str, Any] = json.loads(shapely.to_geojson(shapely.from_wkb(shape)))
    return geometry


def clean(polygons: Iterable[Polygon]) -> bytes | None:
    """Polygons as one MULTIPOLYGON; overlaps are merged, no corner is moved.

    Raises:
        DrawingCrossesItself, DrawingTooSmall, DrawingOffTheGlobe, DrawingTooFine
    """
    pieces = list(polygons)
    for piece in pieces:
        _check(piece)
    if not pieces:
        return None
    merged = shapely.union_all(pieces) if len(pieces) > 1 else pieces[0]
    merged = MultiPolygon([merged]) if isinstance(merged, Polygon) else merged
    corners = shapely.get_num_coordinates(merged)
    if corners > MOST_CORNERS:
        raise DrawingTooFine(corners=corners, most=MOST_CORNERS)
    return bytes(shapely.to_wkb(merged))


def from_polyline(text: str) -> Ring:
    """The corners of a ring written as an encoded polyline of five decimals, latitude first.

    The format is that of developers.google.com/maps/documentation/utilities/polylinealgorithm.

    Raises:
        DrawingUnreadable: it is not one.
    """
    steps = list(_numbers(text))
    if len(steps) % 2:
        raise DrawingUnreadable
    ring, lat, lon = [], 0, 0
    for north, east in zip(steps[::2], steps[1::2], strict=True):
        lat, lon = lat + north, lon + east
        ring.append((lon / 1e5, lat / 1e5))
    return ring


def _numbers(text: str) -> Iterable[int]:
    value, shift = 0, 0
    for letter in text:
        code = ord(letter) - ord("?")
        if not 0 <= code < LETTERS:
            raise DrawingUnreadable
        value |= (code & 31) << shift
        shift += 5
        if code < 32:
            yield ~(value >> 1) if value & 1 else value >> 1
            value, shift = 0, 0
    if shift:
        raise DrawingUnreadable


def _polygon(ring: Ring) -> Polygon:
    if len(ring) < 3:
        raise DrawingTooSmall
    return Polygon(ring)


def _check(polygon: Polygon) -> None:
    west, south, east, north = polygon.bounds  # NaN of an empty one, which no comparison passes
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise DrawingOffTheGlobe
    if polygon.convex_hull.area == 0:
        raise DrawingTooSmall
    if not polygon.is_valid:
        raise DrawingCrossesItself(place=_where(polygon))


def _where(polygon: Polygon) -> str:
    """The place shapely names in "Self-intersection[121.5 17.2]", latitude first."""
    lon, lat = explain_validity(polygon).partition("[")[2].rstrip("]").split()
    return f"{float(lat):.4f}, {float(lon):.4f}"
