"""Bins of a release's values: which bin a value is in, and which bins a threshold takes in."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from registry.counting.packed import Whole


@dataclass(frozen=True)
class Bins:
    """Bins between rising edges; one bin for all values where there are no edges.

    A threshold on an edge takes in whole bins: a bin holds its lower edge where values count from
    a threshold up, its upper edge where they count from it down (`at_most`). Values beyond the
    outer edges are in the outer bins. Edges and values are compared as 32-bit floats.
    """

    edges: tuple[float, ...] = ()
    at_most: bool = False
    floor: float | None = None  # no value was kept beyond it

    @property
    def count(self) -> int:
        """How many bins there are to show; none without edges."""
        return max(0, len(self.edges) - 1)

    def codes(self, values: NDArray[np.float32]) -> Whole:
        """The bin of each value; a value that is not known (NaN) counts as in at any threshold."""
        if not self.edges:
            return np.zeros(values.shape, dtype=np.int64)
        edges = np.asarray(self.edges, dtype=np.float32)
        found = np.searchsorted(edges, values, side="left" if self.at_most else "right") - 1
        found[np.isnan(values)] = 0 if self.at_most else self.count - 1
        return np.clip(found, 0, self.count - 1)

    def codes_of_kept(self, values: NDArray[np.float32]) -> Whole:
        """The bin of each value on the keep side of the floor, -1 of the others."""
        if self.at_most:
            kept = values <= np.float32(np.inf if self.floor is None else self.floor)
        else:
            kept = values > 0 if self.floor is None else values >= np.float32(self.floor)
        return np.where(kept, self.codes(values), -1)

    def taken_in(self, threshold: float | None) -> NDArray[np.bool_] | None:
        """Which bins are in at a threshold; None where it may run through the middle of one.

        The outer bins hold what is beyond the outer edges, so only inner edges part them cleanly.
        """
        every = np.ones(max(1, self.count), dtype=bool)
        if threshold is None or threshold == self.floor:
            return every
        edges = np.asarray(self.edges, dtype=np.float32)
        on = np.flatnonzero(edges == np.float32(threshold))
        if not len(on) or on[0] in (0, self.count):
            return None
        place = np.arange(self.count)
        return np.asarray(place < on[0] if self.at_most else place >= on[0])
