"""The administrative areas as a cartographer hands them over: four levels that tile exactly."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.features import shapes

from .borders import Labels
from .frame import Floats, Frame
from .hierarchy import Hierarchy
from .noise import noise_at
from .plan import COUNTRY, PROVINCES
from .script import in_kesari

COUNTRY_CODE = "KS"
VALID_ON = "2025-01-01"
JITTER = 503  # offset of the seed
CODE_LENGTH = (2, 4, 6, 8)
SMOOTHING, FINEST = 1.9, 0.8  # cells

Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class Areas:
    """Commune polygons in degrees, a row a commune, and whom they belong to."""

    shapes: Shapes
    ranks: Hierarchy

    @cached_property
    def names(self) -> dict[str, str]:
        """Names by P-code, all levels."""
        return {
            COUNTRY_CODE: COUNTRY,
            **PROVINCES,
            **dict(zip(self.ranks.district_codes, self.ranks.district_names, strict=True)),
            **dict(zip(self.ranks.commune_codes, self.ranks.commune_names, strict=True)),
        }

    def codes(self, level: int) -> list[str]:
        """P-codes of a level (0 country to 3 commune), in order."""
        return sorted({code[: CODE_LENGTH[level]] for code in self.ranks.commune_codes})

    @cached_property
    def country(self) -> shapely.MultiPolygon:
        """The whole country."""
        return _multi(shapely.coverage_union_all(self.shapes))

    def layer(self, level: int) -> gpd.GeoDataFrame:
        """A level as a COD-AB layer."""
        cut = np.array([code[: CODE_LENGTH[level]] for code in self.ranks.commune_codes])
        codes = self.codes(level)
        merged = [_multi(shapely.coverage_union_all(self.shapes[cut == code])) for code in codes]
        columns: dict[str, Any] = {}
        for upper in range(level, -1, -1):
            own = [code[: CODE_LENGTH[upper]] for code in codes]
            columns[f"ADM{upper}_EN"] = [self.names[code] for code in own]
            columns[f"ADM{upper}_LO"] = [in_kesari(self.names[code]) for code in own]
            columns[f"ADM{upper}_PCODE"] = own
        columns["validOn"] = [VALID_ON] * len(codes)
        return gpd.GeoDataFrame(columns, geometry=merged, crs=4326)


def drawn(label: Labels, frame: Frame, seed: int) -> Shapes:
    """Polygons in degrees for labels 0..n-1; neighbours share every vertex of their border."""
    cells = label.shape[0]
    smooth = shapely.coverage_simplify(_outlines(label), SMOOTHING)
    fine = shapely.segmentize(smooth, FINEST)
    return shapely.transform(fine, lambda points: frame.degrees(_shaken(points, cells, seed)))


def _outlines(label: Labels) -> Shapes:
    """One multipolygon a label along the edges of its cells, every corner kept; column and row."""
    parts: dict[int, list[Any]] = {}
    for ring, value in shapes(label, mask=label >= 0, connectivity=4):
        parts.setdefault(int(value), []).append(shapely.geometry.shape(ring))
    outlines = [shapely.MultiPolygon(parts[key]) for key in sorted(parts)]
    return np.array(shapely.segmentize(outlines, 1.0))


def _shaken(points: Floats, cells: int, seed: int) -> Floats:
    """Columns and rows as unit coordinates, moved by less than a cell, near ones alike.

    Near points move alike, so that no two borders can cross; points are rounded first, because the
    two neighbours of a border reach the points between its vertices from opposite ends.
    """
    level = np.round(points, 6)
    moved = np.column_stack([level[:, 0], cells - level[:, 1]])
    still = moved.copy()
    for wave, far in ((6.0, 0.5), (2.2, 0.14)):
        for axis in (0, 1):
            moved[:, axis] += far * noise_at(still, wave, seed + JITTER + axis + int(10 * wave))
    return moved / cells


def _multi(shape: shapely.Geometry) -> shapely.MultiPolygon:
    parts: Any = shapely.get_parts(shape)
    return shapely.MultiPolygon(parts)
