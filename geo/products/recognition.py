"""What product a file is: a guess with its reasons, which an analyst confirms or corrects.

Each family of products has a module of its own; the first that knows a file speaks. Fields and
codes count more than names, for files are renamed on their way.
"""

from collections.abc import Callable
from pathlib import Path

from geo.archives import unpacked
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
                return found
    return None
