"""A normalised raster laid out for sampling alone: its blocks end to end, mapped into memory.

Built once a release (some seconds), it answers a million points in less than a tenth of a second,
for the price of the raster unpacked on disk. It holds the numbers of the file, nothing rounded.
"""

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geo.crs import Floats
from geo.raster.grid import Cells, Grid
from geo.raster.open import dataset
from geo.raster.sample import Readings
from geo.raster.windows import pieces, stored

SIDE = 256  # cells of a block
CELLS, SLOTS = "cells.bin", "slots.npy"
NOTHING = 0  # the slot shared by all blocks without a single value


class Store:
    """The mapped blocks of a grid: `slots` says where each of its blocks stands in `cells`."""

    def __init__(self, grid: Grid, folder: Path) -> None:
        self.grid = grid
        self.slots: NDArray[np.int32] = np.load(folder / SLOTS)
        self.cells: Cells = np.memmap(folder / CELLS, dtype=grid.dtype, mode="r")

    def sample(self, x: Floats, y: Floats) -> Readings:
        """The value of the cell each of N points lies in; x and y in the grid's own system."""
        rows, columns, observed = self.grid.positions(x, y)
        block = rows // SIDE * _across(self.grid) + columns // SIDE
        slot = self.slots[block].astype(np.int64)
        numbers = self.cells.take(slot * SIDE**2 + rows % SIDE * SIDE + columns % SIDE)
        observed &= self.grid.observed(numbers)
        return Readings(self.grid.measured(numbers), observed)


def build(grid: Grid, folder: Path) -> Store:
    """Lay the cells of a grid out in a folder, and map them.

    The grid is a normalised one: its blocks are whole multiples of ours, and nodata alone says what
    was not observed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    slots = np.full(_across(grid) * math.ceil(grid.height / SIDE), NOTHING, dtype=np.int32)
    with (folder / CELLS).open("wb") as out:
        np.full((SIDE, SIDE), grid.nodata[0], dtype=grid.dtype).tofile(out)
        for slot, (number, block) in enumerate(_blocks(grid), start=NOTHING + 1):
            block.tofile(out)
            slots[number] = slot
    np.save(folder / SLOTS, slots)
    return Store(grid, folder)


def _blocks(grid: Grid) -> Iterator[tuple[int, Cells]]:
    """The blocks that hold a value, with their numbers; filled up with nodata at the edges."""
    with dataset(grid.name) as source:
        for window in pieces(grid):
            cells = stored(source, grid, window)
            for top in range(0, window.height, SIDE):
                for left in range(0, window.width, SIDE):
                    part = cells[top : top + SIDE, left : left + SIDE]
                    if grid.observed(part).any():
                        row, column = (window.top + top) // SIDE, (window.left + left) // SIDE
                        yield row * _across(grid) + column, _filled_up(part, grid)


def _filled_up(part: Cells, grid: Grid) -> Cells:
    missing = [(0, SIDE - side) for side in part.shape]
    return np.pad(part, missing, constant_values=grid.nodata[0])


def _across(grid: Grid) -> int:
    return math.ceil(grid.width / SIDE)
