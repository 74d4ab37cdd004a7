"""Polygons as people draw them, made valid; what was changed, and by how much, is told."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from geo.crs import Floats
from geo.ellipsoid import Shapes

POLYGON, POLYGONS = 3, (3, 6)
COLLECTED = (4, 5, 6, 7)


@dataclass(frozen=True)
class Repaired:
    """N valid shapes (None where nothing of area is left), and what was done to reach them.

    `changed` are the positions of shapes that were invalid, `reasons` what was wrong with each, and
    `before` and `after` their plain areas in square units of their system: `before` as the rings
    are drawn, counting what an odd number of them goes around, so that nothing cancels out.
    """

    shapes: Shapes
    changed: NDArray[np.intp]
    reasons: list[str]
    before: Floats
    after: Floats


def repaired(shapes: Shapes) -> Repaired:
    """Valid polygons of N polygons, by the structure of their rings: shells add, holes take away.

    Rings that cross themselves are cut where they cross; what collapses to lines or points is left
    out (GEOS MakeValid, method "structure").
    """
    changed = np.flatnonzero(~shapely.is_missing(shapes) & ~shapely.is_valid(shapes))
    broken = shapes[changed]
    fixed = shapely.make_valid(broken, method="structure", keep_collapsed=False)
    valid = shapes.copy()
    valid[changed] = [areal(shape) for shape in fixed]
    reasons = [str(reason) for reason in shapely.is_valid_reason(broken)]
    before = np.nan_to_num(shapely.area(as_drawn(broken)))
    after = np.nan_to_num(shapely.area(valid[changed]))
    return Repaired(valid, changed, reasons, before, after)


def as_drawn(broken: Shapes) -> Shapes:
    """Invalid polygons as what an odd number of their rings goes around (GEOS, "linework")."""
    drawn = shapely.make_valid(broken, method="linework")
    return np.array([areal(shape) for shape in drawn], dtype=object)


def areal(shape: BaseGeometry) -> BaseGeometry | None:
    """What of a shape has an area, as it stands: of a collection, its polygons. None if nothing."""
    if shape.is_empty:
        return None
    if shapely.get_type_id(shape) in POLYGONS:
        return shape
    parts = polygons_in(shape)
    if not len(parts):
        return None
    return parts[0] if len(parts) == 1 else MultiPolygon(parts.tolist())


def polygons_in(shape: BaseGeometry) -> Shapes:
    """The single polygons in a shape, however deep its collections are nested."""
    parts = shapely.get_parts([shape])
    while np.isin(shapely.get_type_id(parts), COLLECTED).any():
        parts = shapely.get_parts(parts)
    single = (shapely.get_type_id(parts) == POLYGON) & ~shapely.is_empty(parts)
    return np.asarray(parts[single])
