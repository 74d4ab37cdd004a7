"""A raster as pictures for a web map: classes in their colours, what was not observed hatched."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from geo.crs import CIRCLE, Flags, Floats, carried, in_degrees
from geo.raster.grid import Cells, Grid
from geo.raster.lattice import NODES, ends
from geo.raster.open import dataset

SIDE = 256  # pixels
AROUND = 40_075_016.685578488  # metres, the equator in web mercator
MERCATOR = CRS.from_epsg(3857)
COARSER, NEARLY = 1.2, 0.1  # how much larger than a pixel cells may be, to GDAL
POLEWARD = 85.06  # degrees; web mercator ends there
SIGHTS = 256  # tiles whose places on the grid are remembered, 5 kB each
NO_PLACE = 1e15  # rows or columns
STEP = SIDE // (NODES - 1)  # pixels from node to node
ROUNDING = 1e-10  # cells; what GDAL adds before it rounds down
HATCH = 8  # pixels from line to line; SIDE is a multiple, so that lines meet at the edges of tiles
STROKE = 2  # pixels of a line, along a row

CLEAR = (0, 0, 0, 0)

Colour = tuple[int, int, int, int]  # red, green, blue, opacity
Pixels = NDArray[np.uint8]
Cells32 = NDArray[np.int32]
Address = tuple[int, int, int]  # zoom, column, row of a web mercator tile


@dataclass(frozen=True)
class Style:
    """How a grid is drawn: classes by their least value, little to much, and the hatch's ink.

    What lies below the first class is left clear.
    """

    classes: Sequence[tuple[float, Colour]]
    hatch: Colour
    coarser: int = 1  # times: for pictures that are shown smaller than they are; a power of two


@dataclass(frozen=True)
class Level:
    """The grid itself or one of its overviews, by its numbers of rows and columns."""

    height: int
    width: int


@dataclass(frozen=True)
class Sight:
    """Where the pixels of a tile lie in a grid: its rows and columns, with fractions.

    Either at the nodes of a lattice over the tile or, where the grid stands straight on the map,
    at the middles of pixels, rows of the shape (SIDE, 1) and columns (1, SIDE).
    """

    rows: Floats
    columns: Floats
    nodes: bool


@dataclass(frozen=True)
class Aim:
    """The cells of a level that the middles of a tile's pixels fall in, and which are in it."""

    rows: Cells32
    columns: Cells32
    inside: Flags


class Canvas:
    """A grid made ready to be drawn from its open data set; for one thread.

    The grid must not have a mask beside its values.
    """

    def __init__(self, grid: Grid, source: Any) -> None:
        self.grid, self.source = grid, source
        self.levels = _levels(grid, source)
        self.cell = _cell_on_map(grid)
        self.sight = lru_cache(maxsize=SIGHTS)(partial(_sight, grid))

    def tile(self, address: Address, style: Style) -> bytes | None:
        """The PNG of a web mercator tile; None where the grid has nothing to show."""
        painted = self.painted(address, style)
        return None if painted is None else png(painted, palette(style))

    def painted(self, address: Address, style: Style) -> Pixels | None:
        """A web mercator tile as entries of the palette; None where the grid has nothing to show.

        A pixel takes the cell its middle falls in, at the overview that suits the zoom: what GDAL
        shows when it warps to the nearest cell.
        """
        level = self._level(address[0])
        aim = _aim(self.grid, level, self.sight(address))
        if not aim.inside.any():
            return None
        stored = self._cells(level, aim)
        painted = _classed(self.grid.measured(stored), style)
        unseen = ~self.grid.observed(stored)
        painted[unseen] = 0
        painted[unseen & _hatched(style.coarser)] = len(style.classes) + 1
        painted[~aim.inside] = 0
        return painted if painted.any() else None

    def _level(self, zoom: int) -> Level:
        """The coarsest level whose cells are hardly larger than a pixel: the one GDAL takes."""
        wide = max(1, round(AROUND / 2**zoom / self.cell))  # cells across the tile
        best, coarsest = self.levels[0], 1.0
        for level in self.levels[1:]:
            across = int(wide * level.width / self.grid.width + 0.5)
            times = wide / max(1, across)
            if coarsest < times < wide / SIDE * COARSER + NEARLY:
                best, coarsest = level, times
        return best if wide > SIDE else self.levels[0]

    def _cells(self, level: Level, aim: Aim) -> Cells:
        """The stored numbers of the cells aimed at, one a pixel."""
        top, height = _reach(aim.rows, aim.inside)
        left, width = _reach(aim.columns, aim.inside)
        window = (
            _full_size(top, height, self.grid.height / level.height, self.grid.height),
            _full_size(left, width, self.grid.width / level.width, self.grid.width),
        )
        cells = self.source.read(self.grid.band, window=window, out_shape=(height, width))
        rows, columns = (
            (aim.rows - top).clip(0, height - 1),
            (aim.columns - left).clip(0, width - 1),
        )
        found: Cells = cells.take(rows * width + columns)
        return found


def palette(style: Style) -> list[Colour]:
    """The colours of a style by their entries: clear, the classes, the hatch."""
    return [CLEAR, *(colour for _least, colour in style.classes), style.hatch]


