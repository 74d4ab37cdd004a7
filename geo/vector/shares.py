"""How much of each area a set of polygons covers, in true square kilometres; overlaps count once.

All shapes are valid polygons in longitude and latitude (EPSG:4326), or None.
"""

import numpy as np
import shapely

from geo.crs import Flags, Floats
from geo.ellipsoid import Shapes, polygons_km2
from geo.vector.subdivide import Positions, subdivided

INTERIORS_MEET = "T********"  # in the nine letters of DE-9IM


def covered_km2(areas: Shapes, cover: Shapes) -> Floats:
    """The part of each of N areas that lies in any of the cover's polygons."""
    parts, owners = subdivided(areas)
    pieces, part = _common(parts, _once(cover))
    found = np.bincount(owners[part], weights=polygons_km2(pieces), minlength=len(areas))
    return found.astype(np.float64)


def pieces_km2(areas: Shapes, cover: Shapes) -> tuple[Positions, Positions, Floats]:
    """The pieces in which N areas lie in the cover's polygons: the area, the polygon and the size
    of each. Ground that several polygons cover belongs to the first."""
    parts, owners = subdivided(areas)
    cut, of = subdivided(cover)
    covers, cut_from = subdivided(_apart(cut))
    part, other = shapely.STRtree(covers).query(parts, predicate="intersects")
    km2 = polygons_km2(shapely.intersection(parts[part], covers[other]))
    real = km2 > 0
    return owners[part[real]], of[cut_from[other[real]]], km2[real]


def _apart(parts: Shapes) -> Shapes:
    """Polygons without what those before them cover; those that meet no other stay as they are."""
    overlap = np.flatnonzero(_overlapping(parts))
    apart, some = parts.copy(), parts[overlap]
    later, earlier = shapely.STRtree(some).query(some, predicate="intersects")
    before = earlier < later
    later, earlier = later[before], earlier[before]
    order = np.argsort(later, kind="stable")
    later, earlier = later[order], earlier[order]
    nth = np.arange(len(later)) - np.searchsorted(later, later)
    left = some.copy()
    for turn in range(int(nth.max(initial=-1)) + 1):
        now = nth == turn
        left[later[now]] = shapely.difference(left[later[now]], some[earlier[now]])
    apart[overlap] = left
    return apart


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


def outside(shapes: Shapes, cover: Shapes) -> Shapes:
    """What of N polygons lies in none of the cover's."""
    tree = shapely.STRtree(cover)
    within = np.zeros(len(shapes), dtype=bool)
    within[tree.query(shapes, predicate="covered_by")[0]] = True
    left = shapes[~within]
    of, met = tree.query(left, predicate="intersects")
    for at in np.unique(of).tolist():
        left[at] = shapely.difference(left[at], shapely.union_all(cover[met[of == at]]))
    pieces = shapely.get_parts(left)
    return np.asarray(pieces[shapely.get_dimensions(pieces) == 2])


def _once(shapes: Shapes) -> Shapes:
    """The polygons in parts of few vertices, merged where they overlap: ground is there once."""
    parts, _owner = subdivided(shapes)
    overlap = _overlapping(parts)
    merged = shapely.disjoint_subset_union_all(parts[overlap])
    pieces, _whole = subdivided(np.array([merged], dtype=object))
    return np.concatenate([parts[~overlap], pieces])


def _overlapping(parts: Shapes) -> Flags:
    """Which polygons have ground in common with another; along cuts they only touch."""
    one, other = shapely.STRtree(parts).query(parts)
    west, south, east, north = shapely.bounds(parts).T
    wide = np.minimum(east[one], east[other]) > np.maximum(west[one], west[other])
    tall = np.minimum(north[one], north[other]) > np.maximum(south[one], south[other])
    pairs = (one < other) & wide & tall
    one, other = one[pairs], other[pairs]
    shapely.prepare(parts)
    meet = shapely.intersects(parts[one], parts[other])
    one, other = one[meet], other[meet]
    common = shapely.relate_pattern(parts[one], parts[other], INTERIORS_MEET)
    overlap = np.zeros(len(parts), dtype=bool)
    overlap[one[common]], overlap[other[common]] = True, True
    return overlap


def _common(parts: Shapes, cover: Shapes) -> tuple[Shapes, Positions]:
    """What pairs of parts and cover have in common, and the part each piece belongs to."""
    part, other = shapely.STRtree(cover).query(parts, predicate="intersects")
    common = shapely.intersection(parts[part], cover[other])
    pieces, at = shapely.get_parts(common, return_index=True)
    flat = shapely.get_dimensions(pieces) == 2  # where two only touch, they share lines or points
    return pieces[flat], part[at[flat]]
