"""Why cells of grids that were put together have no value, or that water always is there."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.clauses import Clause
from geo.raster.composites import Source, common, profile_of, said_at, stacked
from geo.raster.grid import Grid
from geo.raster.open import dataset
from geo.raster.reasons import Reason
from geo.raster.windows import Window
from geo.together import Operation

TELLING = (Reason.CLOUD, Reason.EXCLUDED)  # over no data: why a look at it told nothing
Codes = NDArray[np.uint8]


def write_reasons(
    operation: Operation,
    sources: Sequence[Source],
    clause: Clause,
    hidden: Sequence[Grid | None],
    target: Path,
) -> None:
    """Write why cells have no value once sources are put together, by the grids of reasons of each
    (None: it has none), on the cells `geo.raster.composites` writes.

    Of a cell nobody knows of, cloud is told before what a product leaves out, and that before no
    data. Where none of them is hit, and one says water is always there, it is.
    """
    import rasterio

    on = common(sources)
    profile = profile_of(on) | {"dtype": "uint8", "nodata": None, "predictor": 1}
    with ExitStack() as stack:
        out = stack.enter_context(rasterio.open(target, "w", **profile))
        files = [stack.enter_context(dataset(each.name)) if each else None for each in hidden]
        for window, told in stacked(sources):
            why = [
                _codes(grid, file, on, window)
                for grid, file in zip(hidden, files, strict=True)
                if grid is not None
            ]
            hit = np.logical_or.reduce(clause.met(told.values) & told.seen, axis=0)
            seen = operation(told, clause).seen
            out.write(np.where(seen, _water(why, hit), _unknown(why)), 1, window=window.slices)


def _codes(grid: Grid, file: Any, on: Grid, window: Window) -> Codes:
    """What a grid of reasons says of the cells of a piece; no data beyond it."""
    codes, there = said_at(grid, file, on, window)
    return np.where(there, codes, np.uint8(Reason.NODATA)).astype(np.uint8)


def _unknown(why: Sequence[Codes]) -> Codes:
    found = np.full(why[0].shape, Reason.NODATA, dtype=np.uint8)
    for reason in reversed(TELLING):
        found[np.logical_or.reduce([codes == reason for codes in why])] = reason
    return found


def _water(why: Sequence[Codes], hit: NDArray[np.bool_]) -> Codes:
    water = np.logical_or.reduce([codes == Reason.PERMANENT_WATER for codes in why]) & ~hit
    return np.where(water, np.uint8(Reason.PERMANENT_WATER), np.uint8(Reason.VALUE))
