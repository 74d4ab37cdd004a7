"""Which names of areas fit on a map without touching one another, and which even on a phone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from geo.vector.mercator import Box, east_share, south_share
from registry.documents.sheet import Outline

LETTER, LINE = 7.0, 18.0  # pixels a letter is wide, and a line is high
DESK, PHONE = (760, 560), (300, 400)  # pixels of the frame, wide and high

Frame = tuple[int, int]
Place = tuple[float, float, float, float]  # left, top, right, bottom in pixels


@dataclass(frozen=True)
class Name:
    """A name on the map; `everywhere` where it fits on a phone as well."""

    words: str
    lon: float
    lat: float
    everywhere: bool


def names_that_fit(areas: Iterable[Outline], box: Box) -> list[Name]:
    """The names that fit on a desk; those of areas where most are in go first."""
    ranked = sorted(areas, key=_rank)
    on_phone = {id(area) for area in _fitting(ranked, box, PHONE)}
    return [
        Name(area.name, area.lon, area.lat, id(area) in on_phone)
        for area in _fitting(ranked, box, DESK)
    ]


def _rank(area: Outline) -> tuple[int, int, str]:
    answers = area.answers
    return (-answers.in_, -answers.asked, area.name) if answers else (0, 0, area.name)


def _fitting(areas: Sequence[Outline], box: Box, frame: Frame) -> list[Outline]:
    wide = east_share(box[2]) - east_share(box[0])
    high = south_share(box[1]) - south_share(box[3])
    scale = min(frame[0] / wide, frame[1] / high)
    taken: list[Place] = []
    fitting = []
    for area in areas:
        place = _place(area, scale)
        if not any(_touch(place, other) for other in taken):
            taken.append(place)
            fitting.append(area)
    return fitting


def _place(area: Outline, scale: float) -> Place:
    x, y = east_share(area.lon) * scale, south_share(area.lat) * scale
    half = len(area.name) * LETTER / 2
    return x - half, y - LINE / 2, x + half, y + LINE / 2


def _touch(one: Place, other: Place) -> bool:
    across = one[0] < other[2] and other[0] < one[2]
    return across and one[1] < other[3] and other[1] < one[3]
