"""Where a raster is silent: all cells observed, and none of them on the side that is kept.

Cells are looked at in tiles of about the size of a grid cell of locations, whose corners are then
carried to the globe. A grid cell that meets no other tiles is silent as a whole.
"""

import math

import numpy as np

from geo.clauses import Clause
from geo.crs import WGS84, Flags, Floats, carried
from geo.raster.footprint import footprint
from geo.raster.grid import Grid
from geo.raster.pieces import Piece, read
from geo.vector.cover import CELL
from geo.vector.screen import Box, Frame, Screen, frame, screened

LARGEST = 64  # cells of a tile; divides the height and width of every piece
BENT = 0.05  # of a tile's size; more than its edges bend out between corners
HALF = 180.0


class Silence:
    """Takes the pieces of a grid one after the other, and says where places have to be asked."""

    def __init__(self, grid: Grid, clause: Clause) -> None:
        self.grid, self.clause = grid, clause
        self.side = _side(grid)
        down, across = (math.ceil(length / self.side) for length in (grid.height, grid.width))
        self.loud = np.ones((down + 2, across + 2), dtype=bool)  # a ring around it is not observed

    def take(self, piece: Piece) -> None:
        """Note which tiles of a piece are loud."""
        window, side = piece.window, self.side
        loud = ~piece.seen | self.clause.met(self.grid.measured(piece.cells))
        beyond = [(0, -length % side) for length in loud.shape]
        down, across = (math.ceil(length / side) for length in loud.shape)
        tiles = np.pad(loud, beyond, constant_values=True).reshape(down, side, across, side)
        top, left = window.top // side + 1, window.left // side + 1
        self.loud[top : top + down, left : left + across] = tiles.any(axis=(1, 3))

    def break_for(self, beside: Grid, clause: Clause) -> None:
        """Note the tiles that meet a clause in another grid of the same cells."""
        other = Silence(beside, clause)
        for piece in read(beside):
            other.take(piece)
        self.loud |= other.loud

    def screen(self, box: Box) -> Screen | None:
        """The grid cells in a box whose places have to be asked; None: all of them."""
        of, tiles = frame(box), self._tiles()
        if of.too_large or tiles is None:
            return None
        inside = np.zeros_like(self.loud)
        inside[1:-1, 1:-1] = True
        return screened(~_met(tiles[:, inside], of) | _met(tiles[:, self.loud], of), of)

    def _tiles(self) -> Floats | None:
        """South, west, north and east of all tiles, in cells of the globe's grid, with a margin.

        None where they are not told from longitudes and latitudes so simply: around the poles and
        across the antimeridian.
        """
        down, across = ((np.arange(length + 1) - 1) * self.side for length in self.loud.shape)
        column, row = np.meshgrid(across, down)
        to = self.grid.transform
        x, y = to.a * column + to.b * row + to.c, to.d * column + to.e * row + to.f
        lon, lat = carried(x, y, self.grid.crs, WGS84)
        if not np.isfinite(lon + lat).all() or np.ptp(lon) > HALF or np.abs(lon).max() > HALF:
            return None
        sides = np.stack([*_ends((lat + HALF / 2) / CELL), *_ends((lon + HALF) / CELL)])
        south, north, west, east = sides
        more = BENT * np.maximum(north - south, east - west)
        return np.stack([south - more, west - more, north + more, east + more])


def _ends(corners: Floats) -> tuple[Floats, Floats]:
    """The least and greatest of the four corners of each tile."""
    four = corners[:-1, :-1], corners[1:, :-1], corners[:-1, 1:], corners[1:, 1:]
    return np.minimum.reduce(four), np.maximum.reduce(four)


def _met(tiles: Floats, of: Frame) -> Flags:
    """Which cells of a frame N tiles (4, N) meet."""
    low, high = np.array([[of.row], [of.column]]), np.array([[of.height], [of.width]])
    first = (np.floor(tiles[:2]).astype(np.int64) - low).clip(0, high)
    end = (np.floor(tiles[2:]).astype(np.int64) + 1 - low).clip(0, high)
    steps = np.zeros((of.height + 1, of.width + 1), dtype=np.int32)
    for rows, columns, step in (
        (first[0], first[1], 1),
        (first[0], end[1], -1),
        (end[0], first[1], -1),
        (end[0], end[1], 1),
    ):
        np.add.at(steps, (rows, columns), step)
    return np.asarray(steps.cumsum(axis=0).cumsum(axis=1)[:-1, :-1] > 0)


def _side(grid: Grid) -> int:
    """Cells of a tile, a power of two, about as wide as a grid cell of locations."""
    west, _, east, _ = footprint(grid).bounds
    cells = CELL / ((east - west) / grid.width)
    return 1 << max(0, min(int(math.log2(LARGEST)), round(math.log2(cells))))
