"""The normal form of an extent: valid polygons in degrees, cut into parts an index can use."""

from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import CRS

from geo.crs import WGS84, Floats
from geo.ellipsoid import Shapes, polygons_km2
from geo.reports import Report, unheard
from geo.vector.repair import repaired
from geo.vector.reproject import on_the_globe, reprojected
from geo.vector.subdivide import subdivided

BLOCK = 50_000  # polygons between two reports


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
        """The ground they cover on the ellipsoid, overlaps once."""
        return ground_km2(self.shapes)


@dataclass(frozen=True)
class Seen:
    """N parts of an extent that lie in what could be seen, with the values they stand for, and the
    ground of the extent that lies beyond, in km2."""

    parts: Shapes
    values: Floats
    beyond_km2: float


def seen_of(parts: Shapes, values: Floats, observed: Shapes) -> Seen:
    """Which of N parts with values lie in what could be seen (valid polygons, EPSG:4326), and how
    much lies beyond.

    Few parts lie across the border; the others are told apart by the prepared outline.
    """
    whole = shapely.disjoint_subset_union_all(observed)
    shapely.prepare(whole)
    inside = shapely.covers(whole, parts)
    across = parts[~inside]
    pieces, owners = subdivided(shapely.intersection(across, whole))
    return Seen(
        np.concatenate([parts[inside], pieces]),
        np.concatenate([values[inside], values[~inside][owners]]),
        ground_km2(subdivided(shapely.difference(across, whole))[0]),
    )


def out_of_water(parts: Shapes, values: Floats, water: Shapes) -> Seen:
    """What of N parts with values lies in no permanent water, and how much lies in it.

    `water` are valid polygons (EPSG:4326); few parts meet any.
    """
    part, other = shapely.STRtree(water).query(parts, predicate="intersects")
    wet = np.unique(part)
    over = [shapely.union_all(water[other[part == at]]) for at in wet.tolist()]
    both = parts[wet], np.array(over, dtype=object)
    pieces, owners = subdivided(shapely.difference(*both))
    return Seen(
        np.concatenate([np.delete(parts, wet), pieces]),
        np.concatenate([np.delete(values, wet), values[wet][owners]]),
        ground_km2(subdivided(shapely.intersection(*both))[0]),
    )


def ground_km2(shapes: Shapes) -> float:
    """The ground that valid shapes cover on the ellipsoid, overlaps once.

    Only shapes that meet others are united: a union of everything takes fifty times as long.
    """
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    meet = np.zeros(len(shapes), dtype=bool)
    meet[one[one != other]] = True
    united = np.array([shapely.union_all(shapes[meet])], dtype=object)
    return float(polygons_km2(shapes[~meet]).sum() + polygons_km2(united)[0])


def normal(shapes: Shapes, values: Floats, crs: CRS, report: Report = unheard) -> Extent:
    """N polygons of any system (None where a feature has none), each with a value, as an extent.

    `report` hears the polygons done, of how many, and may raise to end it.
    """
    blocks = []
    for first in range(0, max(len(shapes), 1), BLOCK):
        report(first, len(shapes))
        here = slice(first, first + BLOCK)
        blocks.append(_block(shapes[here], values[here], crs))
    report(len(shapes), len(shapes))
    return Extent(
        np.concatenate([block.shapes for block in blocks]),
        np.concatenate([block.parts for block in blocks]),
        np.concatenate([block.values for block in blocks]),
        sum(block.mended for block in blocks),
    )


def _block(shapes: Shapes, values: Floats, crs: CRS) -> Extent:
    fixed = repaired(shapes)
    globe = on_the_globe(reprojected(fixed.shapes, crs, WGS84))
    parts, owners = subdivided(globe)
    return Extent(globe, parts, values[owners], len(fixed.changed))
