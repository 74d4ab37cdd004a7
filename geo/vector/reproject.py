"""Shapes in another coordinate system, with long straight edges bent as the ground bends them."""

import numpy as np
import shapely
from pyproj import CRS
from shapely import affinity

from geo.crs import CIRCLE, Floats, carried, in_degrees, same
from geo.ellipsoid import Shapes
from geo.vector.repair import areal, repaired

HALF = CIRCLE / 2
GLOBE = shapely.box(-HALF, -90, HALF, 90)
DEGREES, METRES = 0.05, 5_000.0  # the longest edge that is carried over as a straight one


def reprojected(shapes: Shapes, source: CRS, target: CRS) -> Shapes:
    """N valid shapes of one system in another, valid; None where the other cannot hold a shape."""
    if same(source, target):
        return shapes
    fine = shapely.segmentize(shapes, _longest_edge(source))

    def carry(at: Floats) -> Floats:
        return np.column_stack(carried(at[:, 0], at[:, 1], source, target))

    moved = shapely.transform(fine, carry)
    bounds = shapely.bounds(moved)
    moved[~np.isfinite(bounds).all(axis=1)] = None
    return repaired(moved).shapes


def on_the_globe(shapes: Shapes) -> Shapes:
    """N shapes in degrees with what lies beyond 180 east or west brought back to the other side."""
    west, _, east, _ = shapely.bounds(shapes).T
    with np.errstate(invalid="ignore"):
        beyond = np.flatnonzero((west < -HALF) | (east > HALF))
    turned = shapes.copy()
    for at in beyond.tolist():
        parts = [
            shapely.intersection(affinity.translate(shapes[at], turn), GLOBE)
            for turn in (0.0, CIRCLE, -CIRCLE)
        ]
        turned[at] = areal(shapely.union_all(parts))
    return turned


def _longest_edge(crs: CRS) -> float:
    if in_degrees(crs):
        return DEGREES
    return METRES / float(crs.axis_info[0].unit_conversion_factor or 1)
