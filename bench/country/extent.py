"""What the radar saw on the first day: flooded or not, cell by cell, written as polygons."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.features import shapes, sieve
from rasterio.transform import Affine

from .channels import Channels
from .flood import RADAR, Flood
from .frame import Frame
from .noise import noise
from .rasters import Cells, tiles
from .relief import Mask

WET_FROM = 0.2  # metres
SPECKLE, SPECKLE_CELLS, SPECKLED = 223, 4, 0.22  # offset of the seed; grain in cells; metres
LEAST_FLOOD_M2, LEAST_GAP_M2 = 21_000, 540_000  # smaller patches are not mapped

Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class RadarMap:
    """Two grids of the raster's cells: seen, and under water where seen."""

    frame: Frame
    seen: Mask
    wet: Mask

    @property
    def observed_on(self) -> date:
        """The day of the image."""
        return RADAR.observed_on

    def flooded(self) -> Shapes:
        """Polygons under water, in degrees, one a connected patch."""
        return _polygons(self.wet, self.frame)

    def observed(self) -> Shapes:
        """Polygons the radar could judge, in degrees."""
        return _polygons(self.seen, self.frame)

    def at(self, utm: NDArray[np.float64]) -> tuple[Mask, Mask]:
        """Seen and wet of the cells of points (n, 2; metres)."""
        cells = Cells(self.frame, utm)
        return self.seen[cells.row, cells.column], self.wet[cells.row, cells.column]


def radar_map(flood: Flood, channels: Channels) -> RadarMap:
    """The flood as the radar saw it on the first day."""
    frame = flood.frame
    grain = SPECKLE_CELLS / frame.cells
    seen = np.zeros((frame.cells, frame.cells), dtype=np.uint8)
    wet = np.zeros_like(seen)
    for window, block in tiles(frame.cells):
        rows, columns = window.toslices()
        level = flood.level(RADAR, block, channels.within(block.us, block.vs))
        seen[rows, columns] = ~flood.unseen(RADAR, block)
        if level.max() > 0:
            level += SPECKLED * noise(block.us, block.vs, grain, flood.seed + SPECKLE)
        wet[rows, columns] = level >= WET_FROM
    gap, patch = (round(size / frame.cell_m**2) for size in (LEAST_GAP_M2, LEAST_FLOOD_M2))
    seen = sieve(seen, gap, connectivity=4)
    wet = sieve(wet & seen, patch, connectivity=4) & seen
    return RadarMap(frame, seen.astype(bool), wet.astype(bool))


def _polygons(mask: Mask, frame: Frame) -> Shapes:
    """Patches of cells that share edges, as polygons with holes in degrees."""
    to_utm: Affine = frame.transform
    found = shapes(mask.astype(np.uint8), mask=mask, connectivity=4, transform=to_utm)
    patches = np.array([shapely.geometry.shape(patch) for patch, _ in found], dtype=object)
    return shapely.transform(patches, frame.lonlat)


def by_scene(patches: Shapes, frame: Frame, scenes: int) -> Shapes:
    """Patches gathered into one multipolygon a scene of the image; each alone where scenes is 0."""
    if not scenes:
        return np.array([shapely.MultiPolygon([patch]) for patch in patches])
    west, south, east, north = shapely.total_bounds(patches)
    middle = shapely.get_coordinates(shapely.point_on_surface(patches))
    column = np.minimum((middle[:, 0] - west) / (east - west) * scenes, scenes - 1).astype(int)
    row = np.minimum((north - middle[:, 1]) / (north - south) * scenes, scenes - 1).astype(int)
    scene = row * scenes + column
    return np.array([shapely.MultiPolygon(list(patches[scene == one])) for one in np.unique(scene)])
