"""Households and counts of households as packed records, and their sums. Numbers alone.

A household's *code* is the bin of its value, from 0, if the release says one, else what is below.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from registry.counting.people import FIGURES

OUT, NOT_OBSERVED, UNLOCATED = -1, -2, -3  # codes of households without a value

_WIDE = {"people": "<i4", "unknown": "<i4"}  # a stated size may be any number
HOUSEHOLD = np.dtype(
    [
        ("lon", "<f8"),
        ("lat", "<f8"),
        ("area", "<i4"),  # its place in the tree of areas that is packed beside it
        ("place", "u1"),  # of its grid cell in the tile
        ("code", "<i2"),
        *((name, _WIDE.get(name, "<i2")) for name in FIGURES),
    ]
)
COUNT = np.dtype(
    [
        ("area", "<i4"),
        ("code", "<i2"),
        ("households", "<i4"),
        *((name, "<i4") for name in FIGURES),
    ]
)

Records = NDArray[np.void]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Standing:
    """Households: the grid cell and the record of each."""

    cell: Whole
    household: Records


def packed_households(tile: Whole, household: Records) -> Iterator[tuple[int, bytes]]:
    """Each tile with its packed households; any order will do."""
    order = np.argsort(tile, kind="stable")
    yield from _packed(tile[order], household[order])


def packed_counts(cell: Whole, household: Records) -> Iterator[tuple[int, bytes]]:
    """Each cell with its packed counts by area and code; any order will do."""
    area, code = (household[name].astype(np.int64) for name in ("area", "code"))
    order = np.lexsort((code, area, cell))
    keys = [column[order] for column in (cell, area, code)]
    starts = starts_of(*keys)
    counts = np.zeros(len(starts), dtype=COUNT)
    counts["area"], counts["code"] = keys[1][starts], keys[2][starts]
    counts["households"] = np.diff(np.append(starts, len(order)))
    for name in FIGURES:
        if len(starts):
            counts[name] = np.add.reduceat(household[name][order].astype(np.int64), starts)
    yield from _packed(keys[0][starts], counts)


def _packed(cell: Whole, records: Records) -> Iterator[tuple[int, bytes]]:
    starts = starts_of(cell)
    ends = np.append(starts, len(records))[1:]
    body, size = records.tobytes(), records.dtype.itemsize
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        yield int(cell[start]), body[start * size : end * size]


def starts_of(*keys: NDArray[np.integer[Any]]) -> Whole:
    """Where runs of equal keys begin."""
    if not len(keys[0]):
        return np.array([], dtype=np.int64)
    changes = np.any([np.diff(key) != 0 for key in keys], axis=0)
    return np.concatenate([[0], np.flatnonzero(changes) + 1])
