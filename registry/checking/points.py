"""The points of a file's rows, side by side."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class Points:
    """The points of N rows: NaN where a row has none; `broken` where what it says is no point.

    `crossed` are those whose letters say that each angle stands in the other's column; `measured`
    those taken on the spot. `area` is the P-code each row states, by number in `pcodes`, or -1.
    """

    lon: Floats
    lat: Floats
    broken: Truths
    crossed: Truths
    measured: Truths
    area: NDArray[np.int32]
    pcodes: tuple[str, ...]
