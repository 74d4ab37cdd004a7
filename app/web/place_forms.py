"""What a form says of a place: a point set on the map, measured or typed, or an area alone."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from core.errors import Invalid
from geo.models.locations import LocationSource
from registry.services.places import Place, coarse_from

LINE = re.compile(r"\s*(\S+)\s+(\S.*\S)\s*")
NUMBERS = ("latitude", "longitude", "accuracy")


class NumberUnreadable(Invalid):
    """{typed} is not a number; write digits with a point or a comma, such as 14.60."""


def number_said(typed: str) -> float | None:
    """A number as people type it; None where nothing is typed.

    Raises:
        NumberUnreadable
    """
    written = typed.strip().replace(",", ".").replace("\N{MINUS SIGN}", "-")
    try:
        return float(written) if written else None
    except ValueError as broken:
        raise NumberUnreadable(typed=typed.strip()) from broken


class FixTooCoarse(Invalid):
    """The phone knows this place to {metres} m only. Wait under the open sky and measure again, tap
    the house on the map, name the area instead, or tick that this point is all there is."""


class PointUnreadable(Invalid):
    """ "{line}" is no number with its point; write HG-…, then latitude and longitude."""


def points_said(typed: str) -> dict[str, tuple[float, float]]:
    """By number its longitude and latitude, from lines of a number, a latitude and a longitude.

    Raises:
        NumberUnreadable, PointUnreadable
    """
    points = {}
    for line in filter(str.strip, typed.splitlines()):
        found = LINE.fullmatch(line)
        sides = found[2].replace(";", " ").replace(", ", " ").split() if found else []
        angles = [number_said(side.strip(",")) for side in sides]
        lat, lon = angles if len(angles) == 2 else (None, None)
        if found is None or lat is None or lon is None:
            raise PointUnreadable(line=line.strip()[:60])
        points[found[1].upper()] = (lon, lat)
    return points


def place_said(form: Mapping[str, str]) -> Place:
    """The place a form says; a point was taken down just now.

    Raises:
        NumberUnreadable
        FixTooCoarse: a phone measured it, not exactly enough, and nobody said that this will do.
    """
    lat, lon, accuracy = (number_said(form.get(name, "")) for name in NUMBERS)
    source = form.get("source", "")
    measured = lon is not None and source == LocationSource.GPS
    if measured and (accuracy or 0.0) > coarse_from() and "rough" not in form:
        raise FixTooCoarse(metres=round(accuracy or 0.0))
    return Place(
        lon=lon,
        lat=lat,
        accuracy_m=accuracy or None,  # a phone that does not know says 0
        source=LocationSource(source) if source in {*LocationSource} else LocationSource.GPS,
        taken_at=datetime.now(UTC) if lon is not None else None,
        pcode=form.get("pcode", "").strip() or None,
    )
