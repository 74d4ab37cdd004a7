"""Which points of a file cannot stand where they say: swapped, zero, foreign, outside, crowded.

Without a map of the country the file's own points tell: where nearly all of them lie, and which
would lie there if longitude and latitude changed places. All angles are degrees (EPSG:4326).
"""

from collections.abc import Mapping

import numpy as np

from core.country import country
from registry.checking.ground import Ground
from registry.checking.points import Floats, Points, Truths

ENOUGH = 3  # points from which the file's own box is told
SPREAD, LEAST = 5.0, 0.2  # half the box: in median deviations, and at least so many degrees


def doubts(points: Points, ground: Ground | None) -> Mapping[str, Truths]:
    """By finding, which rows have it."""
    lon, lat = points.lon, points.lat
    there = ~np.isnan(lon) & ~np.isnan(lat)
    zero = there & (lon == 0) & (lat == 0)
    upright, turned = there & _on_globe(lon, lat), there & _on_globe(lat, lon)
    home = _Home(points, upright & ~zero, ground)
    at_home = home.holds(lon, lat, upright & ~zero)
    swapped = there & ~zero & (points.crossed | ~upright | ~at_home)
    swapped &= turned & (points.crossed | ~upright | home.holds(lat, lon, turned & ~at_home))
    half = there & ~zero & ((lon == 0) | (lat == 0)) & ~at_home & home.is_known
    stands = upright & ~zero & ~half & ~swapped
    return {
        "coordinates": points.broken | (there & ~upright & ~turned),
        "swapped": swapped & ~half,
        "zero": zero | half,
        "foreign": stands & ~at_home if ground else np.zeros_like(there),
        "outside_area": stands & at_home & ~home.in_stated_area(),
        "two_places": points.apart,
        "crowded": _crowded(points, there & ~zero),
    }


class _Home:
    """Where the points of a file belong: in the areas of a map, or within the file's own box."""

    def __init__(self, points: Points, sound: Truths, ground: Ground | None) -> None:
        self.points, self.ground = points, ground
        self.west, self.east = _box(points.lon[sound])
        self.south, self.north = _box(points.lat[sound])
        self.is_known = ground is not None or int(sound.sum()) >= ENOUGH
        self.found = np.full(len(points.lon), -1, dtype=np.int64)

    def holds(self, x: Floats, y: Floats, asked: Truths) -> Truths:
        """Which of the points asked about lie there; where nothing tells, all as written do."""
        held = np.zeros(len(x), dtype=bool)
        if self.ground is not None:
            found = self.ground.covering(x[asked], y[asked])
            held[asked] = found >= 0
            if x is self.points.lon:
                self.found[asked] = found
            return held
        if not self.is_known:
            return asked & (x is self.points.lon)
        inside = (self.west <= x) & (x <= self.east) & (self.south <= y) & (y <= self.north)
        return asked & inside

    def in_stated_area(self) -> Truths:
        """Which points lie in the area their row states, or state none that is known."""
        if self.ground is None:
            return np.ones(len(self.found), dtype=bool)
        return self.ground.agrees(self.found, self.points)


def _on_globe(lon: Floats, lat: Floats) -> Truths:
    return (np.abs(lon) <= 180) & (np.abs(lat) <= 90)


def _box(values: Floats) -> tuple[float, float]:
    if not len(values):
        return 0.0, 0.0
    middle = float(np.median(values))
    reach = max(SPREAD * float(np.median(np.abs(values - middle))), LEAST)
    return middle - reach, middle + reach


def _crowded(points: Points, there: Truths) -> Truths:
    """Rows at a spot where more than a crowd were measured."""
    asked = np.flatnonzero(there & points.measured)
    found = np.zeros(len(there), dtype=bool)
    spots = points.lon[asked] + 1j * points.lat[asked]
    _spot, place, times = np.unique(spots, return_inverse=True, return_counts=True)
    found[asked] = times[place] > country().crowd
    return found
