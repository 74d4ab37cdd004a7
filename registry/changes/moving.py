"""Changes of where somebody stands."""

import re

from core.errors import Invalid
from core.words import _
from registry.changes.forms import Answer, Ask, Form, Kind, NothingChanges, Of, Others, said
from registry.changes.lines import STANDS, Edit, Line, Subject

POINT = re.compile(r"(-?\d+\.\d+), (-?\d+\.\d+)(?: ±(\d+(?:\.\d+)?))?")


class PlaceMissing(Invalid):
    """Say where they stand now: a point, or the P-code of an area."""


class NotAFigure(Invalid):
    """{typed} is not a number; write digits with a point or a comma, such as 14.60."""


def _asks(_subject: Subject) -> list[Ask]:
    return [
        Ask("latitude", _("Latitude"), Answer.PLACE),
        Ask("longitude", _("Longitude"), Answer.PLACE),
        Ask("accuracy", _("Accuracy in metres"), Answer.PLACE),
        Ask("pcode", _("P-code of the area, where no point is known")),
    ]


def _lines(subject: Subject, form: Form, _others: Others) -> list[Line]:
    lat, lon, accuracy = (_figure(form, name) for name in ("latitude", "longitude", "accuracy"))
    if lat is not None and lon is not None:
        after = f"{lat:.6f}, {lon:.6f}" + ("" if accuracy is None else f" ±{accuracy:g}")
    else:
        after = said(form, "pcode") or ""
    if not after:
        raise PlaceMissing
    if after == subject.place:
        raise NothingChanges
    return [Line(Edit.MOVE_TO, subject.id, field=STANDS, before=subject.place, after=after)]


def point_said(place: str) -> tuple[float, float, float | None] | None:
    """Latitude, longitude and accuracy of a place as a line says it; None where it is an area."""
    found = POINT.fullmatch(place)
    if found is None:
        return None
    lat, lon, accuracy = found.groups()
    return float(lat), float(lon), float(accuracy) if accuracy else None


def _figure(form: Form, name: str) -> float | None:
    typed = said(form, name)
    if typed is None:
        return None
    try:
        return float(typed.replace(",", "."))
    except ValueError as broken:
        raise NotAFigure(typed=typed[:60]) from broken


MOVE_HOUSE = Kind("move_house", Of.ANYBODY, _asks, _lines)
