"""Bands of distance round the ground an extent covers, on the ellipsoid.

A band holds all ground that lies farther off than the band before it and no farther than its own
distance. Where something was not observed, what is hit may lie nearer than what is known of.
All shapes are valid polygons in longitude and latitude (EPSG:4326).
"""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import Floats
from geo.ellipsoid import Shapes
from geo.reports import Report, unheard
from geo.vector.circles import degrees_of
from geo.vector.reproject import GLOBE
from geo.vector.subdivide import Positions, subdivided

BANDS = 20
LOW = 0.05  # degrees; in shapes no taller a degree of longitude is about as long all over
ROUND = 32  # corners in a quarter of a circle


def ends_of_bands(reach: float) -> Floats:
    """Where bands up to a distance begin and end: at 0, and then in equal steps."""
    return np.round(np.linspace(0.0, reach, BANDS + 1), 9)


@dataclass(frozen=True)
class Bands:
    """Ground by the band it lies in, 0 for the ground that is asked about itself: N parts and the
    number of the band of each; what is known of it; and M parts with the nearest band they may lie
    in.

    Parts of the first kind do not overlap; of the last the nearest counts.
    """

    parts: Shapes
    band: Positions
    seen: Shapes
    doubtful: Shapes
    nearest: Positions


def bands(ground: Shapes, seen: Shapes, metres: Floats, report: Report = unheard) -> Bands:
    """The bands round some ground that end at these distances, rising; `seen` is what was observed.

    `report` hears the bands drawn, of how many, and may raise to end it.
    """
    hit = shapely.union_all(ground)
    known = shapely.union(shapely.union_all(seen), hit)
    near, dark = _low(ground), _low(_unseen(known, float(metres[-1])))
    within, dim = [hit], [shapely.union_all(dark)]
    for number, distance in enumerate(metres.tolist()):
        report(number, len(metres))
        within.append(_reach(near, distance))
        dim.append(_reach(dark, distance))
    report(len(metres), len(metres))
    told = shapely.union(known, within[-1])
    rings = [hit, *shapely.difference(within[1:], within[:-1])]
    parts, band = subdivided(np.array(rings, dtype=object))
    doubtful = np.array([*rings, *shapely.intersection(dim, told)], dtype=object)
    either, of = subdivided(doubtful)
    return Bands(parts, band, subdivided(np.array([told]))[0], either, of % len(rings))


def _unseen(known: BaseGeometry, metres: float) -> Shapes:
    """What lies round the ground that is known of and within it, as far as it may matter."""
    west, south, east, north = known.bounds
    wide, tall = degrees_of(np.array([metres]), np.array([max(abs(south), abs(north))]))
    frame = shapely.box(west - wide[0], south - tall[0], east + wide[0], north + tall[0])
    return np.array([shapely.difference(shapely.intersection(frame, GLOBE), known)], dtype=object)


def _low(shapes: Shapes) -> Shapes:
    """Polygons cut into strips that are no taller than `LOW`."""
    parts, _of = subdivided(shapes)
    _west, south, _east, north = shapely.bounds(parts).T
    tall = north - south > LOW
    strips = [
        shapely.clip_by_rect(part, part.bounds[0], at, part.bounds[2], at + LOW)
        for part in parts[tall]
        for at in np.arange(part.bounds[1], part.bounds[3], LOW)
    ]
    return np.concatenate([parts[~tall], np.array(strips, dtype=object)])


def _reach(low: Shapes, metres: float) -> BaseGeometry:
    """All ground within some metres of low polygons: each is drawn where a degree is as long either
    way, grown, and drawn back."""
    _west, south, _east, north = shapely.bounds(low).T
    wide, tall = degrees_of(np.full(len(low), metres), (south + north) / 2)
    grown = shapely.buffer(_stretched(low, tall / wide), tall, quad_segs=ROUND)
    return shapely.intersection(shapely.union_all(_stretched(grown, wide / tall)), GLOBE)


def _stretched(shapes: Shapes, times: Floats) -> Shapes:
    """N shapes drawn so many times as wide."""
    at, of = shapely.get_coordinates(shapes, return_index=True)
    at[:, 0] *= times[of]
    stretched: Shapes = shapely.set_coordinates(shapes.copy(), at)
    return stretched
