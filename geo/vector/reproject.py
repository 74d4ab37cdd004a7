"""Shapes in another coordinate system, with long straight edges bent as the ground bends them."""

import numpy as np
import shapely
from pyproj import CRS

from geo.crs import Floats, carried, in_degrees, same
from geo.ellipsoid import Shapes

DEGREES, METRES = 0.05, 5_000.0  # the longest edge that is carried over as a straight one


def reprojected(shapes: Shapes, source: CRS, target: CRS) -> Shapes:
    """N shapes of one system in another; None where the other cannot hold a shape."""
    if same(source, target):
        return shapes
    fine = shapely.segmentize(shapes, _longest_edge(source))

    def carry(at: Floats) -> Floats:
        return np.column_stack(carried(at[:, 0], at[:, 1], source, target))

    moved = shapely.transform(fine, carry)
    bounds = shapely.bounds(moved)
    moved[~np.isfinite(bounds).all(axis=1)] = None
    return moved


def _longest_edge(crs: CRS) -> float:
    if in_degrees(crs):
        return DEGREES
    return METRES / float(crs.axis_info[0].unit_conversion_factor or 1)
