"""Blocks of the grid and tiles of the map: which lie over which.

A block of 64 x 64 grid cells is as wide as a web mercator tile of zoom 10, so that their columns
are the same; their rows are not.
"""

import math

import numpy as np

from geo.vector.cover import BLOCK, CELL, SIDE
from geo.vector.lattice import Indices

ZOOM = 10
ACROSS = SIDE // BLOCK  # blocks, and tiles, round the globe
HEIGHT = CELL * BLOCK  # degrees
HIGHEST = 85.0511  # degrees north and south at which the map of tiles ends


def tiles_over(blocks: Indices) -> tuple[Indices, Indices]:
    """Columns and rows of the tiles that meet blocks, given by their numbers; each tile once."""
    found = set()
    for block in blocks.tolist():
        row, column = divmod(block, ACROSS)
        south = row * HEIGHT - 90
        found |= {(column, y) for y in range(_row(south + HEIGHT), _row(south) + 1)}
    tiles = np.array(sorted(found), dtype=np.int64).reshape(-1, 2)
    return tiles[:, 0], tiles[:, 1]


def blocks_under(column: Indices, row: Indices) -> Indices:
    """The numbers of the blocks that meet tiles; each block once."""
    found = set()
    for x, y in zip(column.tolist(), row.tolist(), strict=True):
        south, north = _latitude(y + 1), _latitude(y)
        rows = range(math.floor((south + 90) / HEIGHT), math.floor((north + 90) / HEIGHT) + 1)
        found |= {each * ACROSS + x for each in rows}
    return np.array(sorted(found), dtype=np.int64)


def _row(latitude: float) -> int:
    """The row of tiles a latitude lies in, from the north."""
    kept = math.radians(min(max(latitude, -HIGHEST), HIGHEST))
    north = math.log(math.tan(math.pi / 4 + kept / 2)) / (2 * math.pi)
    return min(int((0.5 - north) * ACROSS), ACROSS - 1)


def _latitude(row: float) -> float:
    """The latitude of the northern edge of a row of tiles."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / ACROSS))))
