"""Households of map tiles in 32 x 32 cells: packed once, sorted by a threshold when asked.

A record holds how many households of the same codes live in one cell of a tile, and where in the
tile (0 to 4095 each way, row 0 in the north) they live on average. Numbers alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from registry.counting.packed import NOT_OBSERVED, Whole, answering, starts_of

CELLS = 32  # of a tile, each way
EXTENT = 4096
JOINED = 8  # cells, each way, that are joined where too few live in one
RECORD = np.dtype(
    [
        ("cell", "<u2"),
        ("code", "<i2"),
        ("may", "<i2"),
        ("x", "<u2"),
        ("y", "<u2"),
        ("households", "<u4"),
    ]
)

Records = NDArray[np.void]


@dataclass(frozen=True)
class InTiles:
    """Records, each in its tile of one zoom: column and row."""

    zoom: int
    column: Whole
    row: Whole
    record: Records


@dataclass(frozen=True)
class Shown:
    """Cells as a map shows them: place in the tile, households, and how many by answer; below 0
    where an answer is one of a few."""

    x: Whole
    y: Whole
    n: Whole
    inside: Whole
    probable: Whole
    out: Whole
    not_observed: Whole

    def few(self, fewest: int) -> NDArray[np.bool_]:
        """Which cells tell of too few: of all of them, or by an answer that is not of none."""
        answers = np.stack([getattr(self, name) for name in ANSWERS])
        return (self.n < fewest) | ((answers > 0) & (answers < fewest)).any(axis=0)


def in_tiles(zoom: int, household: Records) -> InTiles:
    """Households (`registry.counting.packed.HOUSEHOLD`) in the cells of the tiles of a zoom."""
    tiles, lon, lat = 1 << zoom, household["lon"], household["lat"]
    across = np.clip((lon + 180) / 360, 0, 1 - 1e-12) * tiles
    north = np.log(np.tan(np.pi / 4 + np.radians(lat) / 2)) / (2 * np.pi)
    down = np.clip(0.5 - north, 0, 1 - 1e-12) * tiles
    column, row = across.astype(np.int64), down.astype(np.int64)
    record = np.zeros(len(lon), dtype=RECORD)
    record["x"], record["y"] = (across - column) * EXTENT, (down - row) * EXTENT
    record["code"], record["may"] = answering(household["code"]), answering(household["may"])
    record["households"] = 1
    return _added(InTiles(zoom, column, row, record))


def put_together(zoom: int, parts: Iterable[InTiles]) -> InTiles:
    """Records of one zoom that were made part by part."""
    every = list(parts)
    nothing = np.zeros(0, dtype=np.int64)
    return _added(
        InTiles(
            zoom,
            np.concatenate([nothing, *(part.column for part in every)]),
            np.concatenate([nothing, *(part.row for part in every)]),
            np.concatenate([np.zeros(0, dtype=RECORD), *(part.record for part in every)]),
        )
    )


def coarser(tiles: InTiles) -> InTiles:
    """The same households in the tiles of the zoom before."""
    record = tiles.record.copy()
    record["x"] = record["x"] // 2 + EXTENT // 2 * (tiles.column & 1)
    record["y"] = record["y"] // 2 + EXTENT // 2 * (tiles.row & 1)
    return _added(InTiles(tiles.zoom - 1, tiles.column >> 1, tiles.row >> 1, record))


def shown(record: Records, wet: NDArray[np.bool_], fewest: int) -> Shown:
    """The cells of a tile, sorted by which bins are in.

    Cells that tell of fewer than `fewest` households, by an answer or altogether, are joined with
    their neighbours. If the answers are still of too few they are not told; nor is the cell if it
    is itself.
    """
    cells = _by_answer(record, record["cell"].astype(np.int64), wet)
    few = cells.few(fewest)
    if not few.any():
        return cells
    numbers = np.unique(record["cell"])[few]
    scarce = np.isin(record["cell"], numbers)
    wide = (record["cell"] // CELLS // JOINED) * CELLS + record["cell"] % CELLS // JOINED
    joined = _by_answer(record[scarce], wide[scarce].astype(np.int64), wet)
    untold = joined.few(fewest)
    answers = {name: np.where(untold, -1, getattr(joined, name)) for name in ANSWERS}
    mixed = replace(joined, **answers)
    return _together(_those(cells, ~few), _those(mixed, mixed.n >= fewest))


def _added(tiles: InTiles) -> InTiles:
    """Records put together by tile, cell and code; their place is where they are on average."""
    record, each = tiles.record, EXTENT // CELLS
    cell = (record["y"] // each).astype(np.int64) * CELLS + record["x"] // each
    codes = record["code"], record["may"]
    order = np.lexsort((*codes, cell, tiles.column, tiles.row))
    keys = [key[order] for key in (tiles.row, tiles.column, cell, *codes)]
    starts = starts_of(*keys)
    added = record[order][starts]
    added["cell"] = keys[2][starts]
    if len(starts):
        held = record["households"][order].astype(np.int64)
        households = np.add.reduceat(held, starts)
        added["households"] = households
        for axis in ("x", "y"):
            added[axis] = np.add.reduceat(record[axis][order] * held, starts) // households
    return InTiles(tiles.zoom, keys[1][starts], keys[0][starts], added)


def _by_answer(record: Records, cell: Whole, wet: NDArray[np.bool_]) -> Shown:
    numbers, place = np.unique(cell, return_inverse=True)
    code, held = record["code"], record["households"].astype(np.int64)
    inside, some = ((of >= 0) & wet[np.maximum(of, 0)] for of in (code, record["may"]))
    probable = some & ~inside
    unseen = (code == NOT_OBSERVED) & ~probable

    def summed(figures: NDArray[np.int64]) -> Whole:
        return np.bincount(place, weights=figures, minlength=len(numbers)).astype(np.int64)

    n = summed(held)
    each = np.maximum(n, 1)
    return Shown(
        x=summed(record["x"] * held) // each,
        y=summed(record["y"] * held) // each,
        n=n,
        inside=summed(held * inside),
        probable=summed(held * probable),
        out=summed(held * ~(inside | probable | unseen)),
        not_observed=summed(held * unseen),
    )


def _those(cells: Shown, which: NDArray[np.bool_]) -> Shown:
    return Shown(*(getattr(cells, name)[which] for name in NAMES))


def _together(one: Shown, other: Shown) -> Shown:
    return Shown(*(np.concatenate([getattr(one, n), getattr(other, n)]) for n in NAMES))


NAMES = tuple(Shown.__dataclass_fields__)
ANSWERS = ("inside", "probable", "out", "not_observed")
