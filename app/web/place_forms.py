"""What a form says of a place: a point set on the map, measured or typed, or an area alone."""

from collections.abc import Mapping
from datetime import UTC, datetime

from core.errors import Invalid
from geo.models.locations import LocationSource
from registry.services.places import Place

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


def place_said(form: Mapping[str, str]) -> Place:
    """The place a form says; a point was taken down just now.

    Raises:
        NumberUnreadable
    """
    lat, lon, accuracy = (number_said(form.get(name, "")) for name in NUMBERS)
    source = form.get("source", "")
    return Place(
        lon=lon,
        lat=lat,
        accuracy_m=accuracy or None,  # a phone that does not know says 0
        source=LocationSource(source) if source in {*LocationSource} else LocationSource.GPS,
        taken_at=datetime.now(UTC) if lon is not None else None,
        pcode=form.get("pcode", "").strip() or None,
    )
