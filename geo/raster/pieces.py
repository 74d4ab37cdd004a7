"""A grid read once from end to end, for all who want to see every cell of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from geo.crs import Flags
from geo.raster.grid import Cells, Grid
from geo.raster.open import dataset
from geo.raster.windows import Window, pieces, stored, unmasked


@dataclass(frozen=True)
class Piece:
    """What was read of a window: the stored numbers, and which of them were observed."""

    window: Window
    cells: Cells
    seen: Flags


def read(grid: Grid) -> Iterator[Piece]:
    """All of a grid, piece by piece. Raises Damaged."""
    with dataset(grid.name) as source:
        for window in pieces(grid):
            cells = stored(source, grid, window)
            yield Piece(window, cells, grid.observed(cells) & unmasked(source, grid, window))
