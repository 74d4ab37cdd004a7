"""The points of a file's rows, side by side."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]
GLOBE = Geod(ellps="WGS84")


def metres_between(lon: Floats, lat: Floats, other_lon: Floats, other_lat: Floats) -> Floats:
    """Metres on the ellipsoid between N pairs of points; NaN where one of a pair is none."""
    told = np.isfinite(lon + lat + other_lon + other_lat)
    told &= (np.abs(lat) <= 90) & (np.abs(other_lat) <= 90)
    metres = np.full(len(lon), np.nan)
    _there, _back, metres[told] = GLOBE.inv(lon[told], lat[told], other_lon[told], other_lat[told])
    return metres


@dataclass(frozen=True)
class Points:
    """The points of N rows: NaN where a row has none; `broken` where what it says is no point.

    `crossed` are those whose letters say that each angle stands in the other's column; `measured`
    those taken on the spot, `apart` those whose shape and coordinates are two places. `area` is the
    P-code each row states, by number in `pcodes`, or -1.
    """

    lon: Floats
    lat: Floats
    broken: Truths
    crossed: Truths
    measured: Truths
    apart: Truths
    area: NDArray[np.int32]
    pcodes: tuple[str, ...]
