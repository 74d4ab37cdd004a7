"""Which names of areas fit on a map without touching one another, and which even on a phone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import shapely

from geo.vector.mercator import Box, east_share, south_share
from registry.documents.sheet import Outline

DIGITS = 4  # of a degree
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
    everywhere: bool = False


def names_that_fit(areas: Iterable[Outline], box: Box) -> list[Name]:
    """The names that fit on a desk; those of areas where most are in go first."""
    names = [name for area in sorted(areas, key=_rank) if (name := _name(area, box))]
    on_phone = {id(name) for name in _fitting(names, box, PHONE)}
    return [replace(name, everywhere=id(name) in on_phone) for name in _fitting(names, box, DESK)]


def _rank(area: Outline) -> tuple[int, int, str]:
    answers = area.answers
    return (-(answers.in_ or 0), -(answers.asked or 0), area.name) if answers else (0, 0, area.name)


def _name(area: Outline, box: Box) -> Name | None:
    """A name in the middle of its area, or of the part of it that is in view."""
    west, south, east, north = box
    if west <= area.lon <= east and south <= area.lat <= north:
        return Name(area.name, area.lon, area.lat)
    shape = shapely.make_valid(shapely.geometry.shape(area.shape))  # it was cut at the frame
    in_view = shapely.intersection(shape, shapely.box(*box))
    if in_view.area == 0:
        return None
    middle = shapely.point_on_surface(in_view)
    return Name(area.name, round(middle.x, DIGITS), round(middle.y, DIGITS))


def _fitting(names: Sequence[Name], box: Box, frame: Frame) -> list[Name]:
    wide = east_share(box[2]) - east_share(box[0])
    high = south_share(box[1]) - south_share(box[3])
    scale = min(frame[0] / wide, frame[1] / high)
    taken: list[Place] = []
    fitting = []
    for name in names:
        place = _place(name, scale)
        if not any(_touch(place, other) for other in taken):
            taken.append(place)
            fitting.append(name)
    return fitting


def _place(name: Name, scale: float) -> Place:
    x, y = east_share(name.lon) * scale, south_share(name.lat) * scale
    half = len(name.words) * LETTER / 2
    return x - half, y - LINE / 2, x + half, y + LINE / 2


def _touch(one: Place, other: Place) -> bool:
    across = one[0] < other[2] and other[0] < one[2]
    return across and one[1] < other[3] and other[1] < one[3]
