"""Where somebody may stand so that no two honest programs can disagree about the place.

On land, out of the rivers' beds, and clear of every line an answer could turn on: borders of
areas, edges of raster cells and the edge of the drawn polygon. Rounding and reprojection then never
matter.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, STRtree

from .frame import Floats, Frame
from .relief import Mask

CLEAR_OF_CELLS = 0.6  # metres
CLEAR_OF_LINES = 2e-5  # degrees, about two metres
NO_AREA = -1

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Stands:
    """Points and what holds them: UTM metres, degrees as written to files, commune row."""

    utm: Floats
    degrees: Floats
    area: Indices


class Standing:
    """Answers where one may stand."""

    def __init__(
        self,
        frame: Frame,
        communes: NDArray[np.object_],
        channels: NDArray[np.object_],
        drawn: shapely.Polygon,
    ) -> None:
        """Communes and the drawn polygon in degrees, river channels in UTM metres."""
        self.frame = frame
        self._communes = communes
        self._channels = STRtree(channels)
        self._lines = STRtree(_pieces([*communes, drawn]))

    def near(self, sites: Floats, spread: Floats, rng: np.random.Generator) -> Stands:
        """One place for each site (n, 2; unit), about `spread` metres from it."""
        found = Stands(
            np.zeros((len(sites), 2)), np.zeros((len(sites), 2)), np.full(len(sites), -1)
        )
        missing = np.arange(len(sites))
        widened = np.asarray(spread, dtype=float)
        while len(missing):
            away = rng.standard_normal((len(missing), 2)) * widened[missing, None]
            tried = self.checked(self.frame.utm(sites[missing]) + away)
            good = tried.area != NO_AREA
            for kept, value in zip(_parts(found), _parts(tried), strict=True):
                kept[missing[good]] = value[good]
            missing = missing[~good]
            widened = widened * 1.15 + 1
        return found

    def checked(self, utm: Floats) -> Stands:
        """The points with their commune, or NO_AREA for those nobody may stand at."""
        degrees = self.frame.lonlat(utm)
        area = np.full(len(utm), NO_AREA)
        free = np.flatnonzero(self._clear_of_cells(utm))
        free = free[~self._hits(self._channels, utm[free], 0.0)]
        free = free[~self._hits(self._lines, degrees[free], CLEAR_OF_LINES)]
        if len(free):
            area[free] = self._area_of(degrees[free])
        return Stands(utm, degrees, area)

    def _clear_of_cells(self, utm: Floats) -> Mask:
        cell = self.frame.cell_m
        within = np.mod(utm - [self.frame.west, self.frame.north], cell)
        clear: Mask = (np.minimum(within, cell - within) > CLEAR_OF_CELLS).all(axis=1)
        return clear

    def _hits(self, tree: STRtree, points: Floats, apart: float) -> Mask:
        hit = np.zeros(len(points), dtype=bool)
        shapes = shapely.points(points)
        if apart:
            hit[tree.query(shapes, predicate="dwithin", distance=apart)[0]] = True
        else:
            hit[tree.query(shapes, predicate="intersects")[0]] = True
        return hit

    def _area_of(self, degrees: Floats) -> Indices:
        area = np.full(len(degrees), NO_AREA)
        points = np.asarray(shapely.points(degrees))
        commune, point = STRtree(points).query(self._communes, "contains")
        area[point] = commune
        return area


def _parts(stands: Stands) -> tuple[Floats, Floats, Indices]:
    return stands.utm, stands.degrees, stands.area


def _pieces(shapes: list[shapely.Geometry], long: int = 12) -> list[LineString]:
    """Borders cut into short lines, for a quick search."""
    pieces = []
    for ring in shapely.get_rings(shapes):
        line = shapely.get_coordinates(ring)
        pieces += [line[i : i + long + 1] for i in range(0, len(line) - 1, long)]
    return [LineString(piece) for piece in pieces]
