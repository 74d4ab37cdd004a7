"""Why a place or some ground was not observed, and what of it lies in permanent water.

Pure. Water is told only of what was observed and not hit: a flood over it is a flood where the
product, or the analyst, says so.
"""

import numpy as np
from numpy.typing import NDArray

from geo.clauses import Clause
from geo.crs import Flags, Floats
from geo.ellipsoid import Shapes
from geo.raster.grid import Grid
from geo.raster.reasons import OF_GRIDS, Reason
from geo.raster.sample import sample
from geo.raster.zonal import Classes, Zones, zonal
from geo.vector.locate import NOWHERE, Locator
from geo.vector.shares import covered_km2, outside

Why = NDArray[np.uint8]  # numbers of `geo.raster.reasons`

OF_AREAS = Reason.OUTSIDE + 1  # how many reasons are told of areas
HIDDEN = (Reason.EXCLUDED, Reason.CLOUD)


def why_of_cells(
    grid: Grid, reasons: Grid | None, x: Floats, y: Floats, kept: Flags, observed: Flags
) -> Why:
    """What is known of N points in the grid's own system; nothing of those that are kept."""
    why = np.where(observed, Reason.VALUE, Reason.NODATA).astype(np.uint8)
    unseen = np.flatnonzero(~observed)
    _rows, _columns, inside = grid.positions(x[unseen], y[unseen])
    why[unseen[~inside]] = Reason.OUTSIDE
    if reasons is not None:
        some = np.flatnonzero(~kept & (why != Reason.OUTSIDE))
        told = sample(reasons, x[some], y[some]).values
        why[some] = np.where(told == Reason.VALUE, why[some], told)
    return why


def why_of_shapes(
    water: Locator | None, lon: Floats, lat: Floats, kept: Flags, observed: Flags
) -> Why:
    """What is known of N places; whatever an extent did not observe lies outside of it."""
    why = np.where(observed, Reason.VALUE, Reason.OUTSIDE).astype(np.uint8)
    if water is not None:
        dry = np.flatnonzero(observed & ~kept)
        in_water = water.covering(lon[dry], lat[dry]) != NOWHERE
        why[dry[in_water]] = Reason.PERMANENT_WATER
    return why


def why_of_circles(why: Why, complete: Flags) -> Why:
    """What is known of N circles, of those of their middles and whether all of each was observed.

    A circle stands in permanent water where its middle does.
    """
    seen = (why == Reason.VALUE) | (why == Reason.PERMANENT_WATER)
    of_part = np.where(seen, Reason.PARTLY, why)
    return np.where(complete, np.where(seen, why, Reason.VALUE), of_part).astype(np.uint8)


def apart_of_cells(zones: Zones, whole: Floats, shapes: Shapes, reasons: Grid | None) -> Floats:
    """The km2 of N areas by reason, from what they hold of a grid and `whole`, all their ground.

    `shapes` are the areas in the system of the grid of reasons.
    """
    apart = np.zeros((len(whole), OF_AREAS))
    if reasons is not None:
        classes = Classes(OF_GRIDS, lambda cells: cells.astype(np.int64))
        apart[:, :OF_GRIDS] = zonal(reasons, shapes, Clause(at_least=0), classes).spread
    apart[:, Reason.VALUE] = 0
    hidden = apart[:, HIDDEN].sum(axis=1)
    apart[:, Reason.NODATA] = np.maximum(zones.km2 - zones.observed_km2 - hidden, 0)
    apart[:, Reason.OUTSIDE] = np.maximum(whole - zones.km2, 0)
    return apart


def apart_of_shapes(areas: Shapes, unseen: Floats, water: Locator | None, hit: Shapes) -> Floats:
    """The km2 of N areas by reason: what was not observed, and water in which nothing is hit."""
    apart = np.zeros((len(areas), OF_AREAS))
    apart[:, Reason.OUTSIDE] = np.maximum(unseen, 0)
    if water is not None:
        left = outside(water.every_shape, hit)
        apart[:, Reason.PERMANENT_WATER] = covered_km2(areas, left)
    return apart
