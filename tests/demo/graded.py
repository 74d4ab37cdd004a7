"""How much of circles and communes is under water, by shapely: each cell as a square."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely
from rasterio.windows import Window
from shapely.geometry.base import BaseGeometry

CORNERS = 64  # of a quarter of a circle
SLIVER = 1e-6


def graded(country: Path, file: str, least: float, points: gpd.GeoDataFrame) -> pd.DataFrame:
    """The answer of each household at a threshold, and the part of its ground that is in."""
    communes = gpd.read_file(country / "areas.gpkg", layer="ksm_admbnda_adm3")
    with rasterio.open(country / file) as release:
        flat = points.to_crs(release.crs)
        shapes = communes.set_index("ADM3_PCODE").to_crs(release.crs).geometry
        circles = flat.buffer(flat.accuracy_m.fillna(0), quad_segs=CORNERS)
        of_area = {code: _weighed(release, shape, least) for code, shape in shapes.items()}
        found = []
        for household, circle in zip(flat.itertuples(), circles, strict=True):
            if not np.isnan(household.longitude):
                found.append(_weighed(release, circle, least))
            else:
                found.append(of_area.get(household.area_pcode, ("unlocated", np.nan)))
    return pd.DataFrame(found, index=points.index, columns=["answer", "share"])


def _weighed(
    release: rasterio.DatasetReader, shape: BaseGeometry, least: float
) -> tuple[str, float]:
    west, south, east, north = shape.bounds
    (top, left), (bottom, right) = release.index(west, north), release.index(east, south)
    window = Window(left, top, right - left + 1, bottom - top + 1)
    depth = release.read(1, window=window)
    rows, columns = np.indices(depth.shape)
    size, origin = release.transform.a, release.window_transform(window)
    x, y = origin.c + columns.ravel() * size, origin.f - rows.ravel() * size
    cells = shapely.box(x, y - size, x + size, y)
    area = shapely.area(shapely.intersection(cells, shape)) / shape.area
    met = area > 0
    values, area = depth.ravel()[met], area[met]
    unseen = area[values == -9999].sum() > SLIVER
    wet = area[values >= np.float32(least)].sum()
    dry = area[(values < np.float32(least)) & (values != -9999)].sum()
    if wet > 0:
        return ("probable" if unseen or dry > 0 else "in"), float(wet)
    return ("not_observed" if unseen else "out"), 0.0
