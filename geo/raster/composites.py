"""Grids put together cell by cell: the highest of several, whether ever, on how many of them.

The cells are those of the finest grid, laid on as far as all of them reach; of grids with other
cells the one is taken that holds the middle of each. A cell was ever in where one says so, and
never where every one does. The highest value, and on how many it was in, are known within bounds
where some did not observe it.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from affine import Affine
from numpy.typing import NDArray

from core.errors import Invalid
from geo.clauses import Clause
from geo.crs import WGS84, Flags, Floats, carried
from geo.ellipsoid import quadrangles_km2
from geo.raster.grid import Grid
from geo.raster.open import dataset
from geo.raster.sample import sample
from geo.raster.windows import Window, pieces, values
from geo.reports import Report, unheard

NODATA = float("nan")
BLOCK = 512  # cells along a side of a tile
MOST_CELLS = 2_000_000_000
ALONG = 21  # places along each side of a grid that tell where it lies on another
PLACES = 6  # of a cell: what is less beyond a whole one is rounding
EQUAL = 1e-9  # of a cell: two grids whose cells differ by less have the same


class TooFarApart(Invalid):
    """Together these grids would have {cells} cells, which is too many; put together grids of one
    place and of like cells."""


@dataclass(frozen=True)
class Stack:
    """What K grids hold of a piece: (K, rows, columns) values, and which were observed."""

    values: NDArray[np.float32]
    seen: Flags


@dataclass(frozen=True)
class Put:
    """What they hold together, and the most it may be where that is not the same."""

    values: NDArray[np.float32]
    seen: Flags
    most: NDArray[np.float32]


Operation = Callable[[Stack, Clause], Put]


def worst(of_all: float) -> Operation:
    """The highest value, or the lowest where less is worse; `of_all` is that of all cells.

    Where some grids did not observe a cell and another meets the clause, it is at least as bad as
    that one says, and at most as bad as the worst cell of all; where none meets it nobody knows.
    """

    def put(stack: Stack, clause: Clause) -> Put:
        fold, nothing = (np.maximum, -np.inf) if clause.at_most is None else (np.minimum, np.inf)
        found = fold.reduce(np.where(stack.seen, stack.values, np.float32(nothing)), axis=0)
        whole = _all(stack.seen)
        known = whole | (np.isfinite(found) & clause.met(found))
        return Put(found, known, np.where(whole, found, np.float32(of_all)))

    return put


def ever(stack: Stack, clause: Clause) -> Put:
    """1 where any grid meets the clause, else 0."""
    met = np.logical_or.reduce(clause.met(stack.values) & stack.seen, axis=0)
    found = met.astype(np.float32)
    return Put(found, met | _all(stack.seen), found)


def days(stack: Stack, clause: Clause) -> Put:
    """On how many grids the clause is met; at most on those as well that did not observe it."""
    met = (clause.met(stack.values) & stack.seen).sum(axis=0).astype(np.float32)
    unseen = (~stack.seen).sum(axis=0).astype(np.float32)
    return Put(met, np.logical_or.reduce(stack.seen, axis=0), met + unseen)


def _all(seen: Flags) -> Flags:
    return np.asarray(np.logical_and.reduce(seen, axis=0))


def write_together(
    operation: Operation,
    grids: Sequence[Grid],
    clause: Clause,
    target: Path,
    most: Path,
    report: Report = unheard,
) -> bool:
    """Write what grids hold together to `target`, 32-bit floats without scale; and to `most` the
    most it may be. Answers whether the two differ anywhere.

    Raises:
        Damaged, and whatever `report` raises to put an end to it.
    """
    import rasterio

    on, bounded = common(grids), False
    profile = _profile(on)
    with rasterio.open(target, "w", **profile) as least, rasterio.open(most, "w", **profile) as top:
        for window, stack in stacked(grids):
            report(window.top, on.height)
            put = operation(stack, clause)
            least.write(np.where(put.seen, put.values, np.float32(NODATA)), 1, window=window.slices)
            top.write(np.where(put.seen, put.most, np.float32(NODATA)), 1, window=window.slices)
            bounded |= bool((put.seen & (put.most != put.values)).any())
    report(on.height, on.height)
    return bounded


def common(grids: Sequence[Grid]) -> Grid:
    """The lattice of the finest grid, of several the first, so far that it holds all of them.

    Raises:
        TooFarApart
    """
    finest = min(grids, key=_cell_km2)
    at = [_on(grid, finest) for grid in grids]
    left, top = (math.floor(min(ends[0] for ends in each)) for each in zip(*at, strict=True))
    right, bottom = (math.ceil(max(ends[1] for ends in each)) for each in zip(*at, strict=True))
    width, height = right - left, bottom - top
    if width * height > MOST_CELLS:
        raise TooFarApart(cells=width * height)
    moved = finest.transform * Affine.translation(left, top)
    return replace(finest, transform=moved, width=width, height=height, block=(BLOCK, BLOCK))


def _on(grid: Grid, lattice: Grid) -> list[tuple[float, float]]:
    """From which column and row of a lattice to which the cells of a grid reach."""
    side = np.linspace(0, 1, ALONG)
    ends = np.zeros(ALONG), np.ones(ALONG)
    across = np.concatenate([side, side, *ends]) * grid.width
    down = np.concatenate([*ends, side, side]) * grid.height
    x, y = carried(*_at(grid.transform, across, down), grid.crs, lattice.crs)
    columns, rows = _at(~lattice.transform, x, y)
    return [
        (round(float(np.nanmin(each)), PLACES), round(float(np.nanmax(each)), PLACES))
        for each in (columns, rows)
    ]


def stacked(grids: Sequence[Grid]) -> Iterator[tuple[Window, Stack]]:
    """The common lattice piece by piece, with what each of the grids holds there."""
    on = common(grids)
    with ExitStack() as stack:
        sources = [stack.enter_context(dataset(grid.name)) for grid in grids]
        for window in pieces(on, BLOCK):
            held = [
                values(source, grid, window) if _alike(grid, on) else _beneath(grid, on, window)
                for source, grid in zip(sources, grids, strict=True)
            ]
            yield (
                window,
                Stack(
                    np.stack([numbers.astype(np.float32) for numbers, _seen in held]),
                    np.stack([seen for _numbers, seen in held]),
                ),
            )


def _beneath(grid: Grid, on: Grid, window: Window) -> tuple[NDArray[Any], Flags]:
    """What another grid holds at the middles of cells."""
    rows, columns = np.mgrid[0 : window.height, 0 : window.width]
    across, down = columns.ravel() + window.left + 0.5, rows.ravel() + window.top + 0.5
    x, y = _at(on.transform, across, down)
    read = sample(grid, *carried(x, y, on.crs, grid.crs), threads=1)
    shape = window.height, window.width
    return read.values.reshape(shape), read.observed.reshape(shape)


def _alike(grid: Grid, on: Grid) -> bool:
    """Whether two grids have the same cells."""
    size = max(abs(on.transform.a), abs(on.transform.b))
    apart = (abs(one - other) for one, other in zip(grid.transform, on.transform, strict=True))
    same_size = (grid.width, grid.height) == (on.width, on.height)
    return same_size and grid.crs == on.crs and max(apart) <= EQUAL * size


def _cell_km2(grid: Grid) -> float:
    """The size on the ground of the cell in the middle of a grid."""
    column, row = grid.width // 2, grid.height // 2
    across, down = np.array([0.0, 1, 1, 0]) + column, np.array([0.0, 0, 1, 1]) + row
    lon, lat = carried(*_at(grid.transform, across, down), grid.crs, WGS84)
    return float(quadrangles_km2(lon[None], lat[None])[0])


def _at(transform: Affine, across: Floats, down: Floats) -> tuple[Floats, Floats]:
    """Where N positions of one plane lie on another."""
    return (
        transform.a * across + transform.b * down + transform.c,
        transform.d * across + transform.e * down + transform.f,
    )


def _profile(on: Grid) -> dict[str, Any]:
    return {
        "driver": "GTiff",
        "width": on.width,
        "height": on.height,
        "count": 1,
        "dtype": "float32",
        "crs": on.crs.to_wkt(),
        "transform": on.transform,
        "nodata": NODATA,
        "tiled": True,
        "blockxsize": BLOCK,
        "blockysize": BLOCK,
        "compress": "DEFLATE",
        "predictor": 3,
        "bigtiff": "IF_SAFER",
    }


def sign(path: Path, said: Mapping[str, str]) -> None:
    """Write into a file what it was made of, in tags of its own."""
    import rasterio

    with rasterio.open(path, "r+") as file:
        file.update_tags(**said)
