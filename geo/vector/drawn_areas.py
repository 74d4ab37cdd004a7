"""How a drawn shape takes in areas: wholly, in part, or not at all.

An area is in the shape wholly if the shape covers it, borders included, and at least in part if
they share more than a border. Nearly all areas are told from their boxes: where the shape's line
does not meet an area's box, the area lies on one side of it.
"""

from dataclasses import dataclass

import numpy as np
import shapely

from geo.crs import Flags, Floats
from geo.ellipsoid import Shapes
from geo.vector.lattice import Indices

ROUND_ABOUT = 0.01  # degrees beyond an area's box
SOME = 16  # of so many vertices of an area, one is looked at


@dataclass(frozen=True)
class TakenIn:
    """Which of N areas a shape takes in wholly, and which at least in part."""

    wholly: Flags
    partly: Flags


def by_box(drawn: shapely.Geometry, boxes: Floats) -> tuple[Flags, Indices]:
    """Which of N areas lie wholly in a shape, by their boxes alone; and which that cannot say.

    `boxes` are west, south, east, north; an area without a shape has a box of NaN.
    """
    west, south, east, north = shapely.bounds(drawn)
    beyond = (boxes[:, 0] > east) | (boxes[:, 2] < west) | (boxes[:, 1] > north)
    about = np.flatnonzero(~(beyond | (boxes[:, 3] < south)))
    line = shapely.boundary(drawn)
    shapely.prepare([drawn, line])
    near = shapely.intersects(line, shapely.box(*boxes[about].T))
    wholly = np.zeros(len(boxes), dtype=bool)
    wholly[about] = ~near & shapely.contains_xy(drawn, boxes[about, 0], boxes[about, 1])
    return wholly, about[near]


def by_shape(drawn: shapely.Geometry, areas: Shapes) -> TakenIn:
    """Which of N areas a shape takes in, by their shapes.

    An area shares more than a border with the shape if one of its vertices lies truly inside, and
    is not covered if one lies outside, so few are left to be asked outright.
    """
    shapely.prepare(drawn)
    met = np.flatnonzero(shapely.intersects(drawn, areas))
    at, area = shapely.get_coordinates(areas[met], return_index=True)
    at, area = at[::SOME], area[::SOME]
    wholly, partly = (np.zeros(len(areas), dtype=bool) for _side in range(2))
    wholly[met], partly[met[area[shapely.contains_xy(drawn, at)]]] = True, True
    wholly[met[area[~shapely.intersects_xy(drawn, at)]]] = False
    wholly[wholly] = shapely.covers(drawn, areas[wholly])
    partly |= wholly
    for unsure in met[~partly[met]]:
        partly[unsure] = _more_than_touch(drawn, areas[unsure])
    return TakenIn(wholly, partly)


def _more_than_touch(drawn: shapely.Geometry, area: shapely.Geometry) -> bool:
    """Whether a shape and an area that meet share more than a border: asked round about the area,
    as it is the one test nothing can be prepared for."""
    west, south, east, north = shapely.bounds(area).tolist()
    round_about = shapely.clip_by_rect(
        drawn, west - ROUND_ABOUT, south - ROUND_ABOUT, east + ROUND_ABOUT, north + ROUND_ABOUT
    )
    return not shapely.touches(round_about, area)
