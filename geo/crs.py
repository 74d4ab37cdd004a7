"""Coordinate systems: read, compared, asked for where missing; points carried between them.

Coordinates are always x before y: longitude before latitude.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Geod, Transformer
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_crs_info
from pyproj.enums import PJType
from pyproj.exceptions import CRSError

from core.errors import Invalid

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
WGS84 = CRS.from_epsg(4326)
CIRCLE = 360.0
HALF, ZONE = CIRCLE / 2, 6.0  # degrees; a zone of UTM is six wide
STRAYED = 1.0  # units a point may move on the way to longitude and latitude and back
ASTRAY = 1e-5  # the same in degrees, about a metre
TRUSTED = 20.0  # degrees around its area of use within which a projection is taken at its word


Box = tuple[float, float, float, float]
GEOD = Geod(ellps="WGS84")
FAR = 3000.0  # km from the country; what lies farther is no suggestion
MOST = 6  # suggestions
NATIONAL, TRIED = 2.0, 24  # times the width of the country; systems made for it


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


@dataclass(frozen=True)
class Suggestion:
    """A coordinate system a file without one may have, and where its numbers would then lie.

    `box` is west, south, east, north in degrees; `km_off` how far its middle is from that of the
    country; `lands` whether the two meet. `swapped` says that latitudes stand where longitudes
    should, which no system mends.
    """

    crs: str
    name: str
    box: Box
    km_off: float
    lands: bool
    swapped: bool = False


def suggestions(bounds: Box, country: Box) -> list[Suggestion]:
    """The systems in which bounds of an unknown one meet a country, the likeliest first; those that
    come nearest if none does.

    Tried are longitude and latitude, Web Mercator, the UTM zones of the country, the systems made
    for it, and latitude before longitude. `bounds` are x before y, `country` is in degrees.
    """
    found = [_suggestion(crs, bounds, country) for crs in _candidates(bounds, country)]
    west, south, east, north = bounds
    swapped = _suggestion(WGS84, (south, west, north, east), country)
    if swapped is not None:
        found.append(replace(swapped, swapped=True))
    near = [one for one in found if one is not None and one.km_off <= FAR]
    landed = [one for one in near if one.lands]
    return (landed or sorted(near, key=lambda one: one.km_off))[:MOST]


def _candidates(bounds: Box, country: Box) -> list[CRS]:
    """Degrees where the numbers can be degrees: as metres they would all lie on one spot."""
    if max(map(abs, bounds)) <= CIRCLE:
        return [WGS84]
    west, south, east, north = country
    zones = range(int((west + HALF) // ZONE), int((east + HALF) // ZONE) + 1)
    sides = [base for base, there in ((32601, north > 0), (32701, south < 0)) if there]
    utm = [base + zone % 60 for base in sides for zone in zones]
    return [CRS.from_epsg(code) for code in dict.fromkeys([3857, *utm, *_national(country)])]


def _national(country: Box) -> list[int]:
    """The codes of the projected systems made for a country or little more, the narrowest first."""
    about = query_crs_info(
        auth_name="EPSG",
        pj_types=[PJType.PROJECTED_CRS],
        area_of_interest=AreaOfInterest(*country),
    )
    widths = {int(one.code): _width(one.area_of_use.bounds) for one in about if one.area_of_use}
    own = [code for code, width in widths.items() if width <= NATIONAL * _width(country)]
    return sorted(own, key=lambda code: widths[code])[:TRIED]


def _suggestion(crs: CRS, bounds: Box, country: Box) -> Suggestion | None:
    """Where bounds lie in a system; None where it has no such place."""
    west, south, east, north = bounds
    x, y = (axis.ravel() for axis in np.meshgrid([west, east], [south, north]))
    lon, lat = carried(x.astype(float), y.astype(float), crs, WGS84)
    if not (np.isfinite(lon).all() and (np.abs(lon) <= CIRCLE).all() and (np.abs(lat) <= 90).all()):
        return None
    box = float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())
    middle, other = _middle(box), _middle(country)
    off = GEOD.inv(*middle, *other)[2] / 1000
    meets = box[0] <= country[2] and box[2] >= country[0]
    meets = meets and box[1] <= country[3] and box[3] >= country[1]
    return Suggestion(label(crs), crs.name, box, float(off), meets)


def _middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _width(box: Box) -> float:
    return (box[2] - box[0]) % CIRCLE or CIRCLE
