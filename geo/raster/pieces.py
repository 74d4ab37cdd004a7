"""A grid read once from end to end, for all who want to see every cell of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from geo.crs import Flags
from geo.raster.grid import Cells, Grid
from geo.raster.open import dataset
from geo.raster.windows import Window, pieces, stored, unmasked
from geo.reports import Report, unheard


@dataclass(frozen=True)
class Piece:
    """What was read of a window: the stored numbers, and which of them were observed."""

    window: Window
    cells: Cells
    seen: Flags


def read(grid: Grid, report: Report = unheard) -> Iterator[Piece]:
    """All of a grid, piece by piece; `report` hears the rows done, of how many.

    Raises Damaged, and whatever `report` raises to put an end to it.
    """
    with dataset(grid.name) as source:
        for window in pieces(grid):
            report(window.top, grid.height)
            cells = stored(source, grid, window)
            yield Piece(window, cells, grid.observed(cells) & unmasked(source, grid, window))
    report(grid.height, grid.height)
