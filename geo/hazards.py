"""What a hazard says of places and of areas: a raster and an extent asked alike.

Pure: arrays in, arrays out. Places are longitudes and latitudes (EPSG:4326), areas valid polygons
in the same.
"""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.clauses import Clause
from geo.crs import WGS84, Flags, Floats, carried
from geo.ellipsoid import Shapes
from geo.raster.grid import Grid
from geo.raster.onto import onto_grid
from geo.raster.sample import sample
from geo.raster.store import Store
from geo.raster.zonal import zonal
from geo.vector.cover import CELL
from geo.vector.lattice import Lattice
from geo.vector.locate import NOWHERE, Locator, laid_on
from geo.vector.screen import MOST, Box, Frame, Ranges, frame, ranges
from geo.vector.shares import covered_km2, outside

HALF = 180.0


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
    """Something that can be asked about places and about areas.

    Only places in the grid cells `asked` have to be asked (None: all of them); whatever lies in
    others is observed and not kept.
    """

    @property
    def asked(self) -> Ranges | None: ...

    def at_places(self, lon: Floats, lat: Floats) -> AtPlaces:
        """What it says of N places."""
        ...

    def over_areas(self, areas: Shapes) -> OverAreas:
        """What it says of N areas."""
        ...


@dataclass(frozen=True)
class RasterHazard:
    """A grid of values, and the side of them that is kept; `store` holds the same, laid out."""

    grid: Grid
    clause: Clause
    store: Store | None = None
    asked: Ranges | None = None

    def at_places(self, lon: Floats, lat: Floats) -> AtPlaces:
        """The value of the cell each place lies in."""
        x, y = carried(lon, lat, WGS84, self.grid.crs)
        read = self.store.sample(x, y) if self.store else sample(self.grid, x, y)
        kept = read.observed & self.clause.met(read.values)
        return AtPlaces(read.values.astype(np.float32), kept, read.observed)

    def over_areas(self, areas: Shapes) -> OverAreas:
        """Cells by the shares in which the areas cover them."""
        zones = zonal(self.grid, onto_grid(areas, WGS84, self.grid), self.clause)
        return OverAreas(
            zones.observed_km2, zones.hit_km2, zones.cells, zones.low, zones.mean, zones.high
        )


@dataclass(frozen=True)
class ExtentHazard:
    """Polygons of what was hit, each with a value, and of what could be seen.

    Where polygons overlap the first holds; an area counts them once. What was hit was seen.
    """

    parts: Locator
    values: Floats
    seen: Locator
    asked: Ranges | None = None

    def at_places(self, lon: Floats, lat: Floats) -> AtPlaces:
        """The value of the polygon that covers each place; its border is inside."""
        part = self.parts.covering(lon, lat)
        kept = part != NOWHERE
        observed = kept | (self.seen.covering(lon, lat) != NOWHERE)
        values = np.full(len(lon), np.nan, dtype=np.float32)
        values[kept] = self.values[part[kept]]
        return AtPlaces(values, kept, observed)

    def over_areas(self, areas: Shapes) -> OverAreas:
        """How much of each area the polygons cover."""
        hit = covered_km2(areas, self.parts.every_shape)
        beyond = outside(self.parts.every_shape, self.seen.every_shape)
        observed = covered_km2(areas, self.seen.every_shape) + covered_km2(areas, beyond)
        nothing = np.full(len(areas), np.nan)
        return OverAreas(observed, hit, nothing, nothing, nothing, nothing)


def extent_hazard(
    parts: Shapes, values: Floats, seen: Shapes, box: Box, *, lowest_first: bool = False
) -> ExtentHazard:
    """An extent made ready: valid polygons with their values, all of them in a box.

    Where they overlap the largest value holds, or the smallest if `lowest_first`.
    """
    order = np.argsort(values if lowest_first else -values, kind="stable")
    of = frame(box)
    lattice = _lattice(of, int(shapely.get_num_coordinates(parts).sum()))
    hit, observed = laid_on(parts[order], lattice), laid_on(seen, lattice)
    return ExtentHazard(hit, values[order], observed, _asked(hit, observed, of))


def _lattice(of: Frame, edges: int) -> Lattice:
    """Cells of the grid cut so finely that about one edge in four has a cell for itself."""
    cells = max(of.height, of.width)
    wanted = max(1, round(2 * math.isqrt(edges) / cells))
    each = MOST / cells if of.too_large else min(wanted, MOST // cells)
    size = CELL / each
    west, south = of.column * CELL - HALF, of.row * CELL - HALF / 2
    return Lattice(west, south, size, size, math.ceil(cells * each))


def _asked(hit: Locator, observed: Locator, of: Frame) -> Ranges | None:
    """Where a place may be hit, or not observed."""
    if of.too_large:
        return None
    loud = (hit.first != NOWHERE) | (observed.first < 0)
    side, cells = hit.lattice.side, max(of.height, of.width)
    each = side // cells
    found = loud.reshape(cells, each, cells, each).any(axis=(1, 3))
    return ranges(found[: of.height, : of.width], of)
