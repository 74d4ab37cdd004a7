"""Households and counts of households as packed records, and their sums. Numbers alone.

A household's *code* is the bin of the value up to which it is in, from 0, if there is one, else
what is below; `may` is that of the value up to which some of the circle or area it is known by is
in, the same code where all of it is alike. Codes below 0 also say why nothing is known. Who is
known by ground of several values is *graded*: it has sixteenths of a household in the bins of these
values.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.grades import STEPS
from geo.raster.reasons import Reason
from registry.counting.people import FIGURES

OUT, NOT_OBSERVED, UNLOCATED = -1, -2, -3  # codes of households without a value

# Codes of households by what else is known of them: of the first, nothing; the second were not
# observed for want of data, the third are out. All others were not observed.
BY_REASON = {
    Reason.VALUE: OUT,
    Reason.NODATA: NOT_OBSERVED,
    Reason.PERMANENT_WATER: -4,
    Reason.OUTSIDE: -5,
    Reason.CLOUD: -6,
    Reason.EXCLUDED: -7,
    Reason.PARTLY: -8,
    Reason.WAITING: -9,
}
BELOW = -min(BY_REASON.values())  # how many codes there are below 0
CODES = np.array([BY_REASON[reason] for reason in Reason], dtype=np.int64)

_WIDE = {"people": "<i4", "unknown": "<i4"}  # a stated size may be any number
HOUSEHOLD = np.dtype(
    [
        ("lon", "<f8"),
        ("lat", "<f8"),
        ("area", "<i4"),  # its place in the tree of areas that is packed beside it
        ("place", "u1"),  # of its grid cell in the tile
        ("code", "<i2"),
        ("may", "<i2"),
        *((name, _WIDE.get(name, "<i2")) for name in FIGURES),
    ]
)
COUNT = np.dtype(
    [
        ("area", "<i4"),
        ("code", "<i2"),
        ("may", "<i2"),
        ("households", "<i4"),
        *((name, "<i4") for name in FIGURES),
    ]
)
GRADED = np.dtype(
    [
        ("lon", "<f8"),
        ("lat", "<f8"),
        ("area", "<i4"),
        ("place", "u1"),
        ("code", "<i2"),
        ("may", "<i2"),
        ("seen", "<f4"),  # the share of its ground that was observed
        ("bins", "<i2", STEPS),  # of its sixteenths; OUT for those that are in at no threshold
    ]
)
SHARE = np.dtype([("area", "<i4"), ("code", "<i2"), ("households", "<f8")])

Records = NDArray[np.void]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Standing:
    """Households: the grid cell and the record of each; and which of them are graded, and how."""

    cell: Whole
    household: Records
    graded: Records
    graded_cell: Whole


def answering(code: NDArray[Any]) -> Whole:
    """Codes without reasons: what is below `UNLOCATED` as out, or as not observed."""
    told = np.where(code == BY_REASON[Reason.PERMANENT_WATER], OUT, NOT_OBSERVED)
    return np.where(code < UNLOCATED, told, code).astype(np.int64)


def packed_singles(tile: Whole, household: Records) -> Iterator[tuple[int, bytes]]:
    """Each tile with its packed households, graded or all of them; any order will do."""
    order = np.argsort(tile, kind="stable")
    yield from _packed(tile[order], household[order])


def packed_counts(cell: Whole, household: Records) -> Iterator[tuple[int, bytes]]:
    """Each cell with its packed counts by area and codes; any order will do."""
    area, code, may = (household[name].astype(np.int64) for name in ("area", "code", "may"))
    order = np.lexsort((may, code, area, cell))
    keys = [column[order] for column in (cell, area, code, may)]
    starts = starts_of(*keys)
    counts = np.zeros(len(starts), dtype=COUNT)
    for name, key in zip(("area", "code", "may"), keys[1:], strict=True):
        counts[name] = key[starts]
    counts["households"] = np.diff(np.append(starts, len(order)))
    for name in FIGURES:
        if len(starts):
            counts[name] = np.add.reduceat(household[name][order].astype(np.int64), starts)
    yield from _packed(keys[0][starts], counts)


def packed_shares(cell: Whole, graded: Records) -> Iterator[tuple[int, bytes]]:
    """Each cell with the sixteenths of its graded households, by area and bin."""
    bins = graded["bins"].astype(np.int64)
    of, nth = np.nonzero(bins >= 0)
    code, area = bins[of, nth], graded["area"][of].astype(np.int64)
    order = np.lexsort((code, area, cell[of]))
    keys = [column[order] for column in (cell[of], area, code)]
    starts = starts_of(*keys)
    shares = np.zeros(len(starts), dtype=SHARE)
    shares["area"], shares["code"] = keys[1][starts], keys[2][starts]
    if len(starts):
        parts = graded["seen"][of][order].astype(np.float64) / STEPS
        shares["households"] = np.add.reduceat(parts, starts)
    yield from _packed(keys[0][starts], shares)


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
