"""How much of each area a set of polygons covers, in true square kilometres; overlaps count once."""

import numpy as np
import shapely

from geo.crs import WGS84, Floats, carried
from geo.ellipsoid import Shapes, polygons_km2
from geo.vector.open import Layer
from geo.vector.subdivide import Positions, subdivided

LONGEST = 0.05  # degrees; edges are carried to another system in pieces no longer
KM_A_DEGREE = 100.0


def covered_km2(areas: Shapes, cover: Shapes) -> Floats:
    """The part of each of N areas that lies in any of the cover's polygons.

    Both in longitude and latitude (EPSG:4326), valid; None: no shape.
    """
    parts, owners = subdivided(areas)
    pieces, of = _common(parts, subdivided(one_of(cover))[0])
    totals = np.zeros(len(areas))
    np.add.at(totals, owners[of], polygons_km2(pieces))
    return totals


def one_of(shapes: Shapes) -> Shapes:
    """All the polygons as a single shape (or none), in which what overlaps is there once."""
    merged = shapely.disjoint_subset_union_all(shapes[~shapely.is_missing(shapes)])
    return np.array([] if merged.is_empty else [merged], dtype=object)


def _common(parts: Shapes, cover: Shapes) -> tuple[Shapes, Positions]:
    """What pairs of parts and cover have in common, and the part each piece belongs to."""
    tree = shapely.STRtree(cover)
    part, other = tree.query(parts, predicate="intersects")
    return shapely.intersection(parts[part], cover[other]), part
