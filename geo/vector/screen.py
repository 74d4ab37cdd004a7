"""Which grid cells a hazard is silent in, and in which it says the same of all places.

Places in silent cells are out, and those in cells of one answer need not be told apart, so nobody
looks them up one by one. The grid is the one that locations are numbered by (`geo.vector.cover`).
Of a flood along the rivers of a country most cells hold neither water nor anything unseen, and most
places lie in them.
"""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geo.crs import Flags, Floats
from geo.vector.cover import CELL, SIDE
from geo.vector.lattice import Indices

MOST = 4096  # cells along a side of what is screened; wider hazards are asked about every place
REACH = 500.0  # metres; a circle that is no wider leads over one row of cells at most
DEGREE = 110_500.0  # metres in a degree of latitude, at the least
NEAR_POLE = 85.0  # degrees; beyond it places are few, and their circles hardly wider than cells
APART = 8  # silent numbers between two ranges that cost less to read than another range
EVERYWHERE = np.array([[0, SIDE * SIDE]])
NOWHERE_ELSE = np.empty((0, 2), dtype=np.int64)
MIXED = -2  # not the same of all places in a cell

Box = tuple[float, float, float, float]  # west, south, east, north, in degrees
Ranges = NDArray[np.int64]  # (N, 2): first and last numbers of cells
Kinds = NDArray[np.int32]  # of cells: what is said of all places in each, by a number; or MIXED


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

    def within(self, box: Box) -> Flags:
        """The cells that lie wholly in a box."""
        west, south, east, north = box
        rows = (self.row + np.arange(self.height + 1)) * CELL - 90
        columns = (self.column + np.arange(self.width + 1)) * CELL - 180
        tall = (rows[:-1] >= south) & (rows[1:] <= north)
        return tall[:, None] & (columns[:-1] >= west) & (columns[1:] <= east)


def frame(box: Box) -> Frame:
    """The part of the grid that holds a box, and as many cells around it as circles may reach."""
    west, south, east, north = box
    poleward = min(max(abs(south), abs(north)) + CELL, NEAR_POLE)
    reach = math.ceil(REACH / (CELL * DEGREE * math.cos(math.radians(poleward))))
    column, row = int((west + 180) // CELL) - reach, int((south + 90) // CELL) - 1
    width, height = int((east + 180) // CELL) + 1 + reach, int((north + 90) // CELL) + 2
    return Frame(row, column, height - row, width - column, reach)


@dataclass(frozen=True)
class Screen:
    """About which places a hazard has to be asked, by the numbers of their cells.

    Those in `asked` are asked one by one. Of all that stand in one range of `alike` the same is
    said, and those in `near` are out; but a circle that reaches out of its cell, from either, is
    asked too. What else lies in other cells is observed and not kept. No cell is in two of them.
    """

    asked: Ranges
    near: Ranges
    alike: Ranges = field(default_factory=NOWHERE_ELSE.copy)

    @property
    def reached(self) -> Ranges:
        """The cells of whose places those are asked that are circles reaching out of them."""
        return _in_order(self.near, self.alike)

    def one_by_one(self) -> "Screen":
        """The same for whoever cannot say one thing of a whole cell."""
        return Screen(_in_order(self.asked, self.alike), self.near)


def screened(loud: Flags, of: Frame, kinds: Kinds | None = None) -> Screen:
    """The cells of a frame that are not silent, given as its rows and columns; with the kinds of
    what is said in each, those of one answer are told apart."""
    alike = NOWHERE_ELSE if kinds is None else _of_one_kind(loud, kinds, of)
    several = loud if kinds is None else loud & (kinds == MIXED)
    asked = _joined(_cells(several, of), alike)
    taken = _in_order(asked, alike)
    beside = _cells(of.beside(loud), of)
    after = np.searchsorted(taken[:, 0], beside, side="right")
    last = np.concatenate([[-1], taken[:, 1]])
    return Screen(asked, _joined(beside[beside > last[after]], taken), alike)


def middles(cells: Indices) -> tuple[Floats, Floats]:
    """Longitudes and latitudes of the middles of cells, given by their numbers."""
    row = ((cells >> 22) << 6) | ((cells >> 6) & 63)
    column = (((cells >> 12) & 1023) << 6) | (cells & 63)
    east, north = np.array([column, row], dtype=np.float64) + 0.5
    return east * CELL - 180, north * CELL - 90


def _of_one_kind(loud: Flags, kinds: Kinds, of: Frame) -> Ranges:
    """The loud cells that are not mixed, as ranges of neighbours of one kind."""
    row, column = np.nonzero(loud & (kinds != MIXED))
    kind = kinds[row, column]
    numbers = _numbers(row + of.row, column + of.column)
    order = np.argsort(numbers)
    numbers, kind = numbers[order], kind[order]
    return _runs(numbers, np.flatnonzero((np.diff(numbers) > 1) | (np.diff(kind) != 0)))


def _in_order(one: Ranges, other: Ranges) -> Ranges:
    """Ranges of two kinds, none of which meet, by their numbers."""
    both = np.concatenate([one, other])
    return np.asarray(both[np.argsort(both[:, 0])])


def _joined(numbers: Indices, apart_by: Ranges) -> Ranges:
    """Rising numbers as ranges; between two of them lies more than a few silent cells, or one of
    other ranges."""
    parted = np.diff(np.searchsorted(apart_by[:, 0], numbers)) > 0
    return _runs(numbers, np.flatnonzero(parted | (np.diff(numbers) > APART)))


def _runs(numbers: Indices, gaps: Indices) -> Ranges:
    """Rising numbers as ranges that end before each gap."""
    if not len(numbers):
        return NOWHERE_ELSE
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
