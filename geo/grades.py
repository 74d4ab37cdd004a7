"""How much of a place is in, where the place is known to within a circle or an area alone.

Pure: arrays in, arrays out. Values are 32-bit floats; ground without a value of its own (dry land
around an extent) has the infinity that is furthest from being in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from geo.clauses import Clause
from geo.crs import Floats

STEPS = 16
WHOLE = 1 - 1e-6  # of a place: what is left over is the rounding of its pieces
SHARES = (2 * np.arange(STEPS) + 1) / (2 * STEPS)  # in the middle of each sixteenth

Values = NDArray[np.float32]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Graded:
    """What was observed of N places with a size: the least and the most value found anywhere, the
    share that was observed, and `curve` (N, 16), the values at 1/32, 3/32 .. 31/32 of the observed
    ground, rising. Of a place that was not observed at all only `seen` means something."""

    low: Values
    high: Values
    seen: Values
    curve: NDArray[np.float32]


@dataclass(frozen=True)
class Ground:
    """Observed pieces of ground: the place each is a part of, its value and its size in km2."""

    place: Indices
    value: Values
    km2: Floats


def graded(ground: Ground, seen: Floats) -> Graded:
    """Observed pieces of N places put together; `seen` is the share observed of each."""
    count = len(seen)
    order = np.lexsort((ground.value, ground.place))
    place, value, km2 = ground.place[order], ground.value[order], ground.km2[order]
    pieces = np.bincount(place, minlength=count)
    there = np.flatnonzero(pieces)
    end = np.cumsum(pieces)[there]
    start = end - pieces[there]
    upto = np.cumsum(km2)
    before = upto[start] - km2[start]
    wanted = before[:, None] + (upto[end - 1] - before)[:, None] * SHARES
    found = np.searchsorted(upto, wanted.ravel()).reshape(wanted.shape)
    curve = np.full((count, STEPS), np.nan, dtype=np.float32)
    curve[there] = value[np.clip(found, start[:, None], end[:, None] - 1)]
    low, high = (np.full(count, np.nan, dtype=np.float32) for _ in range(2))
    low[there], high[there] = value[start], value[end - 1]
    whole = np.where(seen > WHOLE, 1, seen)
    return Graded(low, high, whole.astype(np.float32), curve)


@dataclass(frozen=True)
class Worths:
    """Classes of values between rising edges, each worth the value it is in up to at any edge.

    Class 0 is what lies beyond the floor: it is worth nothing, however low a threshold is.
    """

    clause: Clause
    edges: Values

    @property
    def count(self) -> int:
        """How many classes there are."""
        return max(2, len(self.edges))

    def of(self, values: NDArray[Any]) -> Indices:
        """The class of each value."""
        side: Literal["left", "right"] = "right" if self.clause.at_most is None else "left"
        found = np.searchsorted(self.edges, values.astype(np.float32), side=side)
        return np.where(self.clause.met(values), np.clip(found, 1, self.count - 1), 0)

    @property
    def each(self) -> Values:
        """What each class is worth: its edge further from being in, but no less than is kept."""
        if self.clause.at_most is not None:
            kept = np.append(self.edges[1:-1], self.clause.at_most)
            return np.array([np.inf, *kept], dtype=np.float32)
        least = LEAST if self.clause.at_least is None else self.clause.at_least
        return np.array([-np.inf, least, *self.edges[1:-1]], dtype=np.float32)


def together(parts: Sequence[Graded]) -> Graded:
    """Places graded part by part, one after the other."""
    empty = Graded(NONE, NONE, NONE, np.empty((0, STEPS), dtype=np.float32))
    every = [empty, *parts]
    return Graded(*(np.concatenate([getattr(each, n) for each in every]) for n in NAMES))


LEAST = 1e-30  # a number above zero, as small as any that is measured
NONE = np.empty(0, dtype=np.float32)
NAMES = tuple(Graded.__dataclass_fields__)
