"""Rivers, roads and settlements as features of a map."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely

from .frame import DEGREE_DIGITS, Floats
from .placenames import place_names
from .plan import COURSES, DELTA_ARMS, RIVER
from .rivers import Reach, width
from .script import in_kesari
from .world import World

Feature = tuple[shapely.Geometry, dict[str, Any]]

PIECES = 0.0004  # unit lengths; shorter leftovers at the border are not drawn


def rivers_of(world: World) -> Iterator[Feature]:
    """The rivers inside the country, the greatest first, each with its name and widths."""
    names = river_names(world)
    for reach, name in zip(world.reaches, names, strict=True):
        line = shapely.LineString(world.frame.degrees(reach.line))
        inside = line.intersection(world.areas.country)
        parts = [part for part in shapely.get_parts(inside) if part.length > 100 * PIECES]
        if not parts:
            continue
        wide = round(float(np.median(width(reach.flow, world.size.side_m))))
        yield (
            _rounded(shapely.MultiLineString(parts)),
            {
                "name": name,
                "name_local": in_kesari(name),
                "kind": _kind(reach, wide),
                "width_m": wide,
            },
        )


def _kind(reach: Reach, wide: int) -> str:
    return "trunk" if reach.trunk else "river" if wide > 60 else "stream"


def river_names(world: World) -> list[str]:
    """A name a reach: the drawn ones for the courses they follow, invented ones for the rest."""
    reaches = world.reaches
    arms = [name for name, _ in DELTA_ARMS]
    names = [RIVER, *arms] + [""] * (len(reaches) - 1 - len(arms))
    for course in COURSES[1:]:
        names[_follower(reaches, course.points, names)] = course.name
    taken = {*world.settlements.names, *names}
    invented = iter(place_names(names.count(""), taken, np.random.default_rng([world.seed, 14])))
    return [name or next(invented) for name in names]


def _follower(reaches: list[Reach], course: Floats, names: list[str]) -> int:
    """The unnamed reach that keeps closest to a drawn course."""
    line = shapely.LineString(course)
    near = shapely.buffer(line, 0.02)
    shared = [
        0.0 if name else shapely.LineString(reach.line[::8]).intersection(near).length
        for reach, name in zip(reaches, names, strict=True)
    ]
    return int(np.argmax(shared))


def roads_of(world: World) -> Iterator[Feature]:
    """The roads inside the country."""
    for line in world.roads:
        road = shapely.LineString(world.frame.degrees(line))
        yield _rounded(road.intersection(world.areas.country)), {"kind": "main road"}


def _rounded(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(shape, lambda points: np.round(points, DEGREE_DIGITS))


def places_of(world: World) -> Iterator[Feature]:
    """Cities, towns and villages as points."""
    settled, centres = world.settlements, world.centres
    for row, name in enumerate(settled.names):
        households = round(float(settled.weight[row]) * world.size.households)
        yield (
            shapely.Point(*centres.degrees[row]),
            {
                "name": name,
                "name_local": in_kesari(name),
                "kind": settled.kind[row],
                "area_pcode": world.areas.ranks.commune_codes[int(centres.area[row])],
                "households_about": households,
            },
        )