def png(pixels: Pixels, palette: Sequence[Colour]) -> bytes:
    """A picture of palette entries as PNG; pixels in rows from the top, shape (height, width)."""
    height, width = pixels.shape
    rows = np.zeros((height, width + 1), dtype=np.uint8)  # each row after its filter: none
    rows[:, 1:] = pixels
    colours = np.array(palette, dtype=np.uint8)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    packer = zlib.compressobj(level=1, strategy=zlib.Z_RLE)  # classes lie in long runs
    body = [
        _chunk(b"IHDR", head),
        _chunk(b"PLTE", colours[:, :3].tobytes()),
        _chunk(b"tRNS", colours[:, 3].tobytes()),
        _chunk(b"IDAT", packer.compress(rows.tobytes()) + packer.flush()),
        _chunk(b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


@cache
def _hatched(coarser: int) -> Flags:
    """The pixels of a tile that lines of the hatch go through."""
    pixels = np.arange(SIDE)
    return np.asarray(np.add.outer(pixels, pixels) % (HATCH * coarser) < STROKE * coarser)


def _levels(grid: Grid, source: Any) -> list[Level]:
    """The grid and its overviews, fine to coarse."""
    levels = [Level(grid.height, grid.width)]
    for number in range(len(source.overviews(grid.band))):
        with dataset(grid.name, overview_level=number) as overview:
            levels.append(Level(overview.height, overview.width))
    return levels


def _cell_on_map(grid: Grid) -> float:
    """The side of a cell on the map, in metres of web mercator, as GDAL suggests it for a warp."""
    from rasterio import crs as rasterio_crs
    from rasterio.warp import calculate_default_transform

    west, south, east, north = grid.bounds
    height = grid.height
    if in_degrees(grid.crs):
        seen = max(south, -POLEWARD), min(north, POLEWARD)
        height = max(1, round(height * (seen[1] - seen[0]) / (north - south)))
        south, north = seen
    own, mercator = (rasterio_crs.CRS.from_wkt(crs.to_wkt()) for crs in (grid.crs, MERCATOR))
    transform, _width, _height = calculate_default_transform(
        own, mercator, grid.width, height, west, south, east, north
    )
    return float(transform.a)


def _sight(grid: Grid, address: Address) -> Sight:
    """Where a tile lies on a grid."""
    zoom, x, y = address
    span = AROUND / 2**zoom
    west, north = x * span - AROUND / 2, AROUND / 2 - y * span
    if not grid.rotated and (in_degrees(grid.crs) or grid.crs == MERCATOR):
        return _straight(grid, west, north, span)
    return _bent(grid, west, north, span)


def _straight(grid: Grid, west: float, north: float, span: float) -> Sight:
    """Where grid and map have the same axes, one row and one column of pixels are enough."""
    along = np.asarray((np.arange(SIDE) + 0.5) * (span / SIDE))
    x, _ = carried(west + along, np.full(SIDE, north - span / 2), MERCATOR, grid.crs)
    _, y = carried(np.full(SIDE, west + span / 2), north - along, MERCATOR, grid.crs)
    if in_degrees(grid.crs):
        left, _, right, _ = grid.bounds
        x = np.where(x < left, x + CIRCLE, np.where(x >= right, x - CIRCLE, x))
    inverse = ~grid.transform
    columns, rows = x * inverse.a + inverse.c, y * inverse.e + inverse.f
    return Sight(rows[:, None], columns[None, :], nodes=False)


def _bent(grid: Grid, west: float, north: float, span: float) -> Sight:
    """Exact rows and columns at the nodes of a lattice over the tile."""
    easts, norths = np.meshgrid(ends(west, west + span), ends(north, north - span))
    x, y = carried(easts, norths, MERCATOR, grid.crs)
    inverse = ~grid.transform
    rows, columns = x * inverse.d + y * inverse.e, x * inverse.a + y * inverse.b
    return Sight(_finite(rows + inverse.f), _finite(columns + inverse.c), nodes=True)


def _finite(nodes: Floats) -> Floats:
    """Nodes that have no place at all in the grid's system are put far away from it."""
    return np.where(np.isfinite(nodes), nodes, NO_PLACE)


def _aim(grid: Grid, level: Level, sight: Sight) -> Aim:
    """The cells of a level behind the pixels of a tile."""
    rows = sight.rows * (level.height / grid.height)
    columns = sight.columns * (level.width / grid.width)
    if sight.nodes:
        rows, columns = (_spread(_spread(nodes.T).T) for nodes in (rows, columns))
    inside = (rows >= 0) & (rows < level.height) & (columns >= 0) & (columns < level.width)
    if not inside.all():
        rows, columns = rows.clip(0, level.height - 1), columns.clip(0, level.width - 1)
    return Aim(_whole(rows), _whole(columns), inside)


def _spread(nodes: Floats) -> Floats:
    """From nodes along the last axis to the middles of the pixels between them."""
    share = np.asarray((np.arange(STEP) + 0.5) / STEP)
    steps = np.diff(nodes)[:, :, None] * share
    return np.asarray((nodes[:, :-1, None] + steps).reshape(len(nodes), SIDE))


def _whole(at: Floats) -> Cells32:
    """The cells that places fall in."""
    return (at + ROUNDING).astype(np.int32)


def _reach(at: Cells32, inside: Flags) -> tuple[int, int]:
    """The first of the rows or columns that are aimed at inside, and how many there are."""
    there = at if inside.all() else np.broadcast_to(at, inside.shape)[inside]
    first = int(there.min())
    return first, int(there.max()) + 1 - first


def _full_size(first: int, count: int, times: float, limit: int) -> tuple[int, int]:
    """Rows or columns of an overview as those of the grid; GDAL rounds them back the same."""
    start = round(first * times)
    return start, min(start + round(count * times), limit)


def _classed(values: Cells, style: Style) -> Pixels:
    """The palette entry of each value: 0 below the first class, then one class after the other.

    Values are compared in their own width, so that 0.2 in 32 bits belongs to the class from 0.2.
    """
    painted = np.zeros(values.shape, dtype=np.uint8)
    with np.errstate(invalid="ignore"):
        for least, _colour in style.classes:
            own = np.float32(least) if values.dtype == np.float32 else least
            painted += (values >= own).view(np.uint8)
    return painted


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
