"""The ground of the cells of a grid as polygons in degrees."""

import numpy as np
import shapely
from affine import Affine

from core.errors import Invalid
from geo.clauses import Clause
from geo.crs import WGS84
from geo.ellipsoid import Shapes
from geo.raster import pieces
from geo.raster.grid import Grid
from geo.raster.windows import Window
from geo.vector.reproject import on_the_globe, reprojected

SEEN, HIT = 1, 2
MOST = 200_000  # polygons


class TooManyPatches(Invalid):
    """The cells that count as hit fall into more than {most} patches, too many to measure from; use
    a map with outlines, or one with larger cells."""


def ground(grid: Grid, clause: Clause) -> tuple[Shapes, Shapes]:
    """The ground of the cells that meet a clause, and of all that were observed, in valid polygons.

    Raises:
        TooManyPatches, Damaged
    """
    import rasterio.features

    shapes, codes = [], []
    for piece in pieces.read(grid):
        met = clause.met(grid.measured(piece.cells)) & piece.seen
        drawn = np.where(met, HIT, np.where(piece.seen, SEEN, 0)).astype(np.uint8)
        patches = rasterio.features.shapes(drawn, drawn > 0, transform=_corner(grid, piece.window))
        for patch, code in patches:
            shapes.append(shapely.geometry.shape(patch))
            codes.append(code)
        if len(shapes) > MOST:
            raise TooManyPatches(most=f"{MOST:,}")
    found = on_the_globe(reprojected(np.array(shapes, dtype=object), grid.crs, WGS84))
    return found[np.array(codes) == HIT], found


def _corner(grid: Grid, window: Window) -> Affine:
    """Where the cells of a window lie."""
    return grid.transform @ Affine.translation(window.left, window.top)
