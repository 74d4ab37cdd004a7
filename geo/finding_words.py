"""What is odd about a release in words: each finding a sentence with its figures."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.words import _, counted, figure_said, percent_said
from geo.models.release_findings import BLOCKS, Code, ReleaseFinding

FEW_DAYS = 72  # hours


@dataclass(frozen=True)
class Said:
    """A finding as a page shows it: its sentence, whether it forbids publishing, and whether
    somebody took it on them."""

    code: Code
    sentence: str
    blocks: bool
    accepted: bool


def told(findings: Iterable[ReleaseFinding], unit: str) -> list[Said]:
    """Findings as a page shows them; `unit` is that of the values of their release."""
    return [
        Said(each.code, said(each, unit), each.code in BLOCKS, each.accepted_at is not None)
        for each in findings
    ]


def said(finding: ReleaseFinding, unit: str) -> str:
    """The sentence of a finding; `unit` is that of the values of its release."""
    first, second = _figure(finding.figure), _figure(finding.beside or 0.0)
    share = percent_said(finding.beside or 0.0)
    sentences = {
        Code.OUTSIDE_COUNTRY: lambda: _(
            "None of it lies within the areas loaded: the nearest of it is {km} km away. Look at "
            "its coordinate system, or load the areas it is about.",
            km=first,
        ),
        Code.SWAPPED_AXES: lambda: _(
            "With longitude and latitude changed over, {share} of it would lie where the areas "
            "are: they may be swapped in the file.",
            share=percent_said(finding.figure),
        ),
        Code.HALF_COUNTRY: lambda: _(
            "{share} of the areas loaded count as hit ({km2} km²): look whether dry land or no "
            "data was taken for a value.",
            km2=first,
            share=share,
        ),
        Code.SEA: lambda: _(
            "{km2} km² ({share}) of what counts as hit lie outside the areas loaded, such as on "
            "the sea.",
            km2=first,
            share=share,
        ),
        Code.BEFORE_EVENT: lambda: _before(finding.figure),
        Code.PICTURE: lambda: _(
            "It holds {shades} of the 256 shades of an 8-bit picture: look whether it is one, and "
            "holds colours instead of values.",
            shades=first,
        ),
        Code.IMPLAUSIBLE: lambda: _(
            "Its greatest value is {most} {unit}; more than {limit} {unit} is hardly ever "
            "measured. Look at the unit.",
            most=first,
            limit=second,
            unit=_(unit) if unit else "",
        ),
        Code.NODATA_SPIKE: lambda: counted(
            "{count} cell holds exactly {number}, far from all others or on more than its "
            "neighbours: that often means no data.",
            "{count} cells hold exactly {number}, far from all others or on more than their "
            "neighbours: that often means no data.",
            round(finding.beside or 0),
            number=first,
        ),
        Code.AREA_LOST: lambda: _(
            "Mending its shapes took away {share} of their ground: {km2} km² are left.",
            share=percent_said(finding.figure),
            km2=second,
        ),
        Code.SAME_AS_PREVIOUS: lambda: _(
            "Everything in it is as in release {number} of the layer: nothing would change.",
            number=first,
        ),
    }
    return sentences[finding.code]()


def _figure(value: float) -> str:
    """A figure as it is read aloud: whole where it is large."""
    return figure_said(round(value, 1) if abs(value) < 1000 else round(value))


def _before(hours: float) -> str:
    """How long before its event something was observed: in hours, from three days on in days."""
    if hours < FEW_DAYS:
        return counted(
            "It was observed {count} hour before the event began: look at the time, and whether "
            "it shows this event.",
            "It was observed {count} hours before the event began: look at the time, and whether "
            "it shows this event.",
            round(hours),
        )
    return counted(
        "It was observed {count} day before the event began: look at the time, and whether it "
        "shows this event.",
        "It was observed {count} days before the event began: look at the time, and whether it "
        "shows this event.",
        round(hours / 24),
    )
