"""Classes of a grid as polygons: cells of one class that touch are outlined along their edges.

A grid is outlined piece by piece, so an outline ends where its piece does; nothing here ever holds
a whole raster. On the ground the outlines of a class are its cells, no more and no less.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray

from geo.crs import WGS84, Floats
from geo.ellipsoid import Shapes
from geo.raster.grid import Grid, Indices
from geo.raster.windows import Window
from geo.vector.repair import repaired
from geo.vector.reproject import on_the_globe, reprojected
from geo.vector.subdivide import subdivided

LEFT_OUT = 0
CLASSES = 256

Classed = NDArray[np.uint8]


@dataclass(frozen=True)
class Outlined:
    """N valid polygons (EPSG:4326) of at most 256 vertices, the class of each, and how many cells
    of each of the 256 classes they are drawn round."""

    parts: Shapes
    classes: Classed
    cells: Indices


def outlined(grid: Grid, window: Window, classed: Classed) -> Outlined:
    """The outlines of the classes of a piece; cells of the class `LEFT_OUT` have none."""
    shapes, classes = _in_cells(window, classed)
    own = shapely.transform(shapes, lambda at: _placed(grid.transform, at))
    parts, owners = subdivided(on_the_globe(reprojected(repaired(own).shapes, grid.crs, WGS84)))
    cells = np.bincount(classed.ravel(), minlength=CLASSES)
    cells[LEFT_OUT] = 0
    return Outlined(parts, classes[owners], cells)


def _in_cells(window: Window, classed: Classed) -> tuple[Shapes, Classed]:
    """Polygons in columns and rows of the grid, and the class of each."""
    from rasterio.features import shapes

    moved = Affine.translation(window.left, window.top)
    found = list(shapes(classed, mask=classed != LEFT_OUT, connectivity=4, transform=moved))
    classes = np.array([value for _shape, value in found], dtype=np.uint8)
    return _polygons([shape["coordinates"] for shape, _value in found]), classes


def _polygons(polygons: list[list[list[tuple[float, float]]]]) -> Shapes:
    """Polygons of their rings, all made at once."""
    rings = [ring for polygon in polygons for ring in polygon]
    if not rings:
        return np.empty(0, dtype=object)
    places = np.concatenate([np.array(ring, dtype=float) for ring in rings])
    ends = np.cumsum([0, *map(len, rings)]), np.cumsum([0, *map(len, polygons)])
    return np.asarray(shapely.from_ragged_array(shapely.GeometryType.POLYGON, places, ends))


def _placed(transform: Affine, at: Floats) -> Floats:
    """Columns and rows as x and y."""
    column, row = at[:, 0], at[:, 1]
    x = transform.a * column + transform.b * row + transform.c
    y = transform.d * column + transform.e * row + transform.f
    return np.column_stack([x, y])
