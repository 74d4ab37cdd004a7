"""The cells of a release as a picture: in which colours, and for a box of the world."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from itertools import product

import numpy as np

from core.storage import path_of
from geo.classes import classes_of
from geo.models.context import ContextLayer
from geo.models.releases import Direction, Release
from geo.raster.open import dataset, opened
from geo.raster.picture import CLEAR, SIDE, Canvas, Colour, Style, palette, png
from geo.raster.reasons import Reason
from geo.vector.mercator import Box, column_of, north_of, row_of, west_of, zoom_over

CONTEXT = ("--c1", "--c2", "--c3", "--c4")
WATER = "--m-water"
INK, PALE = "--no-line", "--m-no-line"  # of the hatch over what was not observed: moving, still
ABOVE_NOTHING = 1e-9  # the least value of a first class that has no floor
FINEST = 14


def style_of(release: Release, colours: Mapping[str, str]) -> Style:
    """How its cells are painted; `colours` are #rrggbb by token of static/css/tokens.css.

    What is not asked for is clear: nothing, or where less is worse all beyond the floor.
    """
    classes = [(least, _colour(colours[token])) for least, token in classes_of(release)]
    if release.direction is not Direction.AT_MOST:
        classes = [(max(least, ABOVE_NOTHING), colour) for least, colour in classes]
    elif release.floor is not None:
        beyond = np.nextafter(np.float32(release.floor), np.float32(np.inf))
        classes.append((float(beyond), CLEAR))
    return Style(classes, _colour(colours[INK]))


def style_of_water(colours: Mapping[str, str]) -> Style:
    """How a grid of reasons is painted: permanent water alone."""
    water = _colour(colours[WATER])
    return Style([(Reason.PERMANENT_WATER, water), (Reason.PERMANENT_WATER + 1, CLEAR)], CLEAR)


def style_of_context(layer: ContextLayer, colours: Mapping[str, str]) -> Style:
    """How the cells of a context layer are painted; what holds nothing or is unknown is clear."""
    painted = zip(layer.breaks or (), CONTEXT, strict=False)
    classes = [(max(least, ABOVE_NOTHING), _colour(colours[token])) for least, token in painted]
    return Style(classes, CLEAR)


def picture_of(
    release: Release, box: Box, pixels: int, colours: Mapping[str, str]
) -> tuple[bytes, Box] | None:
    """The cells in and round a box as one PNG in web mercator, and the corners it has in degrees.

    The longer side of the box takes about so many pixels. None for an extent, which has no cells,
    and where there is nothing to show.
    """
    if release.grid_sha256 is None:
        return None
    zoom = min(FINEST, max(0, round(zoom_over(box, pixels, SIDE))))
    style = replace(style_of(release, colours), hatch=_colour(colours[PALE]), coarser=2)
    columns = range(column_of(box[0], zoom), column_of(box[2], zoom) + 1)
    rows = range(row_of(box[3], zoom), row_of(box[1], zoom) + 1)
    with ExitStack() as open_files:
        grid = open_files.enter_context(opened(path_of(release.grid_sha256)))
        canvas = Canvas(grid, open_files.enter_context(dataset(grid.name)))
        whole = np.zeros((len(rows) * SIDE, len(columns) * SIDE), dtype=np.uint8)
        for down, across in product(range(len(rows)), range(len(columns))):
            painted = canvas.painted((zoom, columns[across], rows[down]), style)
            if painted is not None:
                at = (slice(SIDE * n, SIDE * (n + 1)) for n in (down, across))
                whole[tuple(at)] = painted
    if not whole.any():
        return None
    west, east = west_of(columns.start, zoom), west_of(columns.stop, zoom)
    return png(whole, palette(style)), (
        west,
        north_of(rows.stop, zoom),
        east,
        north_of(rows.start, zoom),
    )


def _colour(written: str) -> Colour:
    red, green, blue = bytes.fromhex(written.removeprefix("#"))
    return red, green, blue, 255
