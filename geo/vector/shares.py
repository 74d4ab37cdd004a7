"""How much of each area a set of polygons covers, in true square kilometres; overlaps count once.

All shapes are valid polygons in longitude and latitude (EPSG:4326), or None.
"""

import numpy as np
import shapely

from geo.crs import Floats
from geo.ellipsoid import Shapes, polygons_km2
from geo.vector.subdivide import Positions, subdivided


def covered_km2(areas: Shapes, cover: Shapes) -> Floats:
    """The part of each of N areas that lies in any of the cover's polygons."""
    parts, owners = subdivided(areas)
    pieces, part = _common(parts, _once(cover))
    found = np.bincount(owners[part], weights=polygons_km2(pieces), minlength=len(areas))
    return found.astype(np.float64)


def clipped(areas: Shapes, cover: Shapes) -> Shapes:
    """The part of each of N areas that lies in the cover; None where nothing does."""
    parts, owners = subdivided(areas)
    pieces, part = _common(parts, _once(cover))
    owner = owners[part]
    order = np.argsort(owner, kind="stable")
    starts = np.flatnonzero(np.diff(owner[order], prepend=-1))
    found = np.full(len(areas), None, dtype=object)
    for own in np.split(order, starts[1:]) if len(order) else []:
        found[owner[own[0]]] = shapely.union_all(pieces[own])
    return found


def overlap(one: Shapes, other: Shapes) -> Shapes:
    """The polygons that two sets have in common, without overlaps among themselves."""
    pieces, _part = _common(_once(one), _once(other))
    return pieces


def _once(shapes: Shapes) -> Shapes:
    """All the polygons merged, so that what overlaps is there once, in parts of few vertices."""
    merged = shapely.disjoint_subset_union_all(shapely.get_parts(shapes))
    parts, _owner = subdivided(np.array([merged], dtype=object))
    return parts


def _common(parts: Shapes, cover: Shapes) -> tuple[Shapes, Positions]:
    """What pairs of parts and cover have in common, and the part each piece belongs to."""
    part, other = shapely.STRtree(cover).query(parts, predicate="intersects")
    common = shapely.intersection(parts[part], cover[other])
    pieces, at = shapely.get_parts(common, return_index=True)
    flat = shapely.get_dimensions(pieces) == 2  # where two only touch, they share lines or points
    return pieces[flat], part[at[flat]]
