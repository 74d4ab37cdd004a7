"""NOAA's VIIRS flood maps: a share of every cell under water, among codes for what hid it.

The 16-bit values of software v1: 1 fill, 30 cloud, 99 normal water, 101 to 200 flooded share plus
100. The 8-bit pictures of the same maps have codes of their own: 98 cloud, 126 water, from 140 on
flood. With v2 (July 2025) the codes changed. Who mixes them up calls cloud flooded, so a file whose
codes fit none of them alone is asked about, with the codes it holds.
Source: NOAA/GMU VIIRS Flood Product, User Guide; public domain.
"""

import re
from datetime import UTC, datetime

from core.words import _
from geo.archives import listed
from geo.measures import FLOODED
from geo.products.meaning import ClassOf, Means, Recognition
from geo.products.moments import stamped
from geo.products.parts import Part
from geo.products.specimen import Specimen, day_said

NAMES = re.compile(
    r"viirs.*(flood|water)|water_com_viirs|waterdetection|(flood|water).*viirs|river_fld"
)
CHANGED = datetime(2025, 7, 1, tzinfo=UTC)
V2 = re.compile(r"\bv(ersion)?[ _]?2")
CLOUD_16, CLOUD_8 = 30.0, 98.0
LAND = {16.0: "Bare land", 17.0: "Vegetation"}
HIDDEN = {20.0: "Snow", 27.0: "Ice"}
CLOUDS = {30.0: "Cloud", 50.0: "Cloud shadow"}


def recognise(specimen: Specimen) -> Recognition | None:
    """Know VIIRS by its name in file, layer or header; which encoding it is, by its codes."""
    parts = [part for part in specimen.grids if _is_named(specimen, part)]
    if not parts:
        return None
    part = parts[0]
    at, _day_only = stamped(specimen.called(part))
    codes = specimen.codes(part)
    product, classes, says = _encoding(specimen, part, codes, at)
    title = _("VIIRS flood map")
    if at:
        title = _("VIIRS flood map, {day}", day=day_said(at))
    return Recognition(
        product=product,
        title=title,
        part=part,
        measure=FLOODED,
        floor=1.0 if product == "viirs-v1" else None,
        classes=classes,
        observed_rule="cells",
        observed_at=at,
        day_only=True,
        source="NOAA VIIRS",
        licence="Public domain",
        says=says,
    )


def _encoding(
    specimen: Specimen, part: Part, codes: dict[float, int], at: datetime | None
) -> tuple[str, tuple[ClassOf, ...], tuple[str, ...]]:
    """Which encoding it is, and what its codes mean; none, with what was found, where in doubt."""
    tags = " ".join(specimen.tags(part).values()).lower()
    if (at and at >= CHANGED) or V2.search(tags):
        said = _("Its codes are those of software v2 (July 2025), which we do not know for sure")
        return "viirs-v2", (), (_asked(said, codes),)
    shares = any(100 < code <= 200 for code in codes)
    if CLOUD_8 in codes or 126.0 in codes:
        if CLOUD_16 in codes or 99.0 in codes:
            return "viirs", (), (_asked(_("Its codes fit two encodings"), codes),)
        return "viirs-picture", _picture(), ()
    if CLOUD_16 in codes or 99.0 in codes or shares:
        return "viirs-v1", _v1(codes), ()
    return "viirs", (), (_asked(_("Its codes fit no encoding we know"), codes),)


def _v1(codes: dict[float, int]) -> tuple[ClassOf, ...]:
    land = [code for code in sorted(codes) if code in LAND]
    return (
        ClassOf("1", _("Fill"), Means.NOT_OBSERVED),
        *(ClassOf(f"{code:g}", _(LAND[code]), Means.OUT, 0.0) for code in land),
        *(ClassOf(f"{code:g}", _(what), Means.NOT_OBSERVED) for code, what in HIDDEN.items()),
        *(ClassOf(f"{code:g}", _(what), Means.CLOUD) for code, what in CLOUDS.items()),
        ClassOf("99", _("Normal water"), Means.PERMANENT_WATER, 0.0),
        ClassOf("100", _("No flood"), Means.OUT, 0.0),
        ClassOf("101..200", _("Flooded share"), Means.IN, plus=-100.0),
    )


def _picture() -> tuple[ClassOf, ...]:
    return (
        ClassOf("98", _("Cloud"), Means.CLOUD),
        ClassOf("126", _("Water"), Means.PERMANENT_WATER, 0.0),
        ClassOf("140..254", _("Flood"), Means.IN, 1.0),
    )


def _asked(said: str, codes: dict[float, int]) -> str:
    found = listed([f"{code:g} ({count:,})" for code, count in sorted(codes.items())])
    return _("{said}; say what each means: {codes}.", said=said, codes=found)


def _is_named(specimen: Specimen, part: Part) -> bool:
    named = " ".join([specimen.named(part), *specimen.tags(part).values()]).lower()
    return NAMES.search(named) is not None
