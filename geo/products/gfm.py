"""Copernicus GFM, the global flood monitoring by Sentinel-1: three grids of 20 m that belong
together, in tiles.

`ensemble_flood_extent` says 0 dry, 1 flood, 255 nodata; `reference_water_mask` 1 permanent and 2
seasonal water; `exclusion_mask` 1 where the radar cannot tell (towns, dense forest, sand, shadow),
so that dry under it means not observed. Where tiles overlap, flood is laid over dry over nodata.
Source: GFM Product User Manual, "Output layers"; licence: Copernicus, free with credit.
"""

import re
from datetime import UTC, datetime

from core.words import _
from geo.measures import FLOODED
from geo.products.meaning import ClassOf, Means, Recognition
from geo.products.parts import Part
from geo.products.specimen import Specimen, day_said

FLOOD, WATER, EXCLUDED = "ensemble_flood", "reference_water", "exclusion_mask"
CODES = {0.0, 1.0, 255.0}
MOMENT = re.compile(r"(20\d{6})t(\d{6})")


def recognise(specimen: Specimen) -> Recognition | None:
    """Know GFM by the names of its layers, in file names or in what the grids say of themselves."""
    floods = _among(specimen, FLOOD)
    if not floods or not _codes_fit(specimen, floods[0]):
        return None
    water, excluded = _among(specimen, WATER), _among(specimen, EXCLUDED)
    at = _moment(specimen.called(floods[0]))
    title = _("GFM flood extent")
    if at:
        title = _("GFM flood extent, {day}", day=day_said(at))
    return Recognition(
        product="gfm",
        title=title,
        part=floods[0],
        measure=FLOODED,
        classes=_classes(),
        observed_rule="cells",
        tiles=tuple(floods[1:]),
        water=water[0] if water else None,
        excluded=excluded[0] if excluded else None,
        observed_at=at,
        source="Copernicus GFM, Sentinel-1",
        licence="Copernicus",
        says=tuple(_missing(water, excluded)),
    )


def _classes() -> tuple[ClassOf, ...]:
    return (
        ClassOf("0", _("Dry"), Means.OUT, 0.0),
        ClassOf("1", _("Flooded"), Means.IN, 1.0),
        ClassOf("255", _("No data"), Means.NOT_OBSERVED),
    )


def _among(specimen: Specimen, name: str) -> list[Part]:
    """The grids of a layer: named so in their file, their title or their header."""
    return [
        part
        for part in specimen.grids
        if name in specimen.named(part) or name in " ".join(specimen.tags(part).values()).lower()
    ]


def _codes_fit(specimen: Specimen, part: Part) -> bool:
    return set(specimen.codes(part)) <= CODES


def _missing(water: list[Part], excluded: list[Part]) -> list[str]:
    says = []
    if not excluded:
        says.append(
            _("Its exclusion mask is missing: dry towns and forests may be flooded unseen.")
        )
    if not water:
        says.append(_("Its reference water mask is missing: rivers and lakes are not told apart."))
    return says


def _moment(name: str) -> datetime | None:
    found = MOMENT.search(name)
    if found is None:
        return None
    try:
        return datetime.strptime("".join(found.groups()), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
