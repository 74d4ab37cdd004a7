"""Reading a grid piece by piece; nothing here ever holds a whole raster."""

import math
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import numpy as np

from core.errors import Invalid
from geo.crs import Flags
from geo.raster.grid import Cells, Grid, Indices

BLOCK_NAMED = re.compile(r"Y offset (\d+)")
SIDE = 2048  # cells: four million at a time


class Damaged(Invalid):
    """{name} opens, but from row {row} on its cells cannot be read ({reason}); fetch or export it
    again."""


@dataclass(frozen=True)
class Window:
    """A piece of a grid: its first row and column, and how many of each."""

    top: int
    left: int
    height: int
    width: int

    @property
    def slices(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """The piece as rasterio takes it."""
        return (self.top, self.top + self.height), (self.left, self.left + self.width)

    def flat(self, rows: Indices, columns: Indices) -> Indices:
        """Where cells of the grid stand in the piece read row by row."""
        return (rows - self.top) * self.width + (columns - self.left)


def pieces(grid: Grid, side: int = SIDE) -> Iterator[Window]:
    """The windows that cover a grid once, along its blocks."""
    height, width = (_multiple(block, side) for block in grid.block)
    for top in range(0, grid.height, height):
        for left in range(0, grid.width, width):
            yield clipped(grid, top, left, height, width)


def clipped(grid: Grid, top: int, left: int, height: int, width: int) -> Window:
    """A window cut off at the edge of its grid."""
    return Window(top, left, min(height, grid.height - top), min(width, grid.width - left))


def gdal_errors() -> tuple[type[Exception], ...]:
    """What rasterio and netCDF4 raise where a file is broken; not all of it is a RasterioError."""
    from rasterio._err import CPLE_BaseError
    from rasterio.errors import RasterioError

    return RasterioError, CPLE_BaseError, OSError, UnicodeError


def stored(source: Any, grid: Grid, window: Window) -> Cells:
    """The numbers of a window as the file holds them. Raises Damaged."""
    with _told(grid, window):
        cells: Cells = source.read(grid.band, window=window.slices)
    return cells


def unmasked(source: Any, grid: Grid, window: Window) -> Flags:
    """Which cells of a window the mask or alpha band of the file lets through. Raises Damaged."""
    if not grid.masked:
        return np.ones((window.height, window.width), dtype=bool)
    with _told(grid, window):
        seen = source.read_masks(grid.band, window=window.slices) > 0
        if grid.alpha:  # GDAL's mask forgets it beside nodata
            seen &= source.read(grid.alpha, window=window.slices) > 0
    return np.asarray(seen)


@contextmanager
def _told(grid: Grid, window: Window) -> Iterator[None]:
    """What GDAL says of cells it cannot read, as a refusal."""
    try:
        with undecodable_unsaid():
            yield
    except gdal_errors() as error:
        cause = _cause(error)
        raise Damaged(name=grid.file, row=_row(cause, grid, window), reason=cause) from error


@contextmanager
def undecodable_unsaid() -> Iterator[None]:
    """Remarks of GDAL in no encoding stay unsaid: rasterio stumbles over them while it logs, where
    nobody can catch it, and Python would print that as a traceback."""
    before = sys.excepthook, sys.unraisablehook

    def printed(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if kind is not UnicodeDecodeError:
            before[0](kind, error, trace)

    def unraisable(caught: "sys.UnraisableHookArgs") -> None:
        if caught.exc_type is not UnicodeDecodeError:
            before[1](caught)

    sys.excepthook, sys.unraisablehook = printed, unraisable
    try:
        yield
    finally:
        sys.excepthook, sys.unraisablehook = before


def values(source: Any, grid: Grid, window: Window) -> tuple[Cells, Flags]:
    """The values of a window in the grid's unit, and which of them were observed."""
    cells = stored(source, grid, window)
    return grid.measured(cells), grid.observed(cells) & unmasked(source, grid, window)


def _multiple(block: int, side: int) -> int:
    """The fewest whole blocks that reach a side."""
    return block * math.ceil(side / block)


def _row(cause: str, grid: Grid, window: Window) -> int:
    """The row, from 1, at which the block starts that GDAL names; else that of the window."""
    found = BLOCK_NAMED.search(cause)
    return int(found.group(1)) * grid.block[0] + 1 if found else window.top + 1


def _cause(error: Exception) -> str:
    """The first reason GDAL gave, without the Python around it."""
    cause = error.__cause__ or error.__context__ or error
    return str(cause).strip().splitlines()[0].rstrip(".")[:120]
