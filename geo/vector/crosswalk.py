"""One map of areas laid over another: which areas stand where others stood, and on how much of it.

Shares are of planar degrees: of one area they compare like with like, its shape being of one
latitude. All shapes are valid polygons in EPSG:4326.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from geo.ellipsoid import Shapes

LEAST = 0.01  # of the ground of either, below which borders are only drawn otherwise


@dataclass(frozen=True)
class Shared:
    """The ground an old and a new area share, as a share of each; both by position."""

    old: int
    new: int
    of_old: float
    of_new: float


def overlaid(old: Shapes, new: Shapes) -> Iterator[Shared]:
    """Every pair of an old and a new area that share at least a hundredth of the ground of one."""
    tree = shapely.STRtree(new)
    before, after = tree.query(old, predicate="intersects")
    ground = shapely.area(shapely.intersection(old[before], new[after]))
    of_old = ground / shapely.area(old)[before]
    of_new = ground / shapely.area(new)[after]
    for at in np.flatnonzero(np.maximum(of_old, of_new) >= LEAST).tolist():
        yield Shared(int(before[at]), int(after[at]), float(of_old[at]), float(of_new[at]))
