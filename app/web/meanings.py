"""What an analyst says of a hazard file on its way through the web: out of forms, and back."""

import math
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from werkzeug.datastructures import FileStorage

from core.errors import Invalid
from core.settings import settings
from core.storage import keep
from geo.measures import FLOODED, MEASURES, WATER_DEPTH
from geo.models.events import EventKind, LayerKind, Severity
from geo.models.releases import Direction, ObservedRule, Release
from geo.queries.releases import ReleasePage
from geo.services.events import Shock
from geo.services.releases import Choice, Meaning

WRITTEN = "%Y-%m-%dT%H:%M"  # as a browser's field of date and time writes it

Form = Mapping[str, str]
E = TypeVar("E", bound=StrEnum)


class ChoiceUnknown(Invalid):
    """{value} is none of the choices of this form; reload the page and choose again."""


class DayMissing(Invalid):
    """Say when the event began, as day and time; write it and send the form again."""


def one_of(kind: type[E], value: str) -> E:
    """The member of an enum that a form chose.

    Raises:
        ChoiceUnknown
    """
    if value not in {member.value for member in kind}:
        raise ChoiceUnknown(value=value)
    return kind(value)


def shock_sent(form: Form) -> Shock:
    """The event of a form.

    Raises:
        DayMissing, ChoiceUnknown
    """
    began = _moment(form.get("began_at", ""))
    if began is None:
        raise DayMissing
    return Shock(
        name=form.get("name", ""),
        kind=one_of(EventKind, form.get("kind", EventKind.OTHER)),
        began_at=began,
        severity=one_of(Severity, form.get("severity", Severity.UNKNOWN)),
        glide=form.get("glide", "").strip() or None,
    )


def choice_sent(form: Form) -> Choice:
    """Which part of a file is meant, and its coordinate system."""
    band = form.get("band", "").strip()
    return Choice(
        layer=form.get("layer", "").strip() or None,
        band=int(band) if band.isdigit() else None,
        crs=form.get("crs", "").strip() or None,
    )


def meaning_sent(form: Form, observed: FileStorage | None = None) -> Meaning:
    """The meaning of a form; `observed` is the file of what the image could see, if one came.

    A number that cannot be read is NaN, which `faults_of` says.
    """
    rule = form.get("observed_rule")
    measure = form.get("measure", "")
    return Meaning(
        layer=form.get("layer", ""),
        measure=measure,
        unit=form.get("unit", "") if MEASURES.get(measure) else "",
        observed_at=_moment(form.get("observed_at", "")),
        source=form.get("source", ""),
        licence=form.get("licence", ""),
        direction=one_of(Direction, form.get("direction", Direction.AT_LEAST)),
        floor=_number(form["floor"]) if form.get("floor", "").strip() else None,
        zeros=form.get("zeros", ""),
        nodata=tuple(_number(code) for code in form.get("nodata", "").replace(",", " ").split()),
        value_field=form.get("value_field") or None,
        observed_rule=one_of(ObservedRule, rule) if rule else None,
        observed_file=_kept(observed),
        observed_layer=form.get("observed_layer", "").strip() or None,
    )


def meaning_kept(page: ReleasePage) -> dict[str, str]:
    """What a release was said to mean, or what its kind makes likely, as a form shows it."""
    release = page.release
    measure = release.measure or _likely_measure(release)
    nodata = [f"{code:g}" for code in release.extra_nodata or [] if code]
    return {
        "layer": page.layer.name if page.layer else measure,
        "measure": measure,
        "unit": release.unit or "",
        "observed_at": _written(release.observed_at),
        "source": release.source or "",
        "licence": release.licence or "",
        "direction": release.direction,
        "floor": "" if release.floor is None else f"{release.floor:g}",
        "zeros": _zeros(release),
        "nodata": ", ".join(nodata),
        "value_field": release.value_field or "",
        "observed_rule": release.observed_rule or "",
        "observed_layer": release.observed_layer or "",
    }


def _likely_measure(release: Release) -> str:
    yes_or_no = release.found.get("most") == 1 and release.found.get("dtype") == "uint8"
    return FLOODED if release.kind is LayerKind.EXTENT or yes_or_no else WATER_DEPTH


def _zeros(release: Release) -> str:
    if release.measure is None:
        return ""
    return "unseen" if 0.0 in (release.extra_nodata or []) else "value"


def _kept(file: FileStorage | None) -> tuple[str, str] | None:
    if file is None or not file.filename:
        return None
    return file.filename, keep(file.stream).sha256


def _number(text: str) -> float:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return math.nan


def _moment(text: str) -> datetime | None:
    """A day and time in the country's time zone."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(settings().timezone))
    except ValueError:
        return None


def _written(at: datetime | None) -> str:
    return at.astimezone(ZoneInfo(settings().timezone)).strftime(WRITTEN) if at else ""
