"""A hazard known within bounds: what it is at least, and what it may be at most.

Such as days under water of which some were not observed. Where the two differ a place is known as
one within a circle of both values is, half its ground each: in only at thresholds both meet, out
only at those neither does, and probable between.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.clauses import Clause
from geo.crs import Floats
from geo.ellipsoid import Shapes
from geo.grades import STEPS, Graded
from geo.hazards import AtPlaces, Hazard, OverAreas
from geo.raster.grid import Indices
from geo.vector.screen import Screen


@dataclass(frozen=True)
class BetweenHazard:
    """Two hazards that have observed the same ground; what either keeps, the second may keep.

    `clause` is the one both are asked by: ground that was observed and has no value, as around an
    extent, counts as the infinity that is furthest from meeting it.
    """

    least: Hazard
    most: Hazard
    clause: Clause

    @property
    def screen(self) -> Screen | None:
        """Where the most may be hit, or was not observed; the least is hit nowhere else."""
        return self.most.screen and self.most.screen.one_by_one()

    def at_places(self, lon: Floats, lat: Floats, accuracy_m: Floats | None = None) -> AtPlaces:
        """What both say of places; `values` are the least."""
        least, most = (each.at_places(lon, lat, accuracy_m) for each in (self.least, self.most))
        kept = least.kept | most.kept
        differ = kept & least.observed & (least.values != most.values)
        differ[least.circles] = differ[most.circles] = True
        at = np.flatnonzero(differ)
        nothing = self.clause.furthest
        grades = between(_graded(least, at, nothing), _graded(most, at, nothing))
        observed = least.observed | most.observed
        return AtPlaces(least.values, kept, observed, least.why, at, grades)

    def over_areas(self, areas: Shapes) -> OverAreas:
        """What both say of areas; what was hit is what was at least."""
        least, most = (each.over_areas(areas) for each in (self.least, self.most))
        return OverAreas(
            least.observed_km2,
            least.hit_km2,
            least.apart_km2,
            least.cells,
            least.least,
            least.mean,
            most.most,
            between(least.grades, most.grades),
        )


def between(one: Graded, other: Graded) -> Graded:
    """Ground of which half has the values of one and half those of another."""
    curve = np.sort(np.concatenate([one.curve, other.curve], axis=1), axis=1)[:, ::2]
    return Graded(np.minimum(one.low, other.low), np.maximum(one.high, other.high), one.seen, curve)


def _graded(said: AtPlaces, at: Indices, nothing: float) -> Graded:
    """What is said of some places as of ground: of a point that all of it has one value."""
    value = np.where(np.isnan(said.values[at]), np.float32(nothing), said.values[at])
    curve: NDArray[np.float32] = np.repeat(value[:, None], STEPS, axis=1)
    low, high, seen = value.copy(), value.copy(), said.observed[at].astype(np.float32)
    within = np.isin(at, said.circles)
    of = np.searchsorted(said.circles, at[within])
    low[within], high[within] = said.grades.low[of], said.grades.high[of]
    seen[within], curve[within] = said.grades.seen[of], said.grades.curve[of]
    return Graded(low, high, seen, curve)
