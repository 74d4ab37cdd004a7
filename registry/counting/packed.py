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
        ("code", "<i2"),
        *((name, _WIDE.get(name, "<i2")) for name in FIGURES),
    ]
)
COUNT = np.dtype([("code", "<i2"), ("households", "<i4"), *((name, "<i4") for name in FIGURES)])

Records = NDArray[np.void]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Standing:
    """Households in the order of cell and area: grid cell, area and record of each."""

    cell: Whole
    area: Whole
    household: Records


def in_order(cell: Whole, area: Whole, household: Records) -> Standing:
    """Households put into the order in which they are packed."""
    order = np.lexsort((area, cell))
    return Standing(cell[order], area[order], household[order])


def packed_households(standing: Standing) -> Iterator[tuple[int, int, bytes]]:
    """Cell, area and packed households of each cell's each area."""
    yield from _packed(standing.cell, standing.area, standing.household)


def packed_counts(cell: Whole, area: Whole, household: Records) -> Iterator[tuple[int, int, bytes]]:
    """Cell, area and packed counts by code of each cell's each area; any order will do."""
    code = household["code"].astype(np.int64)
    order = np.lexsort((code, area, cell))
    keys = [column[order] for column in (cell, area, code)]
    starts = starts_of(*keys)
    counts = np.zeros(len(starts), dtype=COUNT)
    counts["code"] = keys[2][starts]
    counts["households"] = np.diff(np.append(starts, len(order)))
    for name in FIGURES:
        if len(starts):
            counts[name] = np.add.reduceat(household[name][order].astype(np.int64), starts)
    yield from _packed(keys[0][starts], keys[1][starts], counts)


def as_counts(household: Records) -> Records:
    """Households as counts of one each, for sums with others."""
    counts = np.zeros(len(household), dtype=COUNT)
    counts["households"] = 1
    for name in ("code", *FIGURES):
        counts[name] = household[name]
    return counts


def _packed(cell: Whole, area: Whole, records: Records) -> Iterator[tuple[int, int, bytes]]:
    starts = starts_of(cell, area)
    ends = np.append(starts, len(records))[1:]
    body, size = records.tobytes(), records.dtype.itemsize
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        yield int(cell[start]), int(area[start]), body[start * size : end * size]


def starts_of(*keys: NDArray[np.integer[Any]]) -> Whole:
    """Where runs of equal keys begin."""
    if not len(keys[0]):
        return np.array([], dtype=np.int64)
    changes = np.any([np.diff(key) != 0 for key in keys], axis=0)
    return np.concatenate([[0], np.flatnonzero(changes) + 1])
