"""Small pictures of the parts of a file, by which a person picks the one that is meant."""

import math
from pathlib import Path

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray

from geo.archives import narrowed
from geo.ellipsoid import Shapes
from geo.products.parts import ANYWHERE, Part, PartKind
from geo.raster.grid import Grid
from geo.raster.open import dataset, grid_at
from geo.raster.picture import CLEAR, Colour, png
from geo.vector.open import layer_at, read

SIDE = 160  # pixels along the longer side
MOST = 20_000  # shapes that are drawn
LEAST_WIDTH = 1e-9  # of a layer that is one point

INK: Colour = (74, 127, 181, 255)
STEPS: tuple[Colour, ...] = (
    (221, 233, 245, 255), (189, 212, 234, 255), (148, 184, 218, 255), (107, 155, 199, 255),
    (74, 127, 181, 255), (48, 98, 151, 255), (28, 70, 117, 255), (14, 44, 81, 255),
)  # fmt: skip

Pixels = NDArray[np.uint8]


def thumbnail(name: str, place: Path, part: Part) -> bytes | None:
    """A PNG of one part of an unpacked file, north up; None for what cannot be drawn.

    Cells are shaded by their rank among the values, so that few deep ones do not hide the rest.
    Raises a Refusal where the part cannot be read.
    """
    if part.kind in (PartKind.GRID, PartKind.PICTURE):
        choice = part.choice(crs=None if part.crs else ANYWHERE)
        with grid_at(name, place, choice) as grid:
            return png(_shaded(grid), [CLEAR, *STEPS])
    if part.bounds is None or not np.isfinite(part.bounds).all():
        return None
    crs, held = None if part.crs else ANYWHERE, narrowed(name, place, part.file)
    layer = layer_at(name, held, crs=crs, layer=part.layer)
    shapes = read(layer).shapes
    drawn = shapes[~shapely.is_missing(shapes)][:MOST]
    return png(_drawn(drawn), [CLEAR, INK]) if len(drawn) else None


def _shaded(grid: Grid) -> Pixels:
    """The cells of a grid, 0 where there is none, else from 1 by the rank of their value."""
    times = max(1.0, max(grid.width, grid.height) / SIDE)
    shape = max(1, round(grid.height / times)), max(1, round(grid.width / times))
    with dataset(grid.name) as source:
        stored = source.read(grid.band, out_shape=shape)
    seen = grid.observed(stored)
    values = np.where(seen, grid.measured(stored).astype(np.float64), np.nan)
    pixels = np.zeros(shape, dtype=np.uint8)
    if seen.any():
        edges = np.unique(np.quantile(values[seen], np.linspace(0, 1, len(STEPS) + 1)[1:-1]))
        pixels[seen] = np.searchsorted(edges, values[seen], side="right") + 1
    return pixels[::-1] if grid.south_up else pixels


def _drawn(shapes: Shapes) -> Pixels:
    """Shapes laid on pixels: 1 where one is."""
    from rasterio.features import rasterize

    west, south, east, north = shapely.total_bounds(shapes).tolist()
    size = max(east - west, north - south, LEAST_WIDTH) / SIDE
    width, height = (max(1, math.ceil(span / size)) for span in (east - west, north - south))
    to = Affine(size, 0, west, 0, -size, north)
    laid: Pixels = rasterize(
        shapes, out_shape=(height, width), transform=to, all_touched=True, dtype="uint8"
    )
    return laid
