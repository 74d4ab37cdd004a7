"""What Vamco's flood says of the made households, as geopandas and Shapely find it in UTM zone 51N.

A household is known within its accuracy of its point, a polygon of 64 corners: in where all of it
is flooded, probable where some of it is, not observed where none is and some lies outside the
region.
"""

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .households import BOUNDARIES

EXTENT = "hazard/phl_vamco2020_flood_unosat.geojson"
UTM = 32651
CORNERS = 16  # in a quarter of a circle


@dataclass(frozen=True)
class Known:
    """Which rows of the households' file have which answer, and what is expected of them all."""

    rows: pd.DataFrame
    inside: NDArray[np.bool_]
    probable: NDArray[np.bool_]
    unseen: NDArray[np.bool_]
    expected: float

    @property
    def out(self) -> int:
        """How many are out."""
        return int((~(self.inside | self.probable | self.unseen)).sum())


def known_answers(data: Path, households: Path) -> Known:
    """Ask Shapely about every household of a file."""
    rows = pd.read_csv(households)
    flood = _flat(gpd.read_file(data / EXTENT))
    region = _flat(gpd.read_file(data / BOUNDARIES, layer="phl_admbnda_adm1"))
    points = gpd.GeoSeries(gpd.points_from_xy(rows.longitude, rows.latitude), crs=4326).to_crs(UTM)
    circles = shapely.buffer(points.to_numpy(), rows.accuracy_m.to_numpy(), quad_segs=CORNERS)
    inside, touched = shapely.covers(flood, circles), shapely.intersects(flood, circles)
    seen = shapely.covers(region, circles)
    probable = touched & ~(inside & seen)
    parts = shapely.area(shapely.intersection(circles[probable], flood))
    expected = float((parts / shapely.area(circles[probable])).sum())
    return Known(rows, inside & seen, probable, ~touched & ~seen, expected)


def _flat(shapes: gpd.GeoDataFrame) -> shapely.Geometry:
    shape: shapely.Geometry = shapely.make_valid(shapes.to_crs(UTM).geometry.iloc[0])
    shapely.prepare(shape)
    return shape
