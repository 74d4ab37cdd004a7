"""Tracks of cyclones: where the eye was or will be, one place a time. A track is no hazard: its
cone is how unsure the track is, and the wind reaches far beyond it.

Tracks come as points with a time and a wind, or as netCDF with longitudes and latitudes by time.
Source: IBTrACS (NOAA) and the variables of files made of it.
"""

from pathlib import Path
from typing import Any

import numpy as np
import shapely

from core.words import _, counted
from geo.crs import CIRCLE, Floats
from geo.ellipsoid import Shapes
from geo.products.meaning import Recognition
from geo.products.parts import Box, Part, PartKind
from geo.products.specimen import Specimen

WINDS = {"vmax", "vmax_ms", "max_sustained_wind", "usa_wind", "wind"}
TIMES = {"time", "iso_time", "datetime"}
LON, LAT, TIME = ("lon", "longitude"), ("lat", "latitude"), "time"
HALF = CIRCLE / 2


def recognise(specimen: Specimen) -> Recognition | None:
    """Know a track by its times and winds at places."""
    for part in specimen.of.parts:
        columns = {name.lower() for name in part.columns}
        if part.kind in (PartKind.POINTS, PartKind.LINES) and columns & WINDS and columns & TIMES:
            return Recognition(
                product="cyclone-track",
                title=_("Track of a cyclone"),
                part=part,
                says=(
                    _(
                        "A track says where the eye was, not where the wind blew, and its cone is "
                        "how unsure it is; ask for wind radii or a wind field."
                    ),
                ),
            )
    return None


def is_track(file: Path) -> bool:
    """Whether a netCDF holds longitudes and latitudes one by one in time."""
    try:
        return bool(len(_places(file)[0]))
    except OSError:
        return False


def tracks_of(file: Path, inside: str | None) -> list[Part]:
    """The track in a netCDF of longitudes and latitudes by time; none if it holds no such thing.

    Raises OSError where the file is no netCDF.
    """
    places, columns = _places(file)
    if not len(places):
        return []
    line = track(places[:, 0], places[:, 1])
    bounds: Box = tuple(shapely.total_bounds(line).tolist())
    size = counted("{count} place", "{count} places", len(places))
    return [
        Part(
            number=0,
            kind=PartKind.LINES,
            title=file.stem,
            file=inside,
            crs="EPSG:4326",
            size=size,
            columns=columns,
            bounds=bounds,
        )
    ]


def track(lon: Floats, lat: Floats) -> Shapes:
    """The lines of a track of N places, in degrees: one, or several cut at the antimeridian."""
    on = np.unwrap(lon, period=CIRCLE)
    turned = [np.column_stack([on + turn, lat]) for turn in (-CIRCLE, 0.0, CIRCLE)]
    lines = np.asarray(shapely.linestrings(np.stack(turned)))
    parts = shapely.get_parts(shapely.clip_by_rect(lines, -HALF, -90, HALF, 90))
    return np.asarray(parts[(shapely.get_dimensions(parts) == 1) & ~shapely.is_empty(parts)])


def track_of(file: Path) -> Shapes:
    """The lines of the track in a netCDF. Raises OSError where the file is none."""
    places, _columns = _places(file)
    return track(places[:, 0], places[:, 1])


def _places(file: Path) -> tuple[Floats, tuple[str, ...]]:
    """Longitude and latitude at each time of a netCDF, (N, 2), and the names of its variables."""
    from netCDF4 import Dataset

    with Dataset(file) as source:
        lon, lat = (_axis(source.variables, names) for names in (LON, LAT))
        if lon is None or lat is None or TIME not in source.variables:
            return np.empty((0, 2)), ()
        found = np.column_stack([lon, lat])
        return found[np.isfinite(found).all(axis=1)], tuple(source.variables)


def _axis(variables: dict[str, Any], names: tuple[str, ...]) -> Floats | None:
    """The coordinates a netCDF gives one by one in time; None where it does not."""
    for name in names:
        if name in variables and variables[name].dimensions == (TIME,):
            return np.ma.filled(variables[name][:].astype(float), np.nan)
    return None
