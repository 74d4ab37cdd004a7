"""Outlines for the map: areas simplified for a zoom, neighbours together, so that no gap opens."""

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely import MultiPolygon, Polygon

from geo.crs import WGS84, carried

ZOOMS = (4, 6, 8, 10, 12, 14)
MERCATOR = CRS.from_epsg(3857)
AROUND = 40_075_016.69  # metres, the equator in web mercator
TILE = 512  # pixels, as the map draws a tile
HIGHEST = 85.05112878  # degrees; web mercator ends there


def outlines(shapes: NDArray[np.object_], zoom: int) -> NDArray[np.object_]:
    """Areas of one level as they are drawn at a zoom, in EPSG:3857; None for what vanishes.

    `shapes` are (Multi)Polygons in EPSG:4326. What is smaller than half a pixel is left out of the
    borders; at the last of `ZOOMS` the borders stay as they are.
    """
    flat = shapely.transform(shapes, _mercator)
    if zoom < ZOOMS[-1]:
        half_a_pixel = AROUND / TILE / 2**zoom / 2
        flat = shapely.coverage_simplify(flat, half_a_pixel)
    return np.array([_whole(shape) for shape in flat], dtype=object)


def _mercator(at: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack(carried(at[:, 0], at[:, 1].clip(-HIGHEST, HIGHEST), WGS84, MERCATOR))


def _whole(shape: Polygon | MultiPolygon) -> MultiPolygon | None:
    if shape.is_empty:
        return None
    return shape if isinstance(shape, MultiPolygon) else MultiPolygon([shape])
