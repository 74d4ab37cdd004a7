"""Maps of how much of each area would be reached, one for each scenario, all in one frame."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.words import _, percent_said
from geo.queries.area_pictures import area_pictures
from programs.queries.simulations import AreaReached

STEPS = (0.25, 0.5, 0.75)  # a share of one of these is of the class above it
UNTOLD = "untold"


@dataclass(frozen=True)
class AreaDrawn:
    """One area: its outline, the class of its share, and what is said of it."""

    path: str
    step: str
    words: str


@dataclass(frozen=True)
class CoverMap:
    """One map; `view` is the viewBox of its SVG."""

    view: str
    areas: list[AreaDrawn]


def cover_maps(session: Session, scenarios: Sequence[Sequence[AreaReached]]) -> list[CoverMap]:
    """A map for each scenario, with the areas of all of them; none where no area is known."""
    pcodes = sorted({area.pcode for areas in scenarios for area in areas if area.pcode})
    pictures = area_pictures(session, pcodes) if pcodes else None
    if pictures is None:
        return []
    left, top, width, height = pictures.frame
    edge = max(width, height) * 0.03
    view = f"{left - edge} {top - edge} {width + 2 * edge} {height + 2 * edge}"
    maps = []
    for areas in scenarios:
        found = {area.pcode: area for area in areas}
        drawn = [_drawn(path, found.get(pcode), pcode) for pcode, path in pictures.paths.items()]
        maps.append(CoverMap(view, drawn))
    return maps


def _drawn(path: str, area: AreaReached | None, pcode: str) -> AreaDrawn:
    share = area.share if area else None
    name = area.name if area and area.name else pcode
    if share is None:
        return AreaDrawn(path, UNTOLD, name)
    step = "none" if share == 0 else str(sum(share >= least for least in STEPS) + 1)
    return AreaDrawn(path, step, _("{area}: {share} reached", area=name, share=percent_said(share)))
