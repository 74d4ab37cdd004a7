"""Polygons as people draw them, made valid; what was changed, and by how much, is told."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.crs import Floats
from geo.ellipsoid import Shapes

POLYGONS = (3, 6)


@dataclass(frozen=True)
class Repaired:
    """N valid shapes (None where nothing of area is left), and what was done to reach them.

    `changed` are the positions of shapes that were invalid, `reasons` what was wrong with each, and
    `before` and `after` their plain areas in square units of their system.
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
    after = np.nan_to_num(shapely.area(valid[changed]))
    return Repaired(valid, changed, reasons, shapely.area(broken), after)


def areal(shape: BaseGeometry) -> BaseGeometry | None:
    """What of a shape has an area; None if nothing does."""
    if shape.is_empty:
        return None
    if shapely.get_type_id(shape) in POLYGONS:
        return shape
    parts = shapely.get_parts(shape)
    parts = parts[np.isin(shapely.get_type_id(parts), POLYGONS)]
    return shapely.union_all(parts) if len(parts) else None
