"""What areas hold of a grid: cells, values and square kilometres, by exactly covered shares."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from geo.clauses import Clause
from geo.crs import Flags, Floats
from geo.ellipsoid import Shapes
from geo.raster.cover import Covered, covered
from geo.raster.grid import Cells, Grid, Indices
from geo.raster.open import dataset
from geo.raster.windows import values


@dataclass(frozen=True)
class Classes:
    """How many classes there are, and which of them each value is in."""

    count: int
    of: Callable[[Cells], Indices]


Fold = tuple[np.ufunc, Cells, Cells]  # how, into which totals, what


@dataclass(frozen=True)
class Zones:
    """What N areas hold of a grid; every array has one entry an area.

    `cells` counts covered cells by their shares, `observed_cells` those with a value, over which
    `sum`, `low` and `high` run (NaN where none is). `hit_km2` meets the clause, `observed_km2` has
    a value; both are true areas on the WGS 84 ellipsoid, as is `km2`, all that lies in the grid.
    `spread` is the observed ground by the class of its value (N, classes), without classes nothing.
    """

    cells: Floats
    observed_cells: Floats
    sum: Floats
    low: Floats
    high: Floats
    hit_km2: Floats
    observed_km2: Floats
    km2: Floats
    spread: Floats

    @property
    def mean(self) -> Floats:
        return _ratio(self.sum, self.observed_cells)

    @property
    def hit_share(self) -> Floats:
        return _ratio(self.hit_km2, self.observed_km2)


def zonal(grid: Grid, areas: Shapes, clause: Clause, classes: Classes | None = None) -> Zones:
    """What each of N areas holds; valid polygons in the grid's own system (None: no area)."""
    totals = _Totals(len(areas), classes)
    with dataset(grid.name) as source:
        for piece in covered(grid, areas):
            cells, observed = values(source, grid, piece.window)
            totals.add(piece, cells.ravel()[piece.cell], observed.ravel()[piece.cell], clause)
    return totals.zones()


def largest(grid: Grid, shapes: Shapes) -> tuple[Cells, Flags]:
    """The largest value each of N shapes covers any part of, and whether it covers one at all."""
    kind = grid.measured(np.zeros(1, dtype=grid.dtype)).dtype
    found = np.zeros(len(shapes), dtype=bool)
    highest = np.full(len(shapes), _lowest(kind), dtype=kind)
    with dataset(grid.name) as source:
        for piece in covered(grid, shapes):
            cells, observed = values(source, grid, piece.window)
            seen = observed.ravel()[piece.cell]
            values_there = cells.ravel()[piece.cell[seen]]
            _gather(piece.area[seen], [(np.maximum, highest, values_there)])
            found[piece.area[seen]] = True
    return highest, found


class _Totals:
    """Sums over the pieces of a grid, one an area."""

    def __init__(self, areas: int, classes: Classes | None) -> None:
        self.classes = classes
        self.spread = np.zeros((areas, classes.count if classes else 0))
        self.km2 = np.zeros(areas)
        self.cells, self.observed, self.sum = (np.zeros(areas) for _ in range(3))
        self.hit_km2, self.observed_km2 = np.zeros(areas), np.zeros(areas)
        self.low, self.high = np.full(areas, np.inf), np.full(areas, -np.inf)

    def add(self, piece: Covered, cells: Cells, observed: Flags, clause: Clause) -> None:
        _gather(piece.area, [(np.add, self.cells, piece.share), (np.add, self.km2, piece.km2)])
        area, share, km2, values = _of((piece.area, piece.share, piece.km2, cells), observed)
        if self.classes:
            place = area * self.classes.count + self.classes.of(values)
            np.add.at(self.spread.reshape(-1), place, km2)
        _gather(
            area,
            [
                (np.add, self.observed, share),
                (np.add, self.sum, np.multiply(share, values, dtype=np.float64)),
                (np.add, self.observed_km2, km2),
                (np.add, self.hit_km2, km2 * clause.met(values)),
                (np.minimum, self.low, values),
                (np.maximum, self.high, values),
            ],
        )

    def zones(self) -> Zones:
        nothing = self.observed == 0
        low, high, sums = (np.where(nothing, np.nan, x) for x in (self.low, self.high, self.sum))
        counts = self.cells, self.observed, sums, low, high
        return Zones(*counts, self.hit_km2, self.observed_km2, self.km2, self.spread)


def _of(columns: Sequence[Any], observed: Flags) -> Sequence[Any]:
    """The columns where cells were observed; as they are where all of them were."""
    return columns if observed.all() else [column[observed] for column in columns]


def _gather(area: Indices, folds: Sequence[Fold]) -> None:
    """Fold parts into the totals of their areas; the parts of an area stand together."""
    if not len(area):
        return
    starts = np.concatenate([[0], np.flatnonzero(area[1:] != area[:-1]) + 1])
    for fold, totals, parts in folds:
        fold.at(totals, area[starts], fold.reduceat(parts, starts))


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.asarray(np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0))


def _lowest(kind: np.dtype[Any]) -> float | int:
    return int(np.iinfo(kind).min) if kind.kind in "iu" else -np.inf
