"""What a grid holds, counted: how much was observed, from where to where, how often which value."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.crs import Floats
from geo.raster.grid import Cells, Grid
from geo.raster.open import dataset
from geo.raster.windows import pieces, values

BINS = 256
ROUND = (1, 2, 5, 10)


@dataclass(frozen=True)
class Summary:
    """Cells in all, with a value, and with exactly zero; the least and most value (NaN: none)."""

    cells: int
    observed: int
    zeros: int
    least: float
    most: float


def summary(grid: Grid) -> Summary:
    """Look at every cell of a grid once."""
    observed = zeros = 0
    least, most = math.inf, -math.inf
    with dataset(grid.name) as source:
        for window in pieces(grid):
            cells, seen = values(source, grid, window)
            known = cells[seen]
            if known.size:
                observed += known.size
                zeros += int((known == 0).sum())
                least, most = min(least, float(known.min())), max(most, float(known.max()))
    if not observed:
        least = most = math.nan
    return Summary(grid.width * grid.height, observed, zeros, least, most)


def round_edges(low: float, high: float, bins: int = BINS) -> Floats:
    """The edges of bins from `low` to `high`, multiples of the least round width that reaches.

    A width is 1, 2 or 5 times a power of ten; the first edge is the multiple at or below `low`.
    """
    span = high - low or abs(high) or 1.0
    power = math.floor(math.log10(span / bins))
    for times in ROUND:
        width = round(times * 10.0**power, 12)
        first = math.floor(round(low / width, 6))
        if (first + bins) * width >= high:
            break
    return np.round((first + np.arange(bins + 1)) * width, 12)


def counts(grid: Grid, edges: Floats) -> NDArray[np.int64]:
    """How many cells have a value in each bin; an edge belongs to the bin above it, the last below.

    Values are compared in their own width, so that 0.2 in 32 bits is not below an edge of 0.2.
    """
    found = np.zeros(len(edges) - 1, dtype=np.int64)
    with dataset(grid.name) as source:
        for window in pieces(grid):
            cells, seen = values(source, grid, window)
            found += _counted(cells[seen], edges)
    return found


def _counted(known: Cells, edges: Floats) -> NDArray[np.int64]:
    own = edges.astype(known.dtype) if known.dtype == np.float32 else edges
    inside = known[(known >= own[0]) & (known <= own[-1])]
    bins = np.minimum(np.searchsorted(own, inside, side="right") - 1, len(edges) - 2)
    return np.bincount(bins, minlength=len(edges) - 1)
