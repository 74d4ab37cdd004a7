"""Polygons drawn across the antimeridian: an edge from 179 to -179 goes the short way round.

A file may count its longitudes from -180 to 180 and still draw across the line, so that an edge
would run around the whole earth. Such rings are counted on past 180, where
`geo.vector.reproject.on_the_globe` brings them back.
"""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo.crs import CIRCLE, Floats
from geo.ellipsoid import Shapes

HALF = CIRCLE / 2
FRAME = 359.9  # degrees; a box so wide is a frame around the world
CORNERS = 5  # points of a box, the first one again at its end


def the_short_way(shapes: Shapes) -> tuple[Shapes, NDArray[np.intp]]:
    """N polygons in degrees with every edge longer than half the earth turned the other way.

    Returns the positions of those that changed, too. A ring around a pole is left as it is, and so
    is a box that frames the world.
    """
    west, _, east, _ = shapely.bounds(shapes).T
    with np.errstate(invalid="ignore"):
        wide = np.flatnonzero(east - west > HALF)
    strays = np.array([at for at in wide.tolist() if _is_long(shapes[at])], dtype=np.intp)
    turned = shapes.copy()
    for at in strays.tolist():
        turned[at] = MultiPolygon([_turned(part) for part in shapely.get_parts(shapes[at])])
    return turned, strays


def _is_long(shape: BaseGeometry) -> bool:
    """Whether any ring of a shape has an edge to be turned."""
    rings = shapely.get_rings(shape)
    return any(_on(shapely.get_coordinates(ring)[:, 0]) is not None for ring in rings)


def _turned(part: Polygon) -> Polygon:
    shell = _ring(part.exterior)
    west, east = shell[:, 0].min(), shell[:, 0].max()
    holes = []
    for hole in map(_ring, part.interiors):
        middle = hole[:, 0].mean()
        aside = next((by for by in (0, CIRCLE, -CIRCLE) if west <= middle + by <= east), 0)
        holes.append(np.column_stack([hole[:, 0] + aside, hole[:, 1]]))
    return Polygon(shell, holes)


def _ring(ring: BaseGeometry) -> Floats:
    places = shapely.get_coordinates(ring)
    counted_on = _on(places[:, 0])
    if counted_on is not None:
        places[:, 0] = counted_on
    return np.asarray(places)


def _on(longitudes: Floats) -> Floats | None:
    """The longitudes of a ring counted on past 180; None where none of its edges is that long."""
    longest = np.abs(np.diff(longitudes)).max()
    if not longest > HALF or (len(longitudes) <= CORNERS and longest >= FRAME):
        return None
    on = np.unwrap(longitudes, period=CIRCLE)
    return on if abs(on[0] - on[-1]) < HALF else None  # else it goes around a pole
