"""What a hazard says of places and of areas: a raster and an extent asked alike.

Pure: arrays in, arrays out. Places are longitudes and latitudes (EPSG:4326), areas valid polygons
in the same.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.apart import (
    Why,
    apart_of_cells,
    apart_of_shapes,
    why_of_cells,
    why_of_circles,
    why_of_shapes,
)
from geo.clauses import Clause
from geo.crs import WGS84, Flags, Floats, carried
from geo.ellipsoid import Shapes, polygons_km2
from geo.grades import NAMES as GRADES
from geo.grades import Graded, Ground, Worths, graded, together
from geo.raster.circles import mixed, weighed
from geo.raster.grid import Grid, Indices
from geo.raster.onto import onto_grid
from geo.raster.sample import Readings, cells_at, sample
from geo.raster.store import Store
from geo.raster.zonal import Classes, zonal
from geo.vector.circles import NOTHING, discs, divided, taken
from geo.vector.cover import CELL
from geo.vector.lattice import Lattice
from geo.vector.locate import BORDER, NOWHERE, Locator, laid_on
from geo.vector.screen import MIXED, MOST, Box, Frame, Kinds, Screen, frame, screened
from geo.vector.shares import covered_km2, outside, pieces_km2

HALF = 180.0
ALL_OF_IT = 1 - 1e-3  # of an area: what the rounding of sizes may leave over at the edge of a grid


@dataclass(frozen=True)
class AtPlaces:
    """What is said of N places: 32-bit values of their points (NaN where there is none), which are
    or may be on the keep side, which were observed. `why` (`geo.raster.reasons`) tells of those
    that were not, and of those in permanent water.

    Of the places at `circles` it is said for the circle they are known within: `grades` has what
    those hold. A circle is kept if any of it is on the keep side, and only if none is, is it not
    observed because some of it was not.
    """

    values: NDArray[np.float32]
    kept: Flags
    observed: Flags
    why: Why
    circles: Indices
    grades: Graded


@dataclass(frozen=True)
class OverAreas:
    """What is said of N areas; km2 are geodesic, cells and values NaN where there are no cells.

    `apart_km2` (N, `OF_AREAS`) is ground by the reason why it was not observed, and of what was
    observed that where water always is and nothing was hit. `grades` has the spread of the values
    over their observed ground, as of circles.
    """

    observed_km2: Floats
    hit_km2: Floats
    apart_km2: Floats
    cells: Floats
    least: Floats
    mean: Floats
    most: Floats
    grades: Graded


class Hazard(Protocol):
    """Something that can be asked about places and about areas.

    `screen` says which places have to be asked (None: all of them).
    """

    @property
    def screen(self) -> Screen | None: ...

    def at_places(self, lon: Floats, lat: Floats, accuracy_m: Floats | None = None) -> AtPlaces:
        """What it says of N places, each known within some metres; without, or at 0, a point."""
        ...

    def over_areas(self, areas: Shapes) -> OverAreas:
        """What it says of N areas."""
        ...


@dataclass(frozen=True)
class RasterHazard:
    """A grid of values, and the side of them that is kept; `store` holds the same, laid out.

    `reasons` is the grid beside it that says why a cell has no value. Of areas the spread of values
    is told by the bins between rising `edges`.
    """

    grid: Grid
    clause: Clause
    store: Store | None = None
    screen: Screen | None = None
    edges: tuple[float, ...] = ()
    reasons: Grid | None = None

    def at_places(self, lon: Floats, lat: Floats, accuracy_m: Floats | None = None) -> AtPlaces:
        """The value of the cell each place lies in; of circles the cells they lie in."""
        x, y = carried(lon, lat, WGS84, self.grid.crs)
        read = self.store.sample(x, y) if self.store else sample(self.grid, x, y)
        values = np.where(read.observed, read.values, np.nan).astype(np.float32)
        kept = self.clause.met(values)
        why = why_of_cells(self.grid, self.reasons, x, y, kept, read.observed)
        points = _points(values, kept, read.observed, why)
        if accuracy_m is None:
            return points
        round_about = np.flatnonzero(accuracy_m > 0)
        those = lon[round_about], lat[round_about], accuracy_m[round_about]
        circles = round_about[mixed(self.grid, self._cells, *those)]
        if not len(circles):
            return points
        held = weighed(self.grid, self._cells, lon[circles], lat[circles], accuracy_m[circles])
        return _with_circles(points, circles, held, self.clause)

    def _cells(self, rows: Indices, columns: Indices) -> Readings:
        """What cells hold."""
        if self.store:
            return self.store.at(rows, columns)
        numbers, visible = cells_at(self.grid, rows, columns)
        return Readings(self.grid.measured(numbers), visible & self.grid.observed(numbers))

    def over_areas(self, areas: Shapes) -> OverAreas:
        """Cells by the shares in which the areas cover them."""
        worths = Worths(self.clause, np.array(self.edges, dtype=np.float32))
        classes = Classes(worths.count, worths.of)
        shapes = onto_grid(areas, WGS84, self.grid)
        zones = zonal(self.grid, shapes, self.clause, classes)
        whole = polygons_km2(areas)
        whole = np.where(zones.km2 > whole * ALL_OF_IT, zones.km2, whole)
        place, kind = np.nonzero(zones.spread)
        ground = Ground(place, worths.each[kind], zones.spread[place, kind])
        spread = graded(ground, np.divide(zones.observed_km2, whole))
        ends = zones.low.astype(np.float32), zones.high.astype(np.float32)
        return OverAreas(
            zones.observed_km2,
            zones.hit_km2,
            apart_of_cells(zones, whole, shapes, self.reasons),
            zones.cells,
            zones.low,
            zones.mean,
            zones.high,
            Graded(*ends, spread.seen, spread.curve),
        )


@dataclass(frozen=True)
class ExtentHazard:
    """Polygons, each with a value, some of them on the side that is kept, and what could be seen.

    Where polygons overlap the first holds; an area counts them once. What a polygon tells of was
    seen. `water` is where water always is.
    """

    parts: Locator
    values: Floats
    seen: Locator
    clause: Clause
    screen: Screen | None = None
    water: Locator | None = None

    def at_places(self, lon: Floats, lat: Floats, accuracy_m: Floats | None = None) -> AtPlaces:
        """The value of the polygon that covers each place, its border is inside; of circles those
        of all polygons they meet."""
        part = self.parts.covering(lon, lat)
        inside = part != NOWHERE
        observed = inside | (self.seen.covering(lon, lat) != NOWHERE)
        values = np.full(len(lon), np.nan, dtype=np.float32)
        values[inside] = self.values[part[inside]]
        kept = self.clause.met(values)
        why = why_of_shapes(self.water, lon, lat, kept, observed)
        points = _points(values, kept, observed, why)
        if accuracy_m is None:
            return points
        round_about = np.flatnonzero(accuracy_m > 0)
        those = lon[round_about], lat[round_about], accuracy_m[round_about]
        circles = round_about[divided(self.parts, *those) | divided(self.seen, *those)]
        if not len(circles):
            return points
        held = self._weighed(discs(lon[circles], lat[circles], accuracy_m[circles]))
        return _with_circles(points, circles, held, self.clause)

    def over_areas(self, areas: Shapes) -> OverAreas:
        """How much of each area the polygons cover."""
        every, kept = self.parts.every_shape, self.clause.met(self.values)
        area, part, km2 = pieces_km2(areas, every)
        told = np.bincount(area, weights=km2, minlength=len(areas))
        hit = np.bincount(area, weights=np.where(kept[part], km2, 0.0), minlength=len(areas))
        beyond = outside(every, self.seen.every_shape)
        observed = covered_km2(areas, self.seen.every_shape) + covered_km2(areas, beyond)
        whole = polygons_km2(areas)
        dry = np.flatnonzero(observed - told > NOTHING * whole)
        ground = Ground(
            np.concatenate([area, dry]),
            np.concatenate([self.values[part], np.full(len(dry), self.clause.furthest)]).astype(
                np.float32
            ),
            np.concatenate([km2, (observed - told)[dry]]),
        )
        nothing = np.full(len(areas), np.nan)
        share = np.divide(observed, whole, out=np.zeros_like(whole), where=whole > 0)
        return OverAreas(
            observed,
            hit.astype(np.float64),
            apart_of_shapes(areas, whole - observed, self.water, every[np.flatnonzero(kept)]),
            *(nothing, nothing, nothing, nothing),
            graded(ground, share),
        )

    def _weighed(self, circles: Shapes) -> Graded:
        """What circles hold of the polygons, of what was seen beside them, and of neither."""
        hit = taken(circles, self.parts.every_shape)
        dry = taken(hit.rest, self.seen.every_shape)
        land = np.full(len(dry.circle), self.clause.furthest)
        values = np.concatenate([self.values[hit.shape], land]).astype(np.float32)
        ground = Ground(
            np.concatenate([hit.circle, dry.circle]), values, np.concatenate([hit.km2, dry.km2])
        )
        observed = np.bincount(ground.place, weights=ground.km2, minlength=len(circles))
        return graded(ground, observed / polygons_km2(circles))


def _points(values: NDArray[np.float32], kept: Flags, observed: Flags, why: Why) -> AtPlaces:
    """What is said of places that are points."""
    return AtPlaces(values, kept, observed, why, np.empty(0, dtype=np.int64), together([]))


def _with_circles(points: AtPlaces, circles: Indices, held: Graded, clause: Clause) -> AtPlaces:
    """What is said of places of which some are circles that may hold more than their middle."""
    some = clause.met(held.low) | clause.met(held.high)
    kept, observed, why = points.kept.copy(), points.observed.copy(), points.why.copy()
    kept[circles], observed[circles] = some, some | (held.seen == 1)
    why[circles] = why_of_circles(points.why[circles], held.seen == 1)
    graded = some & ((held.low != held.high) | (held.seen < 1))
    grades = Graded(*(getattr(held, name)[graded] for name in GRADES))
    return AtPlaces(points.values, kept, observed, why, circles[graded], grades)


def extent_hazard(
    parts: Shapes,
    values: Floats,
    seen: Shapes,
    box: Box,
    clause: Clause,
    water: Shapes | None = None,
) -> ExtentHazard:
    """An extent made ready: valid polygons with their values, all of them in a box.

    Where they overlap the value holds that is furthest on the side that is kept.
    """
    order = np.argsort(-values if clause.at_most is None else values, kind="stable")
    of = frame(box)
    lattice = _lattice(of, int(shapely.get_num_coordinates(parts).sum()))
    hit, observed = laid_on(parts[order], lattice), laid_on(seen, lattice)
    always = None if water is None or not len(water) else laid_on(water, lattice)
    if of.too_large:
        return ExtentHazard(hit, values[order], observed, clause, None, always)
    loud, kinds = _said_by_cells(hit, values[order], observed, always, of)
    screen = screened(loud, of, np.where(of.within(box), kinds, MIXED))
    return ExtentHazard(hit, values[order], observed, clause, screen, always)


def _lattice(of: Frame, edges: int) -> Lattice:
    """Cells of the grid cut so finely that about one edge in four has a cell for itself."""
    cells = max(of.height, of.width)
    wanted = max(1, round(2 * math.isqrt(edges) / cells))
    each = MOST / cells if of.too_large else min(wanted, MOST // cells)
    size = CELL / each
    west, south = of.column * CELL - HALF, of.row * CELL - HALF / 2
    return Lattice(west, south, size, size, math.ceil(cells * each))


def _said_by_cells(
    hit: Locator, values: Floats, seen: Locator, water: Locator | None, of: Frame
) -> tuple[Flags, Kinds]:
    """Which cells of a frame are not silent, and what kind of answer holds in each as a whole.

    Where neither a border nor water is, a cell of the lattice that shapes were laid on lies in one
    shape or in none, so that of all places in it the same is said.
    """
    worth = np.append(np.unique(values, return_inverse=True)[1], NOWHERE).astype(np.int32)
    loud = (hit.first != NOWHERE) | (seen.first < 0)
    kinds = np.where(hit.first > BORDER, worth[hit.first.clip(NOWHERE)], np.int32(MIXED))
    kinds[(hit.first == NOWHERE) & (seen.first != NOWHERE)] = MIXED
    if water is not None:
        loud |= water.first != NOWHERE
        kinds[water.first != NOWHERE] = MIXED
    least, most = (_by_cells(of, kinds, extreme) for extreme in (np.min, np.max))
    return _by_cells(of, loud, np.any), np.where(least == most, least, MIXED)


def _by_cells(of: Frame, each: NDArray[Any], together: Callable[..., Any]) -> NDArray[Any]:
    """What holds of the cells of a frame, by those of the lattice that each was cut into."""
    cells = max(of.height, of.width)
    side = math.isqrt(len(each))
    apart = each.reshape(cells, side // cells, cells, side // cells)
    return np.asarray(together(apart, axis=(1, 3))[: of.height, : of.width])
