"""What a hazard says of places and of areas: a raster and an extent asked alike.

Pure: arrays in, arrays out. Places are longitudes and latitudes (EPSG:4326), areas valid polygons
in the same.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from geo.clauses import Clause
from geo.crs import WGS84, Flags, Floats, carried
from geo.ellipsoid import Shapes
from geo.raster.grid import Grid
from geo.raster.onto import onto_grid
from geo.raster.sample import sample
from geo.raster.zonal import zonal
from geo.vector.locate import NOWHERE, Locator
from geo.vector.shares import covered_km2


@dataclass(frozen=True)
class AtPlaces:
    """What is said of N places: 32-bit values, which are on the keep side, which were observed."""

    values: NDArray[np.float32]
    kept: Flags
    observed: Flags


@dataclass(frozen=True)
class OverAreas:
    """What is said of N areas; km2 are geodesic, the last four NaN where there are no cells."""

    observed_km2: Floats
    hit_km2: Floats
    cells: Floats
    least: Floats
    mean: Floats
    most: Floats


class Hazard(Protocol):
    """Something that can be asked about places and about areas."""

    def at_places(self, lon: Floats, lat: Floats) -> AtPlaces:
        """What it says of N places."""
        ...

    def over_areas(self, areas: Shapes) -> OverAreas:
        """What it says of N areas."""
        ...


@dataclass(frozen=True)
class RasterHazard:
    """A grid of values, and the side of them that is kept."""

    grid: Grid
    clause: Clause

    def at_places(self, lon: Floats, lat: Floats) -> AtPlaces:
        """The value of the cell each place lies in."""
        x, y = carried(lon, lat, WGS84, self.grid.crs)
        read = sample(self.grid, x, y)
        kept = read.observed & self.clause.met(read.values)
        return AtPlaces(read.values.astype(np.float32), kept, read.observed)

    def over_areas(self, areas: Shapes) -> OverAreas:
        """Cells by the shares in which the areas cover them."""
        zones = zonal(self.grid, onto_grid(areas, WGS84, self.grid), self.clause)
        return OverAreas(
            zones.observed_km2, zones.hit_km2, zones.cells, zones.low, zones.mean, zones.high
        )


class ExtentHazard:
    """Polygons of what was hit, each with a value, and of what could be seen.

    Where polygons overlap the largest value holds, or the smallest if `lowest_first`; an area
    counts them once. What was hit was seen: what lies outside a stated observed extent is cut away
    when a release takes its normal form.
    """

    def __init__(
        self, parts: Shapes, values: Floats, seen: Shapes, *, lowest_first: bool = False
    ) -> None:
        order = np.argsort(values if lowest_first else -values, kind="stable")
        self.parts, self.values, self.seen = parts[order], values[order], seen

    def at_places(self, lon: Floats, lat: Floats) -> AtPlaces:
        """The value of the polygon that covers each place; its border is inside."""
        part = Locator(self.parts, len(lon)).covering(lon, lat)
        kept = part != NOWHERE
        observed = kept | (Locator(self.seen, len(lon)).covering(lon, lat) != NOWHERE)
        values = np.full(len(lon), np.nan, dtype=np.float32)
        values[kept] = self.values[part[kept]]
        return AtPlaces(values, kept, observed)

    def over_areas(self, areas: Shapes) -> OverAreas:
        """How much of each area the polygons cover."""
        hit = covered_km2(areas, self.parts)
        observed = covered_km2(areas, np.concatenate([self.seen, self.parts]))
        nothing = np.full(len(areas), np.nan)
        return OverAreas(observed, hit, nothing, nothing, nothing, nothing)
