"""The depth releases as GeoTIFF, and what each household's own cell holds."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.windows import Window

from .channels import Channels
from .flood import NOT_OBSERVED, Block, Flood, Pass
from .frame import EPSG, Floats, Frame, centres

TILE = 512

Depths = NDArray[np.float32]


def write_depth(path: Path, flood: Flood, look: Pass, channels: Channels, utm: Floats) -> Depths:
    """Write a release, tile by tile; returns the depth in the cell of each point (n, 2; metres).

    The cell of a point is the floor of the way from the upper left corner, in cells.
    """
    frame = flood.frame
    at = Cells(frame, utm)
    taken = np.full(len(utm), NOT_OBSERVED, dtype=np.float32)
    with rasterio.open(path, "w", **_profile(frame)) as out:
        out.update_tags(1, unit="m", measure="water depth")
        out.update_tags(TIFFTAG_DATETIME=f"{look.observed_on:%Y:%m:%d} 06:12:00")
        for window, block in tiles(frame.cells):
            depth = flood.depth(look, block, channels.within(block.us, block.vs))
            out.write(depth, 1, window=window)
            points, rows, columns = at.within(window)
            taken[points] = depth[rows, columns]
    return taken


def stored(path: Path) -> Depths:
    """All of a release, as it was written."""
    with rasterio.open(path) as release:
        depths: Depths = release.read(1)
    return depths


def _profile(frame: Frame) -> dict[str, object]:
    return {
        "driver": "GTiff",
        "width": frame.cells,
        "height": frame.cells,
        "count": 1,
        "dtype": "float32",
        "crs": f"EPSG:{EPSG}",
        "transform": frame.transform,
        "nodata": float(NOT_OBSERVED),
        "tiled": True,
        "blockxsize": TILE,
        "blockysize": TILE,
        "compress": "deflate",
        "predictor": 3,
        "zlevel": 6,
        "bigtiff": "if_safer",
    }


def tiles(cells: int) -> Iterator[tuple[Window, Block]]:
    """The square in tiles of at most TILE x TILE cells, row by row from the north west."""
    us = centres(cells)
    for top in range(0, cells, TILE):
        for left in range(0, cells, TILE):
            high, wide = min(TILE, cells - top), min(TILE, cells - left)
            block = Block(us[left : left + wide], us[::-1][top : top + high])
            yield Window(left, top, wide, high), block


class Cells:
    """Points by the raster cell they fall into, found again tile by tile."""

    def __init__(self, frame: Frame, utm: Floats) -> None:
        """Sort the points (n, 2; metres) by tile."""
        self.column = np.floor((utm[:, 0] - frame.west) / frame.cell_m).astype(np.int32)
        self.row = np.floor((frame.north - utm[:, 1]) / frame.cell_m).astype(np.int32)
        self._across = -(-frame.cells // TILE)
        tile = self.row // TILE * self._across + self.column // TILE
        self._order = np.argsort(tile, kind="stable")
        self._tile = tile[self._order]

    def within(self, window: Window) -> tuple[NDArray[np.int64], ...]:
        """Points in a tile: which, and their rows and columns inside it."""
        tile = window.row_off // TILE * self._across + window.col_off // TILE
        first, last = np.searchsorted(self._tile, [tile, tile + 1])
        points = self._order[first:last]
        return points, self.row[points] - window.row_off, self.column[points] - window.col_off
