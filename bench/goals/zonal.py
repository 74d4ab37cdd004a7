"""Areas against a large raster: what each commune holds, beside exactextract on the same file.

We tell eight figures an area, true square kilometres among them; exactextract tells four, within
its own loop. SPEED names no goal for it: at most 1.7 times is what two cores held at 400 M cells.
"""

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from exactextract import exact_extract
from geopandas import GeoDataFrame
from numpy.typing import NDArray
from sqlalchemy import func, select

from bench.lines import Judge, Line, Side, Target, side_by_side
from bench.world import World
from core.db import transaction
from core.storage import path_of
from geo.clauses import Clause
from geo.crs import WGS84
from geo.models.areas import Area
from geo.models.releases import Release
from geo.queries.areas import in_force
from geo.raster.grid import Grid
from geo.raster.onto import onto_grid
from geo.raster.open import opened
from geo.raster.zonal import Zones, zonal

RUNS = 3
FIGURES = ("cells", "total", "low", "high")
ALIKE = 1e-6  # relative: both add the same shares of cells, each in its own order


@dataclass(frozen=True, eq=False)
class Held:
    """The cells each area covers that have a value and their sum, by shares; the ends of it."""

    cells: NDArray[np.float64]
    total: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    def __eq__(self, other: object) -> bool:
        """Whether both tell of the same ground, but for how sums are rounded."""
        if not isinstance(other, Held):
            return NotImplemented
        pairs = ((getattr(self, name), getattr(other, name)) for name in FIGURES)
        return all(np.allclose(one, two, rtol=ALIKE, atol=ALIKE) for one, two in pairs)

    __hash__ = None  # type: ignore[assignment]


def line(world: World, judge: Judge) -> Line:
    """All communes against the depths, from shapes in the raster's system to sums."""
    with transaction() as session:
        release = session.get_one(Release, world.depth_id)
        path, floor = path_of(str(release.grid_sha256)), release.floor
        leaves = select(func.ST_AsBinary(Area.shape)).where(in_force(), Area.is_leaf)
        wkb = session.scalars(leaves.order_by(Area.id)).all()
    shapes = np.array(shapely.from_wkb([bytes(each) for each in wkb]), dtype=object)
    with opened(path) as grid:
        areas = onto_grid(shapes, WGS84, grid)
        ours = Side(lambda: zonal(grid, areas, Clause(at_least=floor)), _of_ours)
        peer = Side(lambda: _extracted(path, grid, areas), lambda told: told)
        pair = side_by_side(ours, peer, RUNS)
    is_peer = f"exactextract {version('exactextract')}"
    return judge.compared("zonal: areas x large raster", pair, Target(at_most=1.7), is_peer)


def _of_ours(zones: Zones) -> Held:
    told = (zones.observed_cells, zones.sum, zones.low, zones.high)
    return Held(*(np.nan_to_num(figures) for figures in told))


def _extracted(path: Path, grid: Grid, areas: NDArray[Any]) -> Held:
    """The same by exactextract itself, which reads the file on its own."""
    frame = GeoDataFrame(geometry=list(areas), crs=grid.crs)
    told = exact_extract(str(path), frame, ["count", "sum", "min", "max"], output="pandas")
    return Held(*(np.nan_to_num(told[name].to_numpy(float)) for name in told.columns[-4:]))
