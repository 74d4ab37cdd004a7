"""Longitudes and latitudes as people write them: degrees, minutes and seconds, pairs, WKT."""

import math
import re
from dataclasses import dataclass

from registry.parsing.figures import DIGITS

PRIMES = "\u2032\u2019\u00b4"  # signs of minutes
NUMBER = r"\d{1,9}(?:[.,]\d*)?|[.,]\d+"
SIDES = {
    **dict.fromkeys(("n", "north", "nord", "norte"), ("lat", 1)),
    **dict.fromkeys(("s", "south", "sud", "sur"), ("lat", -1)),
    **dict.fromkeys(("e", "east", "est", "este"), ("lon", 1)),
    **dict.fromkeys(("w", "o", "west", "ouest", "oeste"), ("lon", -1)),
}
SIDE = "|".join(sorted(SIDES, key=len, reverse=True))
ANGLE = re.compile(
    rf"(?P<before>{SIDE})?\s*(?P<sign>[-+])?\s*(?P<degrees>{NUMBER})\s*(?:°|º|deg|d|:)?\s*"
    rf"(?:(?P<minutes>{NUMBER})\s*(?:['{PRIMES}m:]|min)?\s*)?"
    rf"(?:(?P<seconds>{NUMBER})\s*(?:\"|″|”|''|[{PRIMES}]{{2}}|s|sec)?\s*)?(?P<after>{SIDE})?",
    re.IGNORECASE,
)
POINT = re.compile(r"(?i)(?:srid=\d+;)?\s*point\s*(?:z|m|zm)?\s*\(\s*(\S+)\s+([^\s)]+)[^)]*\)")
MEMBER = re.compile(r'"coordinates"\s*:\s*\[\s*([^,\]]+),\s*([^,\]]+)')
SPACED = re.compile(rf"([-+]?(?:{NUMBER}))\s+([-+]?(?:{NUMBER}))(?:\s+[-+]?(?:{NUMBER}))*")
CUTS = (r"\s*;\s*", r",\s+", r"\s*[,/|]\s*", r"\s{2,}")


@dataclass(frozen=True)
class Angle:
    """Degrees, and the axis a letter names: "lon", "lat", or "" where none does."""

    degrees: float
    axis: str = ""


@dataclass(frozen=True)
class Pair:
    """Two angles of one cell in their order; `is_lon_first` where the cell itself tells."""

    first: Angle
    second: Angle
    is_lon_first: bool | None = None


def angle_in(cell: str) -> Angle | None:
    """The degrees a cell says: 121.73, 121,73, 121°43'12"E, 17 36 43 N; None where it says none."""
    try:
        plainly = float(cell.replace(",", ".", 1))
        return Angle(plainly) if math.isfinite(plainly) and "_" not in cell else None
    except ValueError:
        pass
    found = ANGLE.fullmatch(cell.translate(DIGITS).strip(" ()\u00a0"))
    return None if found is None else _angle(found)


def pair_in(cell: str) -> Pair | None:
    """The two angles a cell says together, in degrees, in WKT or as GeoJSON; None where not two."""
    written = POINT.search(cell) or MEMBER.search(cell)
    if written:
        lon, lat = angle_in(written[1]), angle_in(written[2])
        return Pair(lon, lat, is_lon_first=True) if lon and lat else None
    cell = cell.translate(DIGITS).strip(" ()[]{}\u00a0")
    spaced = SPACED.fullmatch(cell)
    if spaced:
        return _pair(spaced[1], spaced[2])
    for cut in CUTS:
        parts = re.split(cut, cell)
        if len(parts) >= 2 and (found := _pair(parts[0], parts[1])):
            return found
    return _by_letters(cell)


def _by_letters(cell: str) -> Pair | None:
    """Two angles that end, or begin, with letters: 17°36'43"N 121°43'12"E."""
    parts = re.split(r"(?i)(?<=[nsewo])[\s,;]*(?=[-+\d])", cell, maxsplit=1)
    return _pair(*parts) if len(parts) == 2 else None


def _pair(first: str, second: str) -> Pair | None:
    one, other = angle_in(first), angle_in(second)
    if one is None or other is None:
        return None
    told = {("lon", "lat"): True, ("lat", "lon"): False}.get((one.axis, other.axis))
    return Pair(one, other, told)


def _angle(found: re.Match[str]) -> Angle | None:
    parts = [_number(found[name]) for name in ("degrees", "minutes", "seconds")]
    if any(part >= 60 for part in parts[1:]) or (found["minutes"] and not parts[0].is_integer()):
        return None
    letter = (found["before"] or found["after"] or "").lower()
    axis, side = SIDES.get(letter, ("", 1))
    minus = -1 if found["sign"] == "-" else 1
    return Angle(minus * side * (parts[0] + parts[1] / 60 + parts[2] / 3600), axis)


def _number(text: str | None) -> float:
    return float(text.replace(",", ".")) if text else 0.0
