"""Blocks of the grid and tiles of the map: which lie over which.

A block of 64 x 64 grid cells is as wide as a web mercator tile of zoom 10, so that their columns
are the same; their rows are not.
"""

import math

import numpy as np

from geo.vector.cover import BLOCK, CELL, SIDE
from geo.vector.lattice import Indices
from geo.vector.mercator import north_of, row_of

ZOOM = 10
ACROSS = SIDE // BLOCK  # blocks, and tiles, round the globe
HEIGHT = CELL * BLOCK  # degrees


def tiles_over(blocks: Indices) -> tuple[Indices, Indices]:
    """Columns and rows of the tiles that meet blocks, given by their numbers; each tile once."""
    found = set()
    for block in blocks.tolist():
        row, column = divmod(block, ACROSS)
        south = row * HEIGHT - 90
        found |= {(column, y) for y in range(row_of(south + HEIGHT, ZOOM), row_of(south, ZOOM) + 1)}
    tiles = np.array(sorted(found), dtype=np.int64).reshape(-1, 2)
    return tiles[:, 0], tiles[:, 1]


def blocks_under(column: Indices, row: Indices) -> Indices:
    """The numbers of the blocks that meet tiles; each block once."""
    found = set()
    for x, y in zip(column.tolist(), row.tolist(), strict=True):
        south, north = north_of(y + 1, ZOOM), north_of(y, ZOOM)
        rows = range(math.floor((south + 90) / HEIGHT), math.floor((north + 90) / HEIGHT) + 1)
        found |= {each * ACROSS + x for each in rows}
    return np.array(sorted(found), dtype=np.int64)
