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
    """N parts (EPSG:4326) with the values they stand for, and how many shapes were mended."""

    parts: Shapes
    values: Floats
    mended: int

    @property
    def km2(self) -> float:
        """The ground they cover on the ellipsoid, overlaps once."""
        return float(polygons_km2(np.array([shapely.union_all(self.parts)], dtype=object))[0])


def normal(shapes: Shapes, values: Floats, crs: CRS) -> Extent:
    """N polygons of any system (None where a feature has none), each with a value, as an extent."""
    fixed = repaired(_in_degrees(shapes, crs))
    parts, owners = subdivided(fixed.shapes)
    return Extent(parts, values[owners], len(fixed.changed))


def _in_degrees(shapes: Shapes, crs: CRS) -> Shapes:
    if same(crs, WGS84):
        return shapes
    return shapely.transform(
        shapes, lambda at: np.column_stack(carried(at[:, 0], at[:, 1], crs, WGS84))
    )
