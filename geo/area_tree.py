"""The tree of areas as one array, so that many are looked up at once. Numbers alone."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geo.crs import Flags, Floats
from geo.vector.lattice import Indices

BOX = ("west", "south", "east", "north")
AREA = np.dtype(
    [
        ("id", "<i8"),
        ("above", "<i4"),  # the place of the area it lies in; of a country 0
        ("level", "<i2"),
        ("in_force", "?"),
        *((side, "<f8") for side in BOX),  # degrees; NaN where it has no shape
    ]
)
ROOTLESS = -1  # the level of no area


@dataclass(frozen=True)
class AreaTree:
    """All areas of all versions in the order of their keys; an area's *place* is its row here.

    At place 0 stands no area, with the key 0: it is below none, and none is below it.
    """

    record: NDArray[np.void]

    @property
    def ids(self) -> Indices:
        """The keys of the areas."""
        return np.asarray(self.record["id"])

    @property
    def in_force(self) -> Flags:
        """Which areas belong to the version that is in force."""
        return np.asarray(self.record["in_force"])

    @cached_property
    def boxes(self) -> Floats:
        """West, south, east and north of each: N x 4 degrees."""
        return np.column_stack([self.record[side] for side in BOX])

    def places(self, ids: Indices) -> Indices:
        """The places of areas by their keys; all of them are in the tree."""
        return np.searchsorted(self.ids, ids)

    def at_level(self, level: int) -> Indices:
        """The key of each area's ancestor at a level (itself at its own), 0 where it has none."""
        place, levels = np.arange(len(self.record)), self.record["level"]
        while (deeper := levels[place] > level).any():
            place = np.where(deeper, self.record["above"][place], place)
        return np.where(levels[place] == level, self.ids[place], 0)

    def below(self, ids: Collection[int]) -> Flags:
        """Which areas are among these, or lie in one of them."""
        if not ids:
            return np.zeros(len(self.record), dtype=bool)
        given = np.isin(self.ids, np.fromiter(ids, dtype=np.int64))
        found, place = given.copy(), self.record["above"]
        while place.any():
            found |= given[place]
            place = self.record["above"][place]
        return found


def tree_of(
    ids: Indices, parents: Indices, levels: Indices, in_force: Flags, boxes: Floats
) -> AreaTree:
    """The tree of areas in the order of their keys; a country's parent is 0."""
    record = np.zeros(len(ids) + 1, dtype=AREA)
    record["level"][0] = ROOTLESS
    record["id"][1:], record["level"][1:], record["in_force"][1:] = ids, levels, in_force
    record["above"][1:] = np.searchsorted(record["id"], parents)
    for side, column in zip(BOX, boxes.T, strict=True):
        record[side][0] = np.nan
        record[side][1:] = column
    return AreaTree(record)
