"""The border of a plot as somebody walked it: a track of positions that comes back to its start."""

from collections.abc import Sequence

import shapely
from pyproj import Geod

from core.errors import Invalid
from geo.vector.drawings import drawn

EARTH = Geod(ellps="WGS84")
GAP = 0.2  # of the way round: from the last position to the first
LEAST_GAP = 20.0  # metres that are never too many
FEWEST = 4

Position = Sequence[float]  # longitude, latitude in degrees


class TrackTooShort(Invalid):
    """A plot that is walked needs at least four positions; walk round it, corner by corner."""


class TrackOpen(Invalid):
    """The way ends {metres} m from where it began, near {place}; walk on until you are back."""


def walked(track: Sequence[Position]) -> bytes | None:
    """The shape of a track as a MULTIPOLYGON (WKB); positions are longitude, latitude.

    Whoever walked a few steps beyond where they began is taken to have stopped there.

    Raises:
        TrackTooShort, TrackOpen; as `geo.vector.drawings.drawn`, where the way crosses itself.
    """
    if len(track) < FEWEST:
        raise TrackTooShort
    gap = _metres([track[-1], track[0]])
    if gap > max(GAP * _metres(track), LEAST_GAP):
        lon, lat = track[-1]
        raise TrackOpen(metres=round(gap), place=f"{lat:.4f}, {lon:.4f}")
    return drawn([_closed(list(track))])


def _metres(way: Sequence[Position]) -> float:
    return float(EARTH.geometry_length(shapely.LineString(way)))


def _closed(ring: list[Position]) -> list[Position]:
    """A ring without the last positions near its beginning that make it cross itself there."""
    while (
        len(ring) > FEWEST
        and not shapely.Polygon(ring).is_valid
        and _metres([ring[-1], ring[0]]) <= LEAST_GAP
    ):
        ring = ring[:-1]
    return ring
