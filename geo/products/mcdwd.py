"""NASA's near real-time flood maps of MODIS (MCDWD) and VIIRS (VCDWD): codes of 250 m.

0 no water, 1 surface water that is always there, 2 flood that comes back every year, 3 unusual
flood, 255 not enough clear looks. Whether flood that comes back counts, the analyst says.
Source: MCDWD User Guide (NASA LANCE), section "Flood product"; public domain.
"""

import re
from datetime import UTC, datetime, timedelta

from core.words import _
from geo.measures import FLOODED
from geo.products.meaning import ClassOf, Means, Recognition
from geo.products.parts import Part
from geo.products.specimen import Specimen, day_said

NAMES = re.compile(r"[mv]cdwd|flood_?[123]_?day")
CODES = {0.0, 1.0, 2.0, 3.0, 255.0}
YEAR_AND_DAY = re.compile(r"a(20\d{2})(\d{3})")


def recognise(specimen: Specimen) -> Recognition | None:
    """Know the product by its name in file, layer or header, if its codes are the known ones."""
    parts = [part for part in specimen.grids if _is_named(specimen, part)]
    parts = [part for part in parts if set(specimen.codes(part)) <= CODES]
    if not parts:
        return None
    at = _day(specimen.named(parts[0]))
    title = _("NASA flood map")
    if at:
        title = _("NASA flood map, {day}", day=day_said(at))
    return Recognition(
        product="mcdwd",
        title=title,
        part=parts[0] if len(parts) == 1 else None,
        measure=FLOODED,
        classes=(
            ClassOf("0", _("No water"), Means.OUT, 0.0),
            ClassOf("1", _("Surface water"), Means.PERMANENT_WATER, 0.0),
            ClassOf("2", _("Recurring flood"), Means.IN, 1.0),
            ClassOf("3", _("Flood"), Means.IN, 1.0),
            ClassOf("255", _("Not enough data"), Means.NOT_OBSERVED),
        ),
        observed_rule="cells",
        observed_at=at,
        day_only=True,
        source="NASA LANCE",
        licence="Public domain",
        says=tuple(_about(specimen, parts)),
    )


def _about(specimen: Specimen, parts: list[Part]) -> list[str]:
    says = []
    if len(parts) > 1:
        says.append(_("It holds several composites; choose the one of 1, 2 or 3 days."))
    cells = sum(specimen.codes(part).get(2.0, 0) for part in parts)
    if cells:
        says.append(_("Some of its cells are recurring flood; say whether that counts as hit."))
    return says


def _is_named(specimen: Specimen, part: Part) -> bool:
    tags = specimen.tags(part)
    named = " ".join([specimen.named(part), *tags.values()]).lower()
    return NAMES.search(named) is not None


def _day(name: str) -> datetime | None:
    found = YEAR_AND_DAY.search(name)
    if found is None:
        return None
    year, day = map(int, found.groups())
    return datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=day - 1)
