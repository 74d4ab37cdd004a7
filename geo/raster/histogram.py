"""What a grid holds, counted: how much was observed, from where to where, how often which value."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geo.crs import Floats
from geo.raster.codes import Codes, Suspect, Suspicions
from geo.raster.grid import Grid
from geo.raster.pieces import Piece, read

BINS = 256
ROUND = (1, 2, 5, 10)


@dataclass(frozen=True)
class Summary:
    """Cells in all, with a value, and with exactly zero; the least and most value (NaN: none).

    `codes` says how often each value of a grid of classes stands in it; it is empty where there
    are more than a few or one is no whole number. `suspects` may mean "no data" unsaid.
    """

    cells: int
    observed: int
    zeros: int
    least: float
    most: float
    codes: dict[float, int] = field(default_factory=dict)
    suspects: tuple[Suspect, ...] = ()


class Look:
    """Takes the pieces of a grid one after the other, and sums them up."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.codes, self.suspicions = Codes(), Suspicions()
        self.observed = self.zeros = 0
        self.least, self.most = math.inf, -math.inf

    def take(self, piece: Piece) -> None:
        """Look at every cell of a piece."""
        known = self.grid.measured(piece.cells[piece.seen])
        if known.size:
            self.observed += known.size
            self.zeros += int((known == 0).sum())
            self.least = min(self.least, float(known.min()))
            self.most = max(self.most, float(known.max()))
            self.codes.take(known)
            self.suspicions.take(piece.cells[piece.seen])

    @property
    def summary(self) -> Summary:
        """What was seen up to now."""
        least, most = (self.least, self.most) if self.observed else (math.nan, math.nan)
        return Summary(
            cells=self.grid.width * self.grid.height,
            observed=self.observed,
            zeros=self.zeros,
            least=least,
            most=most,
            codes=self.codes.found,
            suspects=self.suspicions.found,
        )


class Bins:
    """Counts the cells that have a value in each bin between edges.

    An edge belongs to the bin above it, the last one below. Values are compared in their own width,
    so that 0.2 in 32 bits is not below an edge of 0.2.
    """

    def __init__(self, grid: Grid, edges: Floats) -> None:
        self.grid, self.edges = grid, edges
        self.counts = np.zeros(len(edges) - 1, dtype=np.int64)

    def take(self, piece: Piece) -> None:
        """Count the cells of a piece."""
        known = self.grid.measured(piece.cells[piece.seen])
        own = self.edges.astype(known.dtype) if known.dtype == np.float32 else self.edges
        inside = known[(known >= own[0]) & (known <= own[-1])]
        bins = np.minimum(np.searchsorted(own, inside, side="right") - 1, len(own) - 2)
        self.counts += np.bincount(bins, minlength=len(self.counts))


def counts(grid: Grid, edges: Floats) -> NDArray[np.int64]:
    """How many cells of a grid have a value in each bin."""
    bins = Bins(grid, edges)
    for piece in read(grid):
        bins.take(piece)
    return bins.counts


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
