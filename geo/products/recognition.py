"""What product a file is: a guess with its reasons, which an analyst confirms or corrects.

Each family of products has a module of its own; the first that knows a file speaks. Fields and
codes count more than names, for files are renamed on their way.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.words import _
from geo.archives import listed, unpacked
from geo.products import (
    copernicus_ems,
    forecasts,
    gfm,
    mcdwd,
    palettes,
    plain,
    shakemaps,
    tables,
    tracks,
    unosat,
    viirs,
)
from geo.products.classed import covers
from geo.products.meaning import ClassOf, Means, Recognition
from geo.products.parts import Inventory
from geo.products.specimen import Specimen

__all__ = ["ClassOf", "Means", "Recognition", "recognise"]

FAMILIES: tuple[Callable[[Specimen], Recognition | None], ...] = (
    gfm.recognise,
    viirs.recognise,
    mcdwd.recognise,
    copernicus_ems.recognise,
    unosat.recognise,
    shakemaps.recognise,
    forecasts.recognise,
    tracks.recognise,
    tables.recognise,
    palettes.recognise,
    plain.recognise,
)


def recognise(path: Path, of: Inventory) -> Recognition | None:
    """What product a file is, by its inventory and a look inside; None if no family knows it.

    Raises a Refusal where a part cannot be read after all.
    """
    with unpacked(path) as place:
        specimen = Specimen(place, of)
        for family in FAMILIES:
            found = family(specimen)
            if found is not None:
                return _with_the_rest(specimen, found)
    return None


def _with_the_rest(specimen: Specimen, found: Recognition) -> Recognition:
    """What a family says, and of codes it does not speak of that they are not observed, until
    somebody says what they mean."""
    if found.part is None or found.value_field or not found.classes:
        return found
    codes: Counter[float] = Counter()
    for part in (found.part, *found.tiles):
        codes.update(specimen.codes_seen(part))
    known = [covers(one.code) for one in found.classes]
    rest = {
        code: count
        for code, count in sorted(codes.items())
        if not any(of(np.array(code)) for of in known)
    }
    if not rest:
        return found
    said = _(
        "We do not know its codes {codes}: nothing counts as observed there until you say what they"
        " mean.",
        codes=listed([f"{code:g} ({count:,})" for code, count in rest.items()]),
    )
    label = _("Not known")
    unknown = (ClassOf(f"{code:g}", label, Means.NOT_OBSERVED) for code in rest)
    return replace(found, classes=(*found.classes, *unknown), says=(*found.says, said))
