"""Which grid cells a hazard is silent in: places there are out, so nobody needs to look them up.

The grid is the one that locations are numbered by (`geo.vector.cover`). Of a flood along the rivers
of a country most cells hold neither water nor anything unseen, and most places lie in them.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.crs import Flags
from geo.vector.cover import CELL, SIDE
from geo.vector.lattice import Indices

MOST = 4096  # cells along a side of what is screened; wider hazards are asked about every place
REACH = 500.0  # metres; a circle that is no wider leads over one row of cells at most
DEGREE = 110_500.0  # metres in a degree of latitude, at the least
NEAR_POLE = 85.0  # degrees; beyond it places are few, and their circles hardly wider than cells
APART = 8  # silent numbers between two ranges that cost less to read than another range
EVERYWHERE = np.array([[0, SIDE * SIDE]])
NOWHERE_ELSE = np.empty((0, 2), dtype=np.int64)

Box = tuple[float, float, float, float]  # west, south, east, north, in degrees
Ranges = NDArray[np.int64]  # (N, 2): first and last numbers of cells


@dataclass(frozen=True)
class Frame:
    """A part of the grid: its first row and column, and how many of each."""

    row: int
    column: int
    height: int
    width: int
    reach: int  # columns a circle leads over

    @property
    def too_large(self) -> bool:
        """Whether it is larger than what is screened."""
        return max(self.height, self.width) > MOST

    def beside(self, loud: Flags) -> Flags:
        """The cells that are not loud themselves, but that a circle may reach loud ones from."""
        rows = loud.copy()
        rows[1:] |= loud[:-1]
        rows[:-1] |= loud[1:]
        found = rows.copy()
        for step in range(1, self.reach + 1):
            found[:, step:] |= rows[:, :-step]
            found[:, :-step] |= rows[:, step:]
        return found & ~loud


def frame(box: Box) -> Frame:
    """The part of the grid that holds a box, and as many cells around it as circles may reach."""
    west, south, east, north = box
    poleward = min(max(abs(south), abs(north)) + CELL, NEAR_POLE)
    reach = math.ceil(REACH / (CELL * DEGREE * math.cos(math.radians(poleward))))
    column, row = int((west + 180) // CELL) - reach, int((south + 90) // CELL) - 1
    width, height = int((east + 180) // CELL) + 1 + reach, int((north + 90) // CELL) + 2
    return Frame(row, column, height - row, width - column, reach)


def ranges(loud: Flags, of: Frame) -> Ranges:
    """The numbers of the cells that are not silent, given as rows and columns of a frame."""
    return _joined(_cells(loud, of), NOWHERE_ELSE)


def ranges_beside(loud: Flags, of: Frame, asked: Ranges) -> Ranges:
    """The numbers of the cells from which circles may reach these, none of them asked already."""
    cells = _cells(of.beside(loud), of)
    after = np.searchsorted(asked[:, 0], cells, side="right")
    last = np.concatenate([[-1], asked[:, 1]])
    return _joined(cells[cells > last[after]], asked)


def _joined(numbers: Indices, apart_by: Ranges) -> Ranges:
    """Rising numbers as ranges; between two of them lies more than a few silent cells, or one of
    other ranges."""
    if not len(numbers):
        return NOWHERE_ELSE
    parted = np.diff(np.searchsorted(apart_by[:, 0], numbers)) > 0
    gaps = np.flatnonzero(parted | (np.diff(numbers) > APART))
    starts = numbers[np.concatenate([[0], gaps + 1])]
    ends = numbers[np.concatenate([gaps, [len(numbers) - 1]])]
    return np.column_stack([starts, ends])


def _cells(flags: Flags, of: Frame) -> Indices:
    """The numbers of some cells of a frame, rising."""
    row, column = np.nonzero(flags)
    return np.sort(_numbers(row + of.row, column + of.column))


def _numbers(row: Indices, column: Indices) -> Indices:
    """What cells are called, as the SQL function `grid_cell` does; those off the globe left out."""
    there = (row >= 0) & (row <= SIDE // 2) & (column >= 0) & (column <= SIDE)
    row, column = row[there], column[there]
    return ((row >> 6) << 22) | ((column >> 6) << 12) | ((row & 63) << 6) | (column & 63)
