"""Land and sea, the border inland, and the heights that rivers are routed over.

Arrays are grids over the unit square: row 0 in the north, column 0 in the west.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rasterio.features import sieve
from shapely import LineString, Polygon, contains_xy, get_coordinates

from . import plan
from .frame import Floats, centres
from .noise import layered, noise, noise_at

Mask = NDArray[np.bool_]

SEA, BORDER, HILLS, GRAIN, COURSE = 11, 23, 31, 43, 57  # offsets of the seed, one a kind of noise


def axes(cells: int) -> tuple[Floats, Floats]:
    """Columns (u) and rows (v, from the north) of a grid of `cells` a side."""
    return centres(cells), centres(cells)[::-1]


def shore(cells: int, seed: int) -> Floats:
    """Above 0 on land, below 0 at sea; about the distance to the coast in unit lengths."""
    us, vs = axes(cells)
    bay = 0.020 * layered(us, np.zeros(1), 0.34, 3, seed + SEA)
    delta = 0.050 * np.exp(-(((us - 0.432) / 0.088) ** 2))
    ragged = 0.010 * layered(us, vs, 0.07, 6, seed + SEA + 1)
    coast = vs[:, None] - (0.128 + bay - delta) + ragged
    bars = 0.004 - np.abs(coast + 0.010) + 0.006 * layered(us, vs, 0.03, 4, seed + SEA + 2)
    muddy = np.abs(us - 0.43) < 0.16
    return np.where(muddy, np.maximum(coast, bars), coast)


def within_border(cells: int, seed: int) -> Mask:
    """Whether the border inland (west, north, east) holds a cell."""
    us, vs = axes(cells)
    u = us[None, :] + 0.011 * layered(us, vs, 0.09, 6, seed + BORDER)
    v = vs[:, None] + 0.011 * layered(us, vs, 0.09, 6, seed + BORDER + 1)
    inside: Mask = contains_xy(Polygon(plan.BORDER), u.ravel(), v.ravel())
    return inside.reshape(cells, cells)


def country(cells: int, seed: int) -> Mask:
    """The land of the country, with its islands but without specks."""
    land = (shore(cells, seed) > 0) & within_border(cells, seed)
    least = max(4, cells * cells // 60_000)
    kept: Mask = sieve(land.astype(np.uint8), least, connectivity=4).astype(bool)
    return kept


def courses(seed: int) -> list[plan.Course]:
    """The drawn river courses, made to wander a little."""
    return [
        plan.Course(course.name, _wandering(course.points, seed), course.inflow)
        for course in plan.COURSES
    ]


def _wandering(points: Floats, seed: int) -> Floats:
    fine: Floats = get_coordinates(LineString(points).segmentize(0.012))
    return fine + 0.007 * np.column_stack(
        [noise_at(fine, 0.05, seed + COURSE), noise_at(fine, 0.05, seed + COURSE + 1)]
    )


def distance_to_courses(cells: int, seed: int) -> tuple[Floats, Floats]:
    """Distance to the nearest drawn river course, and the v of the nearest point on it."""
    us, vs = axes(cells)
    u, v = np.meshgrid(us, vs)
    nearest, foot = np.full(u.shape, np.inf), np.zeros(u.shape)
    for course in courses(seed):
        for (u0, v0), (u1, v1) in pairwise(course.points):
            du, dv = u1 - u0, v1 - v0
            along = np.clip(((u - u0) * du + (v - v0) * dv) / (du**2 + dv**2), 0, 1)
            distance = np.hypot(u - u0 - along * du, v - v0 - along * dv)
            closer = distance < nearest
            nearest = np.where(closer, distance, nearest)
            foot = np.where(closer, v0 + along * dv, foot)
    return nearest, foot


def heights(cells: int, seed: int) -> Floats:
    """Heights, in no unit, that make water find the river courses; below -1 at sea."""
    us, vs = axes(cells)
    away, foot = distance_to_courses(cells, seed)
    ridges = 1 - np.abs(layered(us, vs, 0.16, 6, seed + HILLS)) / 1.5
    valley = (away / 0.16) ** 0.7
    bottom = 0.10 * foot + 0.02 * np.minimum(away / 0.01, 1)
    grain = 0.09 * layered(us, vs, 0.045, 4, seed + GRAIN) + 0.012 * noise(us, vs, 1 / cells, seed)
    rise = valley * (0.45 + 0.55 * np.maximum(ridges, 0.1)) + grain * np.minimum(valley, 1)
    return np.where(shore(cells, seed) > 0, bottom + rise, -2 + vs[:, None])
