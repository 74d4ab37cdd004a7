"""Numbers that are more than values: the codes of classes, and those that may mean "no data"."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from geo.raster.grid import Cells

MOST = 64  # different values of a grid of classes
GLANCE = 4096  # cells that show at once that a grid holds measures
FULL = 255.0  # the last number of 8 bits
BESIDE = 10  # numbers on either side of it, with which it is compared
TIMES, FEWEST = 4, 16  # as many cells as any of them, and at least so many, make it a crowd
# Numbers that programs write where nothing is known.
UNKNOWN = (
    -1.0, -99.0, -999.0, -9999.0, -99999.0, -32767.0, -32768.0, -2147483648.0, FULL, 9999.0,
    32767.0, 65535.0, 99999.0, 1e20, 1e30, -3.4028234663852886e38, 3.4028234663852886e38,
)  # fmt: skip
USUAL = {*UNKNOWN, *(float(np.float32(number)) for number in UNKNOWN)}


@dataclass(frozen=True)
class Suspect:
    """A stored number that may mean "no data", on how many cells it stands, and why it stands out.

    `alone` says that it lies far from all other numbers; if not, it is the last that 8 bits can
    hold, and on more cells than the numbers beside it.
    """

    number: float
    cells: int
    alone: bool


class Codes:
    """Takes the values of a grid, and counts each as long as they may be classes."""

    def __init__(self) -> None:
        self.counts: Counter[float] | None = Counter()

    def take(self, known: Cells) -> None:
        """Look at more values."""
        if self.counts is None:
            return
        glance = np.unique(known[:GLANCE])
        values, counts = (
            np.unique(known, return_counts=True) if _are_classes(glance) else (glance, glance)
        )
        if not _are_classes(values):
            self.counts = None
            return
        self.counts.update(dict(zip(values.tolist(), counts.tolist(), strict=True)))

    @property
    def found(self) -> dict[float, int]:
        """How often each class stands in the grid, in order; nothing where it holds measures."""
        if self.counts is None or len(self.counts) > MOST:
            return {}
        return dict(sorted(self.counts.items()))


def _are_classes(values: Cells) -> bool:
    return len(values) <= MOST and bool((values == np.floor(values)).all())


class Suspicions:
    """Takes the stored numbers of a grid, and counts those that usually mean "no data" though the
    file does not say so: at either end, and among whole numbers the last of 8 bits."""

    def __init__(self) -> None:
        self.counts: Counter[float] = Counter()
        self.before_full = 0
        self.around_full = np.zeros(2 * BESIDE + 1, dtype=np.int64)
        self.least, self.most = np.inf, -np.inf

    def take(self, stored: Cells) -> None:
        """Look at more numbers, none of them declared to be nodata."""
        if stored.dtype.kind in "iu":
            self._look_around(stored)
        rest = stored
        while rest.size:
            ends = {float(rest.min()), float(rest.max())}
            for end in ends & USUAL:
                meant = rest == end
                self.counts[end] += int(meant.sum())
                rest = rest[~meant]
            if not ends & USUAL:
                self.least, self.most = min(self.least, *ends), max(self.most, *ends)
                break
        if FULL in self.counts:
            self.before_full += int((rest == FULL - 1).sum())

    @property
    def found(self) -> tuple[Suspect, ...]:
        """The numbers that stand out: far from all others, or crowded at the end of 8 bits."""
        counts = {FULL: int(self.around_full[BESIDE])} if self._crowds else {}
        counts |= self.counts
        suspects = (Suspect(n, count, self._is_alone(n)) for n, count in counts.items())
        return tuple(suspect for suspect in suspects if suspect.alone or self._is_crowd(suspect))

    def _look_around(self, stored: Cells) -> None:
        first = int(FULL) - BESIDE
        near = stored[(stored >= first) & (stored <= first + 2 * BESIDE)].astype(np.int64)
        self.around_full += np.bincount(near - first, minlength=len(self.around_full))

    @property
    def _crowds(self) -> bool:
        """Whether far more cells hold 255 than any number beside it."""
        held = int(self.around_full[BESIDE])
        others = np.delete(self.around_full, BESIDE)
        return held >= FEWEST and held > TIMES * int(others.max())

    def _is_alone(self, number: float) -> bool:
        span = self.most - self.least
        if span < 0:
            return False  # nothing else is there
        if number < self.least:
            return self.least >= 0 or self.least - number > span
        return number - self.most > span

    def _is_crowd(self, suspect: Suspect) -> bool:
        at_the_end = self.most + 1 == FULL and suspect.cells > self.before_full
        return suspect.number == FULL and (at_the_end or self._crowds)
