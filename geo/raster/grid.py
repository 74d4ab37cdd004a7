"""A grid: where the cells of one band lie, which hold a value, and what their numbers mean."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS

from geo.crs import CIRCLE, Flags, Floats, in_degrees

Cells = NDArray[Any]
Indices = NDArray[np.int64]

NEAR = 1e-6  # relative: nodata written as text and read back, or narrowed to 32 bits
SENTINEL = 1e30  # beyond this, nodata is some program's "largest number", spelt in many ways


EVERY = -math.inf, math.inf  # numbers


@dataclass(frozen=True)
class Grid:
    """One band of a raster as it stands in its file.

    `transform` carries (column, row) to the x and y of a cell's corner; for a grid given by its
    nodes that corner lies half a spacing before the node. `nodata` speaks of stored numbers, and
    `valid` holds the least and the most of them that are values; a value is stored x scale +
    offset, in `unit`. `notes` are sentences for who reads the answers.
    """

    name: str  # what GDAL opens; good as long as the file stays open
    driver: str
    crs: CRS
    transform: Affine
    width: int
    height: int
    dtype: str
    band: int
    block: tuple[int, int]  # rows, columns
    nodata: tuple[float, ...] = ()
    valid: tuple[float, float] = EVERY
    scale: float = 1.0
    offset: float = 0.0
    masked: bool = False  # a mask or an alpha band stands beside the values
    alpha: int | None = None  # the band in which 0 hides a cell
    nodes: bool = False
    variable: str | None = None
    time: str | None = None
    unit: str | None = None
    file: str = ""  # as the person knows it
    notes: tuple[str, ...] = ()

    @property
    def scaled(self) -> bool:
        return (self.scale, self.offset) != (1.0, 0.0)

    @property
    def south_up(self) -> bool:
        return not self.rotated and self.transform.e > 0

    @property
    def rotated(self) -> bool:
        return bool(self.transform.b or self.transform.d)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the cells' outer corners, in the grid's own system."""
        ends = [(c, r) for c in (0, self.width) for r in (0, self.height)]
        xs, ys = zip(*(self.transform @ end for end in ends), strict=True)
        return min(xs), min(ys), max(xs), max(ys)

    def observed(self, stored: Cells) -> Flags:
        """Which stored numbers are values: neither nodata, nor NaN, nor infinite."""
        whole = stored.dtype.kind in "iub"
        known = np.ones(stored.shape, dtype=bool) if whole else np.isfinite(stored)
        for code in self.nodata:
            if not math.isnan(code):
                known &= ~(_equals_whole(stored, code) if whole else _equals_real(stored, code))
        if self.valid != EVERY:
            known &= (stored >= self.valid[0]) & (stored <= self.valid[1])
        return known

    def measured(self, stored: Cells) -> Cells:
        """The values of stored numbers: as stored, or floats where the grid is scaled.

        Whole numbers of at most 16 bits give 32-bit floats, which tell them all apart: so 3 x 0.1
        is 0.3, and compares as any other value written as 0.3 does.
        """
        if not self.scaled:
            return stored
        found = stored.astype(np.float64) * self.scale + self.offset
        packed = stored.dtype.kind in "iu" and stored.dtype.itemsize <= 2
        return np.asarray(found.astype(np.float32) if packed else found)

    def stored(self, value: float) -> float:
        """The stored number that means a value; whole where it is as good as whole."""
        number = (value - self.offset) / self.scale
        return float(round(number)) if abs(number - round(number)) <= NEAR else number

    def positions(self, x: Floats, y: Floats) -> tuple[Indices, Indices, Flags]:
        """Row and column of the cells that hold N points, and which points lie in the grid at all.

        The cell is the floor of the inverse transform. A point on a border belongs to the cell
        right of or below it; on the outer right or bottom edge it lies outside. Where the grid
        counts its longitudes from elsewhere (0 to 360), a point outside is looked for a full
        circle away.
        """
        rows, columns, inside = self._cells(x, y)
        if in_degrees(self.crs) and not self.rotated and not inside.all():
            west, _, east, _ = self.bounds
            for turn in (CIRCLE, -CIRCLE):
                strayed = np.flatnonzero(~inside & ((x < west) | (x > east)))
                found = self._cells(x[strayed] + turn, y[strayed])
                rows[strayed], columns[strayed], inside[strayed] = found
        return rows, columns, inside

    def _cells(self, x: Floats, y: Floats) -> tuple[Indices, Indices, Flags]:
        inverse = ~self.transform
        with np.errstate(invalid="ignore", over="ignore"):
            column = np.floor(x * inverse.a + y * inverse.b + inverse.c)
            row = np.floor(x * inverse.d + y * inverse.e + inverse.f)
            inside = (column >= 0) & (column < self.width) & (row >= 0) & (row < self.height)
        return (
            np.where(inside, row, 0).astype(np.int64),
            np.where(inside, column, 0).astype(np.int64),
            inside,
        )


def _equals_whole(stored: Cells, code: float) -> Flags:
    if not code.is_integer():
        return np.zeros(stored.shape, dtype=bool)
    return np.asarray(stored == int(code))


def _equals_real(stored: Cells, code: float) -> Flags:
    """Nodata as float files hold it: near its declared value, or past it where it is a sentinel."""
    real = stored.dtype.type
    with np.errstate(over="ignore", invalid="ignore"):
        if abs(code) >= SENTINEL:
            edge = real(code * 0.99)
            return np.asarray(stored <= edge if code < 0 else stored >= edge)
        return np.asarray(np.abs(stored - real(code)) <= real(abs(code) * NEAR))
