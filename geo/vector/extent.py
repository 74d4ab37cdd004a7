"""The normal form of an extent: valid polygons in degrees, cut into parts an index can use."""

from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import CRS

from geo.crs import WGS84, Floats, carried, same
from geo.ellipsoid import Shapes, polygons_km2
from geo.vector.repair import repaired
from geo.vector.subdivide import subdivided


@dataclass(frozen=True)
class Extent:
    """Valid shapes (EPSG:4326; None: none), cut into N parts with the values they stand for.

    `mended` counts the shapes that had to be made valid.
    """

    shapes: Shapes
    parts: Shapes
    values: Floats
    mended: int

    @property
    def km2(self) -> float:
        """The ground they cover on the ellipsoid, overlaps once.

        Only shapes that meet others are united: a union of everything takes fifty times as long.
        """
        one, other = shapely.STRtree(self.shapes).query(self.shapes, predicate="intersects")
        meet = np.zeros(len(self.shapes), dtype=bool)
        meet[one[one != other]] = True
        united = np.array([shapely.union_all(self.shapes[meet])], dtype=object)
        return float(polygons_km2(self.shapes[~meet]).sum() + polygons_km2(united)[0])


def normal(shapes: Shapes, values: Floats, crs: CRS) -> Extent:
    """N polygons of any system (None where a feature has none), each with a value, as an extent."""
    fixed = repaired(_in_degrees(shapes, crs))
    parts, owners = subdivided(fixed.shapes)
    return Extent(fixed.shapes, parts, values[owners], len(fixed.changed))


def _in_degrees(shapes: Shapes, crs: CRS) -> Shapes:
    if same(crs, WGS84):
        return shapes
    return shapely.transform(
        shapes, lambda at: np.column_stack(carried(at[:, 0], at[:, 1], crs, WGS84))
    )
