"""A raster as pictures for a web map: classes in their colours, what was not observed hatched."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from geo.crs import WGS84, Flags, Floats, carried
from geo.raster.grid import CIRCLE, Cells, Grid

SIDE = 256  # pixels
AROUND = 40_075_016.685578488  # metres, the equator in web mercator
MERCATOR = CRS.from_epsg(3857)
LATTICE = 17  # places along a side that are carried exactly; what lies between is interpolated
HATCH = 8  # pixels from line to line; SIDE is a multiple, so that lines meet at the edges of tiles
STROKE = 2  # pixels of a line, along a row

Colour = tuple[int, int, int, int]  # red, green, blue, opacity
Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Style:
    """How a grid is drawn: classes by their least value, little to much, and the hatch's ink.

    What lies below the first class is left clear.
    """

    classes: Sequence[tuple[float, Colour]]
    hatch: Colour


@dataclass(frozen=True)
class Aim:
    """Where the middles of a tile's pixels fall in a grid: row and column with fractions."""

    rows: Floats
    columns: Floats
    inside: Flags


def tile(grid: Grid, source: Any, address: tuple[int, int, int], style: Style) -> bytes | None:
    """The PNG of the web mercator tile (z, x, y); None where the grid has nothing to show.

    `source` is the grid's open data set; it is read at the overview that suits the zoom. A pixel
    takes the cell its middle falls in. The grid must not have a mask beside its values.
    """
    aim = _aim(grid, *address)
    if not aim.inside.any():
        return None
    stored = _read(grid, source, aim)
    painted = np.zeros((SIDE, SIDE), dtype=np.uint8)
    painted[aim.inside] = _classed(grid.measured(stored), style)
    unseen = aim.inside.copy()
    unseen[aim.inside] = ~grid.observed(stored)
    painted[unseen] = 0
    painted[unseen & _hatched()] = len(style.classes) + 1
    if not painted.any():
        return None
    return png(painted, [(0, 0, 0, 0), *(colour for _least, colour in style.classes), style.hatch])


def png(pixels: Pixels, palette: Sequence[Colour]) -> bytes:
    """A picture of palette entries as PNG; pixels in rows from the top, shape (height, width)."""
    height, width = pixels.shape
    rows = np.zeros((height, width + 1), dtype=np.uint8)  # each row after its filter: none
    rows[:, 1:] = pixels
    colours = np.array(palette, dtype=np.uint8)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    body = [
        _chunk(b"IHDR", head),
        _chunk(b"PLTE", colours[:, :3].tobytes()),
        _chunk(b"tRNS", colours[:, 3].tobytes()),
        _chunk(b"IDAT", zlib.compress(rows.tobytes(), 4)),
        _chunk(b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


def _aim(grid: Grid, z: int, x: int, y: int) -> Aim:
    span = AROUND / 2**z
    along = np.linspace(0, 1, LATTICE)
    east, north = (x + along) * span - AROUND / 2, AROUND / 2 - (y + along) * span
    easts, norths = np.meshgrid(east, north)
    lon, lat = carried(easts.ravel(), norths.ravel(), MERCATOR, WGS84)
    if grid.crs.is_geographic and grid.bounds[2] > CIRCLE / 2:
        lon = np.where(lon < grid.bounds[0], lon + CIRCLE, lon)
    gx, gy = carried(lon, lat, WGS84, grid.crs)
    inverse = ~grid.transform
    with np.errstate(invalid="ignore"):
        columns = _between(gx * inverse.a + gy * inverse.b + inverse.c)
        rows = _between(gx * inverse.d + gy * inverse.e + inverse.f)
        inside = (columns >= 0) & (columns < grid.width) & (rows >= 0) & (rows < grid.height)
    return Aim(rows, columns, inside)


def _between(lattice: Floats) -> Floats:
    """Values on the lattice, interpolated to the middles of all pixels."""
    at = (np.arange(SIDE) + 0.5) / SIDE * (LATTICE - 1)
    before = np.minimum(at.astype(int), LATTICE - 2)
    weights = np.zeros((SIDE, LATTICE))
    weights[np.arange(SIDE), before] = 1 - (at - before)
    weights[np.arange(SIDE), before + 1] = at - before
    return np.asarray(weights @ lattice.reshape(LATTICE, LATTICE) @ weights.T)


def _read(grid: Grid, source: Any, aim: Aim) -> Cells:
    """The stored numbers the pixels inside fall on, from the overview of about their size."""
    rows, columns = aim.rows[aim.inside], aim.columns[aim.inside]
    top, left = int(rows.min()), int(columns.min())
    height, width = int(rows.max()) + 1 - top, int(columns.max()) + 1 - left
    step = max(1.0, _step(aim))
    shape = max(1, round(height / step)), max(1, round(width / step))
    window = ((top, top + height), (left, left + width))
    cells = source.read(grid.band, window=window, out_shape=shape)
    at_row = ((rows - top) * (shape[0] / height)).astype(int)
    at_column = ((columns - left) * (shape[1] / width)).astype(int)
    found: Cells = cells[at_row, at_column]
    return found


def _step(aim: Aim) -> float:
    """How many cells lie between neighbouring pixels, along the closer direction."""
    across = np.hypot(np.diff(aim.rows, axis=1), np.diff(aim.columns, axis=1))
    down = np.hypot(np.diff(aim.rows, axis=0), np.diff(aim.columns, axis=0))
    return float(min(np.nanmedian(across), np.nanmedian(down)))


def _classed(values: Cells, style: Style) -> Pixels:
    """The palette entry of each value: 0 below the first class, then one class after the other."""
    least = np.array([value for value, _colour in style.classes])
    own = least.astype(values.dtype) if values.dtype == np.float32 else least
    return np.searchsorted(own, values, side="right").astype(np.uint8)


def _hatched() -> Flags:
    rows, columns = np.indices((SIDE, SIDE))
    return np.asarray((rows + columns) % HATCH < STROKE)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
