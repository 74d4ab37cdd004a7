"""Which of many shapes each of many polygons overlaps: by more than a touch."""

import numpy as np
import shapely

from geo.ellipsoid import Shapes
from geo.vector.lattice import Indices
from geo.vector.locate import NOWHERE

TOUCH = 1e-9  # share of the polygon; less is the rounding of borders that only meet


def first_overlapping(polygons: Shapes, shapes: Shapes) -> Indices:
    """The first shape in their order that each of N polygons shares some area with; or -1.

    All valid and in one system; None: no polygon, no shape.
    """
    polygon, shape = shapely.STRtree(shapes).query(polygons, predicate="intersects")
    common = shapely.area(shapely.intersection(polygons[polygon], shapes[shape]))
    real = common > TOUCH * shapely.area(polygons[polygon])
    first = np.full(len(polygons), len(shapes), dtype=np.int64)
    np.minimum.at(first, polygon[real], shape[real])
    return np.where(first == len(shapes), NOWHERE, first)
