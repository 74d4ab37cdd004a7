"""Circles on the ground, and what polygons hold of each.

A circle is drawn as a regular polygon of 64 corners, by the radii of curvature of the WGS 84
ellipsoid (Snyder 1987, Map Projections, p. 24, eqs. 4-18 and 4-20).
"""

from dataclasses import dataclass

import numpy as np
import shapely

from geo.crs import Flags, Floats
from geo.ellipsoid import ECCENTRICITY, SEMI_MAJOR, Shapes, polygons_km2
from geo.vector.lattice import Indices, spans
from geo.vector.locate import NOWHERE, Locator

CORNERS = 64
POLE = 89.9  # degrees; beyond it a circle is drawn as wide as there
NOTHING = 1e-6  # of a circle: what rounding leaves along an edge
MANY = 1 << 12  # cells in a circle's box from which on they are not looked at one by one


@dataclass(frozen=True)
class Taken:
    """Pieces of circles that shapes took, each shape what those before it had left: the circle, the
    shape and the size in km2 of each; and what nobody took of each circle."""

    circle: Indices
    shape: Indices
    km2: Floats
    rest: Shapes


def degrees_of(metres: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """How many degrees of longitude, and of latitude, metres are at a latitude."""
    parallel = np.radians(np.clip(lat, -POLE, POLE))
    bent = 1 - (ECCENTRICITY * np.sin(parallel)) ** 2
    north = SEMI_MAJOR * 1000 * (1 - ECCENTRICITY**2) / bent**1.5
    east = SEMI_MAJOR * 1000 / np.sqrt(bent) * np.cos(parallel)
    return np.degrees(metres / east), np.degrees(metres / north)


def discs(lon: Floats, lat: Floats, radius_m: Floats) -> Shapes:
    """N circles on the ground as polygons in longitude and latitude."""
    wide, tall = degrees_of(radius_m, lat)
    turn = 2 * np.pi * np.arange(CORNERS) / CORNERS
    x = lon[:, None] + wide[:, None] * np.cos(turn)
    y = lat[:, None] + tall[:, None] * np.sin(turn)
    return np.asarray(shapely.polygons(np.stack([x, y], axis=-1)))


def taken(circles: Shapes, shapes: Shapes) -> Taken:
    """What each of the shapes, in their order, takes of N circles; ground is taken once."""
    circle, shape = shapely.STRtree(shapes).query(circles, predicate="intersects")
    order = np.lexsort((shape, circle))
    circle, shape = circle[order], shape[order]
    nth = np.arange(len(circle)) - np.searchsorted(circle, circle)
    km2, rest = np.zeros(len(circle)), circles.copy()
    for turn in range(int(nth.max(initial=-1)) + 1):
        now = np.flatnonzero(nth == turn)
        left, shapes_now = rest[circle[now]], shapes[shape[now]]
        km2[now] = polygons_km2(shapely.intersection(left, shapes_now))
        rest[circle[now]] = shapely.difference(left, shapes_now)
    real = km2 > NOTHING * polygons_km2(circles)[circle]
    return Taken(circle[real], shape[real], km2[real], rest)


def divided(locator: Locator, lon: Floats, lat: Floats, radius_m: Floats) -> Flags:
    """Which of N circles may hold more than what one shape (or none) covers.

    A circle is whole where all cells of the lattice in its box lie in one and the same shape.
    """
    lattice = locator.lattice
    wide, tall = degrees_of(radius_m, lat)
    west, south = lattice.uv(lon - wide, lat - tall)
    east, north = lattice.uv(lon + wide, lat + tall)
    low, high = (np.floor([v, u]).astype(np.int64) for v, u in ((south, west), (north, east)))
    low, high = (np.clip(end, -1, lattice.side) for end in (low, high))  # beyond, nothing lies
    height, width = high - low + 1
    many: Flags = height * width > MANY
    circle, row, column = box_cells(low, np.where(many, 0, height), np.where(many, 0, width))
    inside = (np.minimum(row, column) >= 0) & (np.maximum(row, column) < lattice.side)
    lies = np.full(len(row), NOWHERE, dtype=np.int32)
    lies[inside] = locator.first[row[inside] * lattice.side + column[inside]]
    first = np.searchsorted(circle, np.arange(len(lon)))
    differs = (lies < NOWHERE) | (lies != lies[first[circle]])
    many[circle[differs]] = True
    return many


def box_cells(low: Indices, height: Indices, width: Indices) -> tuple[Indices, Indices, Indices]:
    """The cells of N boxes one after the other: of which box, and their rows and columns.

    `low` (2, N) are the first row and column of each.
    """
    box = np.repeat(np.arange(len(height)), height * width)
    nth = spans(np.zeros(len(height), dtype=np.int64), height * width)
    return box, low[0][box] + nth // width[box], low[1][box] + nth % width[box]
