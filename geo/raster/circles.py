"""What accuracy circles hold of a grid: most lie in cells of one value, the others are weighed."""

from collections.abc import Callable, Iterator

import numpy as np

from geo.crs import CIRCLE, WGS84, Flags, Floats, carried, in_degrees
from geo.ellipsoid import Shapes, polygons_km2
from geo.grades import Graded, Ground, graded, together
from geo.raster.cover import covered
from geo.raster.grid import Grid, Indices
from geo.raster.onto import onto_grid
from geo.raster.sample import Readings
from geo.vector.circles import box_cells, degrees_of, discs

AT_ONCE = 1 << 22  # cells looked at together
MANY = 1 << 12  # cells in a circle's box from which on it is weighed in any case
BEYOND = 1e-3  # of a circle: what the rounding of areas may leave over at the edge of a grid

Read = Callable[[Indices, Indices], Readings]  # the cells at rows and columns of the grid


def mixed(grid: Grid, read: Read, lon: Floats, lat: Floats, radius_m: Floats) -> Flags:
    """Which of N circles may hold more than one value, or ground that was not observed."""
    low, high = _boxes(grid, lon, lat, radius_m)
    height, width = high - low + 1
    several = height * width > 1
    found: Flags = several & (height * width > MANY)
    near = np.flatnonzero(several & ~found)
    for some in _batches(near, (height * width)[near]):
        found[some] = _differ(grid, read, low[:, some], height[some], width[some])
    return found


def weighed(grid: Grid, read: Read, lon: Floats, lat: Floats, radius_m: Floats) -> Graded:
    """What N circles hold, by the exact shares in which they cover cells."""
    circles = discs(lon, lat, radius_m)
    low, high = _boxes(grid, lon, lat, radius_m)
    cells = np.minimum(np.prod(high - low + 1, axis=0), AT_ONCE)
    batches = _batches(np.arange(len(lon)), cells)
    return together([_weighed(grid, read, circles[some]) for some in batches])


def _weighed(grid: Grid, read: Read, circles: Shapes) -> Graded:
    """The same of circles that are drawn."""
    place, value, km2 = [np.zeros(0, dtype=np.int64)], [np.zeros(0, np.float32)], [np.zeros(0)]
    inside = np.zeros(len(circles))
    for piece in covered(grid, onto_grid(circles, WGS84, grid)):
        row, column = np.divmod(piece.cell, piece.window.width)
        cells = read(row + piece.window.top, column + piece.window.left)
        np.add.at(inside, piece.area, piece.km2)
        place.append(piece.area[cells.observed])
        value.append(cells.values[cells.observed].astype(np.float32))
        km2.append(piece.km2[cells.observed])
    ground = Ground(np.concatenate(place), np.concatenate(value), np.concatenate(km2))
    whole = polygons_km2(circles)
    whole = np.where(inside > whole * (1 - BEYOND), inside, whole)
    observed = np.bincount(ground.place, weights=ground.km2, minlength=len(circles))
    return graded(ground, observed / whole)


def _differ(grid: Grid, read: Read, low: Indices, height: Indices, width: Indices) -> Flags:
    """Which boxes of cells hold several values, or cells without one."""
    box, row, column = box_cells(low, height, width)
    there = (row >= 0) & (row < grid.height) & (column >= 0) & (column < grid.width)
    cells = read(np.where(there, row, 0), np.where(there, column, 0))
    values = cells.values
    first = np.searchsorted(box, np.arange(len(height)))
    differ = ~there | ~cells.observed | (values != values[first[box]])
    return np.asarray(np.logical_or.reduceat(differ, first))


def _batches(which: Indices, cells: Indices) -> Iterator[Indices]:
    """Circles as many at a time as have about `AT_ONCE` cells."""
    ends = np.cumsum(cells) // AT_ONCE
    yield from np.split(which, np.flatnonzero(np.diff(ends)) + 1) if len(which) else []


def _boxes(grid: Grid, lon: Floats, lat: Floats, radius_m: Floats) -> tuple[Indices, Indices]:
    """The first and last row and column (2, N) of the boxes around N circles.

    A circle is an ellipse in cells: its box follows from where its radii to the east and to the
    north lead. Outside the grid they run on.
    """
    wide, tall = degrees_of(radius_m, lat)
    middle = _in_cells(grid, lon, lat)
    east, north = _in_cells(grid, lon + wide, lat), _in_cells(grid, lon, lat + tall)
    half = np.hypot(east - middle, north - middle)
    if in_degrees(grid.crs) and not grid.rotated:
        middle[1] = _nearest_turn(grid, middle[1])
    far = 2.0 * max(grid.height, grid.width)  # as far as it matters, where a place is none at all
    ends = (np.nan_to_num(np.floor(end), nan=far) for end in (middle - half, middle + half))
    low, high = (np.clip(end, -far, far).astype(np.int64) for end in ends)
    return low, high


def _in_cells(grid: Grid, lon: Floats, lat: Floats) -> Floats:
    """Rows and columns (2, N), with fractions, of places on the globe."""
    x, y = carried(lon, lat, WGS84, grid.crs)
    inverse = ~grid.transform
    with np.errstate(invalid="ignore"):
        column = x * inverse.a + y * inverse.b + inverse.c
        row = x * inverse.d + y * inverse.e + inverse.f
    return np.stack([row, column])


def _nearest_turn(grid: Grid, column: Floats) -> Floats:
    """Columns turned round the globe to where they are nearest to the middle of the grid."""
    circle, middle = CIRCLE / abs(grid.transform.a), grid.width / 2
    return np.asarray((column - middle + circle / 2) % circle - circle / 2 + middle)
