"""Which grid cells a hazard is silent in: places there are out, so nobody needs to look them up.

The grid is the one that locations are numbered by (`geo.vector.cover`). Of a flood along the rivers
of a country most cells hold neither water nor anything unseen, and most places lie in them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.crs import Flags
from geo.vector.cover import CELL, SIDE
from geo.vector.lattice import Indices

MOST = 4096  # cells along a side of what is screened; wider hazards are asked about every place
APART = 8  # silent numbers between two ranges that cost less to read than another range
EVERYWHERE = np.array([[0, SIDE * SIDE]])

Box = tuple[float, float, float, float]  # west, south, east, north, in degrees
Ranges = NDArray[np.int64]  # (N, 2): first and last numbers of cells


@dataclass(frozen=True)
class Frame:
    """A part of the grid: its first row and column, and how many of each."""

    row: int
    column: int
    height: int
    width: int

    @property
    def too_large(self) -> bool:
        """Whether it is larger than what is screened."""
        return max(self.height, self.width) > MOST


def frame(box: Box) -> Frame:
    """The part of the grid that holds a box, and one cell around it."""
    west, south, east, north = box
    column, row = int((west + 180) // CELL) - 1, int((south + 90) // CELL) - 1
    width, height = int((east + 180) // CELL) + 2 - column, int((north + 90) // CELL) + 2 - row
    return Frame(row, column, height, width)


def ranges(loud: Flags, of: Frame) -> Ranges:
    """The numbers of the cells that are not silent, given as rows and columns of a frame."""
    row, column = np.nonzero(loud)
    numbers = np.sort(_numbers(row + of.row, column + of.column))
    if not len(numbers):
        return np.empty((0, 2), dtype=np.int64)
    gaps = np.flatnonzero(np.diff(numbers) > APART)
    starts = numbers[np.concatenate([[0], gaps + 1])]
    ends = numbers[np.concatenate([gaps, [len(numbers) - 1]])]
    return np.column_stack([starts, ends])


def _numbers(row: Indices, column: Indices) -> Indices:
    """What cells are called, as the SQL function `grid_cell` does; those off the globe left out."""
    there = (row >= 0) & (row <= SIDE // 2) & (column >= 0) & (column <= SIDE)
    row, column = row[there], column[there]
    return ((row >> 6) << 22) | ((column >> 6) << 12) | ((row & 63) << 6) | (column & 63)
