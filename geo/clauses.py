"""The hazard clause: from which value on a place counts as hit."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import Invalid


class ThresholdNotFinite(Invalid):
    """A threshold has to be a finite number; {value} is none."""


@dataclass(frozen=True)
class Clause:
    """What a value has to be: at least a bound, at most a bound; above zero if neither is given."""

    at_least: float | None = None
    at_most: float | None = None

    def __post_init__(self) -> None:
        for value in (self.at_least, self.at_most):
            if value is not None and not math.isfinite(value):
                raise ThresholdNotFinite(value=value)

    @property
    def bounded(self) -> bool:
        """Whether a bound was given at all."""
        return self.at_least is not None or self.at_most is not None

    @property
    def furthest(self) -> float:
        """The infinity that is furthest from being in: what observed ground without a value has."""
        return -math.inf if self.at_most is None else math.inf

    def met(self, values: NDArray[Any]) -> NDArray[np.bool_]:
        """Which values meet the clause; NaN never does.

        Whole numbers are compared exactly. 32-bit floats are compared with the bound as a 32-bit
        float, so that a cell written as 0.2 (it holds 0.200000003) is at least and at most 0.2.
        """
        if not self.bounded:
            return np.asarray(values > 0)
        met = np.ones(values.shape, dtype=bool)
        if self.at_least is not None:
            met &= values >= _bound(self.at_least, values.dtype, upward=True)
        if self.at_most is not None:
            met &= values <= _bound(self.at_most, values.dtype, upward=False)
        return met

    def __str__(self) -> str:
        parts = [(">=", self.at_least), ("<=", self.at_most)]
        said = [f"{sign} {bound:.15g}" for sign, bound in parts if bound is not None]
        return " and ".join(said) or "> 0"


def _bound(bound: float, dtype: np.dtype[Any], *, upward: bool) -> float | np.float32:
    """The bound as values of a type meet it: the next whole number for whole numbers."""
    if dtype.kind in "iu":
        return math.ceil(bound) if upward else math.floor(bound)
    if dtype == np.float32:
        with np.errstate(over="ignore"):
            return np.float32(bound)
    return bound
