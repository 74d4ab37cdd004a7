"""What an analyst says of a hazard file on its way through the web: out of forms, and back."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from core.country import country
from core.errors import Invalid
from geo.measures import FLOODED, MEASURES, WATER_DEPTH
from geo.models.events import EventKind, LayerKind, Severity
from geo.models.product_answers import ProductAnswer, ProductClass
from geo.models.readings import FilePart
from geo.models.releases import Direction, ObservedRule, Release
from geo.products.meaning import ClassOf, Means, is_number, turned
from geo.queries.releases import ReleasePage
from geo.services.events import Shock
from geo.services.meanings import Meaning

WRITTEN = "%Y-%m-%dT%H:%M"  # as a browser's field of date and time writes it
NUMBER = "number"  # what a code means that is its own value

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


def meaning_sent(form: Form, release: Release, classes: Sequence[ClassOf]) -> Meaning:
    """The meaning of a form, whose codes are these.

    A number that cannot be read is NaN, which `faults_of` says.
    """
    rule = form.get("observed_rule")
    measure = form.get("measure", "")
    suspects = _suspects(release)
    unseen = [number for n, number in suspects if form.get(f"suspect_{n}") == "unseen"]
    written = [_number(code) for code in form.get("nodata", "").replace(",", " ").split()]
    part = form.get("observed_part", "")
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
        nodata=tuple(dict.fromkeys([*written, *unseen])),
        values=tuple(number for n, number in suspects if form.get(f"suspect_{n}") == "value"),
        classes=classes_sent(form, classes),
        value_field=form.get("value_field") or None,
        observed_rule=one_of(ObservedRule, rule) if rule else None,
        observed_part=int(part) if part.isdecimal() else None,
        day_only="day_only" in form,
        forecast="forecast" in form,
        loses="loses" in form,
        water_floods="water_floods" in form,
    )


def meaning_kept(page: ReleasePage, observed: FilePart | None) -> dict[str, str]:
    """What a release was said to mean, or what its product or its kind make likely, as a form shows
    it; `observed` is the part of the file that shows what was seen."""
    release = page.release
    measure = release.measure or _likely_measure(release)
    told = release.extra_nodata or []
    confirmed = release.confirmed_by is not None
    suspects = _suspects(release)
    said = {
        f"suspect_{n}": "unseen" if number in told else "value" if confirmed else ""
        for n, number in suspects
    }
    asked = {number for _n, number in suspects}
    return said | {
        "layer": page.layer.name if page.layer else measure,
        "measure": measure,
        "unit": release.unit or "",
        "observed_at": _written(release.observed_at),
        "day_only": "yes" if release.day_only else "",
        "forecast": "yes" if release.forecast else "",
        "loses": "yes" if confirmed else "",
        "water_floods": "yes" if release.water_floods else "",
        "source": release.source or "",
        "licence": release.licence or "",
        "direction": release.direction,
        "floor": "" if release.floor is None else f"{release.floor:g}",
        "zeros": release.zeros or "",
        "nodata": ", ".join(f"{code:g}" for code in told if code not in asked),
        "value_field": release.value_field or "",
        "observed_rule": release.observed_rule or "",
        "observed_part": str(observed.number) if observed else "",
    }


def answers_offered(answer: ProductAnswer, classes: Sequence[ProductClass]) -> dict[str, str]:
    """What was answered for a product before, as a form shows it."""
    known = [ClassOf(one.code, "", one.means, one.value, one.plus) for one in classes]
    return (
        {f"means_{one.code}": _means(one) for one in known}
        | {
            "measure": answer.measure,
            "layer": answer.measure,
            "unit": answer.unit,
            "direction": answer.direction,
            "floor": "" if answer.floor is None else f"{answer.floor:g}",
            "zeros": answer.zeros or "",
            "nodata": ", ".join(f"{code:g}" for code in answer.extra_nodata or []),
            "observed_rule": answer.observed_rule or "",
            "value_field": answer.value_field or "",
            "source": answer.source,
            "licence": answer.licence,
        }
        | {
            f"means_{one.code}": _means(ClassOf(one.code, "", one.means, one.value))
            for one in classes
        }
    )


@dataclass(frozen=True)
class CodeRow:
    """One code of a file in the form of its meaning: the field that says what it means, and what
    stands in it; `share` is of the cells or shapes, `colour` the one of its palette."""

    field: str
    code: str
    label: str
    share: float | None
    chosen: str
    colour: str


def code_rows(
    release: Release, classes: Sequence[tuple[ClassOf, int | None]], form: Form
) -> list[CodeRow]:
    """The codes of a file with how often each stands, as a form asks what they mean."""
    total = sum(count or 0 for _one, count in classes)
    colours = release.found.get("colours", {})
    undecided = "" if release.found.get("asks_classes") and not release.confirmed_by else None
    return [
        CodeRow(
            field=f"means_{one.code}",
            code=one.code,
            label=one.label,
            share=count / total if total and count is not None else None,
            chosen=form.get(f"means_{one.code}", _means(one) if undecided is None else undecided),
            colour=colours.get(one.code, ""),
        )
        for one, count in classes
    ]


def classes_sent(form: Form, classes: Sequence[ClassOf]) -> tuple[ClassOf, ...]:
    """What a form says the codes of a file mean; nothing where all of them are plain values, or
    one was not answered."""
    said = {one.code: form.get(f"means_{one.code}", _means(one)) for one in classes}
    if "" in said.values():
        return ()
    turned_to = [
        turned(one, None if said[one.code] == NUMBER else one_of(Means, said[one.code]))
        for one in classes
    ]
    return () if all(map(is_number, turned_to)) else tuple(turned_to)


def _means(one: ClassOf) -> str:
    return NUMBER if is_number(one) else one.means


def _suspects(release: Release) -> list[tuple[int, float]]:
    """The numbers of a file that may mean no data, by their place in the form."""
    return list(enumerate(each["number"] for each in release.found.get("suspects", [])))


def _likely_measure(release: Release) -> str:
    if release.code_field:
        return ""
    yes_or_no = release.found.get("most") == 1 and release.found.get("dtype") == "uint8"
    return FLOODED if release.kind is LayerKind.EXTENT or yes_or_no else WATER_DEPTH


def _number(text: str) -> float:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return math.nan


def _moment(text: str) -> datetime | None:
    """A day and time in the country's time zone."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=country().zone)
    except ValueError:
        return None


def _written(at: datetime | None) -> str:
    return at.astimezone(country().zone).strftime(WRITTEN) if at else ""
