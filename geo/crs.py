"""Coordinate systems: read, compared, asked for where missing; points carried between them.

Coordinates are always x before y: longitude before latitude.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from core.errors import Invalid

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
WGS84 = CRS.from_epsg(4326)
CIRCLE = 360.0
STRAYED = 1.0  # units a point may move on the way to longitude and latitude and back
ASTRAY = 1e-5  # the same in degrees, about a metre
TRUSTED = 20.0  # degrees around its area of use within which a projection is taken at its word


class CrsUnknown(Invalid):
    """ "{text}" is not a coordinate system we know; name it like EPSG:4326."""


class CrsMissing(Invalid):
    """{name} does not say its coordinate system (CRS), neither in its header nor beside it; look it
    up where the file came from and name it, like EPSG:4326."""


class CrsContradicts(Invalid):
    """{name} declares the coordinate system {declared}, not {given}; name none, or correct it."""


def parsed(text: str) -> CRS:
    """The coordinate system a person or a file names (`EPSG:4326`, `4326`, WKT, PROJ)."""
    try:
        return CRS.from_user_input(int(text) if text.strip().isdigit() else text)
    except CRSError as error:
        raise CrsUnknown(text=text[:80]) from error


def settled(name: str, declared: CRS | None, given: str | None) -> CRS:
    """The coordinate system of a file, from what it declares and what a person says of it.

    Raises CrsMissing if neither speaks, CrsContradicts if they differ.
    """
    if given is None:
        if declared is None:
            raise CrsMissing(name=name)
        return declared
    said = parsed(given)
    if declared is not None and not same(declared, said):
        raise CrsContradicts(name=name, declared=label(declared), given=label(said))
    return declared or said


def same(one: CRS, other: CRS) -> bool:
    """Whether two definitions mean the same system, whatever their names, axis order or heights,
    and however they say it is carried to WGS 84."""
    one, other = _bare(one).to_2d(), _bare(other).to_2d()
    if one.equals(other, ignore_axis_order=True):
        return True
    code = one.to_epsg(min_confidence=70)
    return code is not None and code == other.to_epsg(min_confidence=70)


def _bare(crs: CRS) -> CRS:
    """A system without the TOWGS84 that older files add to it."""
    return crs.source_crs if crs.is_bound and crs.source_crs else crs


def label(crs: CRS) -> str:
    """The short name of a system: `EPSG:4326` where it has a code, else its definition."""
    crs = _bare(crs)
    code = 4326 if same(crs, WGS84) else crs.to_epsg(min_confidence=70)
    if code is not None:
        return f"EPSG:{code}"
    authority = crs.to_authority(min_confidence=70)
    return ":".join(authority) if authority else str(crs.to_string())


def in_degrees(crs: CRS) -> bool:
    """Whether coordinates of the system are longitudes and latitudes in degrees."""
    return crs.is_geographic and all(axis.unit_name == "degree" for axis in crs.axis_info[:2])


@lru_cache(maxsize=64)
def _transformer(source: CRS, target: CRS) -> Transformer | None:
    """What carries points from one system to another; None where they stay as they are."""
    return None if same(source, target) else Transformer.from_crs(source, target, always_xy=True)


def carried(x: Floats, y: Floats, source: CRS, target: CRS) -> tuple[Floats, Floats]:
    """Points of one system in another; infinite where it cannot hold them.

    Far from home a projection may answer with a false place (the other side of the earth, for a
    transverse Mercator), so there a point has to find its way back.
    """
    transformer = _transformer(source, target)
    if transformer is None:
        return x, y
    there = tuple(np.array(axis, dtype=float) for axis in transformer.transform(x, y))
    doubted = _far_from_home(x, y, source, target)
    if doubted.any():
        back = transformer.transform(there[0][doubted], there[1][doubted], direction="INVERSE")
        lost = doubted.copy()
        lost[doubted] = _apart(back, (x[doubted], y[doubted]), source)
        there[0][lost], there[1][lost] = np.inf, np.inf
    return there[0], there[1]


def _far_from_home(x: Floats, y: Floats, source: CRS, target: CRS) -> Flags:
    """Which points lie well outside the area a projection is made for."""
    if target.is_geographic:
        return np.zeros(np.shape(x), dtype=bool)
    use = _home(target)
    if use is None or not in_degrees(source):
        return np.isfinite(x)
    west, south, east, north = use
    width = (east - west) % CIRCLE or CIRCLE
    with np.errstate(invalid="ignore"):
        at_home = (x - west + TRUSTED) % CIRCLE <= width + 2 * TRUSTED
        at_home &= (y >= south - TRUSTED) & (y <= north + TRUSTED)
    return np.isfinite(x) & ~at_home


@lru_cache(maxsize=64)
def _home(crs: CRS) -> tuple[float, float, float, float] | None:
    """West, south, east, north of the area a system is made for; looked up by its code, for files
    seldom say it."""
    code = crs.to_epsg(min_confidence=70)
    use = crs.area_of_use or (CRS.from_epsg(code).area_of_use if code else None)
    return use.bounds if use else None


def _apart(one: tuple[Floats, Floats], other: tuple[Floats, Floats], crs: CRS) -> Flags:
    """Which points of two lists are not the same places; a full circle does not matter."""
    with np.errstate(invalid="ignore"):
        dx, dy = one[0] - other[0], one[1] - other[1]
        if in_degrees(crs):
            dx = ((dx + CIRCLE / 2) % CIRCLE - CIRCLE / 2) * np.cos(np.radians(other[1]))
        return np.asarray(~(np.hypot(dx, dy) <= (ASTRAY if in_degrees(crs) else STRAYED)))


def within_range(x: Floats, y: Floats, crs: CRS) -> Flags:
    """Which points lie where the system has coordinates at all.

    Longitudes within 180 and latitudes within 90 degrees; for other systems, what leads to such
    a place and back again.
    """
    if in_degrees(crs):
        return (np.abs(x) <= 180) & (np.abs(y) <= 90)
    lon, lat = carried(x, y, crs, WGS84)
    on_earth = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    back_x, back_y = carried(np.where(on_earth, lon, 0), np.where(on_earth, lat, 0), WGS84, crs)
    with np.errstate(invalid="ignore"):
        strayed = np.hypot(back_x - x, back_y - y) > STRAYED
    return on_earth & np.isfinite(back_x) & np.isfinite(back_y) & ~strayed
