"""Areas brought into the system of a grid, as far as the grid reaches.

An area of another system is cut off around the grid before it is carried there: a projection that
serves one country has no true place for the far end of a large one.
"""

from collections.abc import Iterator

import numpy as np
import shapely
from pyproj import CRS
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from geo.crs import CIRCLE, WGS84, Floats, carried, in_degrees, same
from geo.ellipsoid import Shapes
from geo.raster.grid import Grid
from geo.vector.repair import areal
from geo.vector.reproject import reprojected

ALONG = 64  # places on each edge of the grid that are looked up on the globe
MARGIN = 0.5  # degrees left around the grid, beyond what its edges bend out between two places
ALL_AROUND = 300.0  # degrees; a grid so wide ends at the antimeridian, and is not turned past it
POLES = np.array([0.0, 0.0]), np.array([90.0, -90.0])

Box = tuple[float, float, float, float]  # west, south, east, north; east may pass 180


def onto_grid(areas: Shapes, crs: CRS, grid: Grid) -> Shapes:
    """N valid areas in the system of a grid; None where one does not come near it."""
    if in_degrees(grid.crs) or same(crs, grid.crs):
        return reprojected(areas, crs, grid.crs)
    globe = reprojected(areas, crs, WGS84)
    near = np.full(len(areas), None, dtype=object)
    box = _box(grid)
    for turn in (0.0, CIRCLE, -CIRCLE):
        for at, part in _cut(globe, turn, box):
            near[at] = part if near[at] is None else near[at] | part
    return reprojected(near, WGS84, grid.crs)


def _cut(globe: Shapes, turn: float, box: Box) -> Iterator[tuple[int, BaseGeometry]]:
    """The parts of areas that lie in a box, the areas turned around the globe first."""
    west, south, east, north = shapely.bounds(globe).T
    west, east = west + turn, east + turn
    with np.errstate(invalid="ignore"):
        met = (west <= box[2]) & (east >= box[0]) & (south <= box[3]) & (north >= box[1])
        within = (west >= box[0]) & (east <= box[2]) & (south >= box[1]) & (north <= box[3])
    frame = shapely.box(*box)
    for at in np.flatnonzero(met).tolist():
        turned = affinity.translate(globe[at], turn) if turn else globe[at]
        part = turned if within[at] else areal(shapely.intersection(turned, frame))
        if part is not None:
            yield at, part


def _box(grid: Grid) -> Box:
    """The longitudes and latitudes a projected grid reaches, with a margin."""
    lon, lat = _outline(grid)
    if not len(lon):
        return -CIRCLE / 2, -90.0, CIRCLE / 2, 90.0
    middle = float(np.degrees(np.angle(np.exp(1j * np.radians(lon)).mean())))
    aside = (lon - middle + CIRCLE / 2) % CIRCLE - CIRCLE / 2
    west, east = middle + aside.min() - MARGIN, middle + aside.max() + MARGIN
    south, north = lat.min() - MARGIN, lat.max() + MARGIN
    poles = grid.positions(*carried(*POLES, WGS84, grid.crs))[2]
    if poles.any() or east - west > ALL_AROUND:
        west, east = -CIRCLE / 2, CIRCLE / 2
        north, south = (90.0 if poles[0] else north), (-90.0 if poles[1] else south)
    return float(west), float(south), float(east), float(north)


def _outline(grid: Grid) -> tuple[Floats, Floats]:
    """Places along the edges of a grid, in longitude and latitude; those off the globe left out."""
    share = np.linspace(0, 1, ALONG)
    columns = np.concatenate([share, share, np.zeros(ALONG), np.ones(ALONG)]) * grid.width
    rows = np.concatenate([np.zeros(ALONG), np.ones(ALONG), share, share]) * grid.height
    to = grid.transform
    x, y = to.a * columns + to.b * rows + to.c, to.d * columns + to.e * rows + to.f
    lon, lat = carried(x, y, grid.crs, WGS84)
    there = np.isfinite(lon) & np.isfinite(lat)
    return lon[there], lat[there]
