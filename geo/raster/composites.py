"""Grids put together cell by cell, with extents beside them if there are any.

The cells are those of the finest grid, laid on as far as all of them reach; of grids with other
cells the one is taken that holds the middle of each, and of extents what they say of that middle.
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
from geo.together import Operation, Stack

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
class Outline:
    """An extent that is put together with grids: what it says of N places (longitude,
    latitude), and which of them it saw; and west, south, east, north of what it could see."""

    told: Callable[[Floats, Floats], tuple[NDArray[Any], Flags]]
    box: tuple[float, float, float, float]


Source = Grid | Outline


def write_together(
    operation: Operation,
    sources: Sequence[Source],
    clause: Clause,
    target: Path,
    most: Path,
    report: Report = unheard,
) -> bool:
    """Write what grids, and extents beside them, hold together to `target`, 32-bit floats without
    scale; and to `most` the most it may be. Answers whether the two differ anywhere.

    Raises:
        Damaged, TooFarApart, and whatever `report` raises to put an end to it.
    """
    import rasterio

    on, bounded = common(sources), False
    profile = profile_of(on)
    with rasterio.open(target, "w", **profile) as least, rasterio.open(most, "w", **profile) as top:
        for window, stack in stacked(sources):
            report(window.top, on.height)
            put = operation(stack, clause)
            least.write(np.where(put.seen, put.values, np.float32(NODATA)), 1, window=window.slices)
            top.write(np.where(put.seen, put.most, np.float32(NODATA)), 1, window=window.slices)
            bounded |= bool((put.seen & (put.most != put.values)).any())
    report(on.height, on.height)
    return bounded


def common(sources: Sequence[Source]) -> Grid:
    """The lattice of the finest grid, of several the first, so far that it holds all sources.

    Raises:
        TooFarApart
    """
    finest = min((each for each in sources if isinstance(each, Grid)), key=_cell_km2)
    at = [_on(each, finest) for each in sources]
    left, top = (math.floor(min(ends[0] for ends in each)) for each in zip(*at, strict=True))
    right, bottom = (math.ceil(max(ends[1] for ends in each)) for each in zip(*at, strict=True))
    width, height = right - left, bottom - top
    if width * height > MOST_CELLS:
        raise TooFarApart(cells=width * height)
    moved = finest.transform @ Affine.translation(left, top)
    return replace(finest, transform=moved, width=width, height=height, block=(BLOCK, BLOCK))


def _on(source: Source, lattice: Grid) -> list[tuple[float, float]]:
    """From which column and row of a lattice to which a source reaches."""
    if isinstance(source, Grid):
        across, down = _around(source.width, source.height)
        x, y = carried(*_at(source.transform, across, down), source.crs, lattice.crs)
    else:
        west, south, east, north = source.box
        across, up = _around(east - west, north - south)
        x, y = carried(west + across, south + up, WGS84, lattice.crs)
    return [
        (round(float(np.nanmin(each)), PLACES), round(float(np.nanmax(each)), PLACES))
        for each in _at(~lattice.transform, x, y)
    ]


def _around(width: float, height: float) -> tuple[Floats, Floats]:
    """Places along the sides of a rectangle, from its corner on."""
    side = np.linspace(0, 1, ALONG)
    ends = np.zeros(ALONG), np.ones(ALONG)
    return np.concatenate([side, side, *ends]) * width, np.concatenate([*ends, side, side]) * height


def stacked(sources: Sequence[Source]) -> Iterator[tuple[Window, Stack]]:
    """The common lattice piece by piece, with what each of the sources says of it."""
    on = common(sources)
    with ExitStack() as stack:
        files = [
            stack.enter_context(dataset(each.name)) if isinstance(each, Grid) else None
            for each in sources
        ]
        for window in pieces(on, BLOCK):
            held = [
                _held(source, file, on, window) for source, file in zip(sources, files, strict=True)
            ]
            yield (
                window,
                Stack(
                    np.stack([numbers.astype(np.float32) for numbers, _seen in held]),
                    np.stack([seen for _numbers, seen in held]),
                ),
            )


def _held(source: Source, file: Any, on: Grid, window: Window) -> tuple[NDArray[Any], Flags]:
    """What a source says of the cells of a piece, and which of them it saw."""
    if isinstance(source, Grid):
        return said_at(source, file, on, window)
    told, seen = source.told(*carried(*_middles(on, window), on.crs, WGS84))
    shape = window.height, window.width
    return told.reshape(shape), seen.reshape(shape)


def said_at(grid: Grid, file: Any, on: Grid, window: Window) -> tuple[NDArray[Any], Flags]:
    """What a grid, open as `file`, says of the middles of the cells of a piece of another, and
    which of them it saw."""
    if _alike(grid, on):
        return values(file, grid, window)
    read = sample(grid, *carried(*_middles(on, window), on.crs, grid.crs), threads=1)
    shape = window.height, window.width
    return read.values.reshape(shape), read.observed.reshape(shape)


def _middles(on: Grid, window: Window) -> tuple[Floats, Floats]:
    rows, columns = np.mgrid[0 : window.height, 0 : window.width]
    across, down = columns.ravel() + window.left + 0.5, rows.ravel() + window.top + 0.5
    return _at(on.transform, across, down)


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


def profile_of(on: Grid) -> dict[str, Any]:
    """How a file of 32-bit floats is written on the cells of a grid."""
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
