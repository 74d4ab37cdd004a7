"""How much of circles and communes is under water, by shapely: each cell as a square."""

from functools import cache
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


Weighed = tuple[np.ndarray, np.ndarray]  # of each cell that is met: its depth, its part of a shape


def graded(country: Path, file: str, least: float, points: gpd.GeoDataFrame) -> pd.DataFrame:
    """The answer of each household at a threshold, and the part of its ground that is in."""
    of_area = {code: _told(met, least) for code, met in _communes(country, file).items()}
    found = []
    with rasterio.open(country / file) as release:
        flat = points.to_crs(release.crs)
        for household, point in zip(flat.itertuples(), flat.geometry, strict=True):
            if not np.isnan(household.longitude):
                circle = (point.x, point.y, np.nan_to_num(household.accuracy_m))
                found.append(_told(_in_circle(country / file, *circle), least))
            else:
                found.append(of_area.get(household.area_pcode, ("unlocated", np.nan)))
    return pd.DataFrame(found, index=points.index, columns=["answer", "share"])


@cache
def _communes(country: Path, file: str) -> dict[str, Weighed]:
    communes = gpd.read_file(country / "areas.gpkg", layer="ksm_admbnda_adm3")
    with rasterio.open(country / file) as release:
        shapes = communes.set_index("ADM3_PCODE").to_crs(release.crs).geometry
        return {code: _weighed(release, shape) for code, shape in shapes.items()}


@cache
def _in_circle(path: Path, x: float, y: float, metres: float) -> Weighed:
    with rasterio.open(path) as release:
        return _weighed(release, shapely.Point(x, y).buffer(metres, quad_segs=CORNERS))


def _weighed(release: rasterio.DatasetReader, shape: BaseGeometry) -> Weighed:
    west, south, east, north = shape.bounds
    (top, left), (bottom, right) = release.index(west, north), release.index(east, south)
    window = Window(left, top, right - left + 1, bottom - top + 1)
    depth = release.read(1, window=window)
    rows, columns = np.indices(depth.shape)
    size, origin = release.transform.a, release.window_transform(window)
    x, y = origin.c + columns.ravel() * size, origin.f - rows.ravel() * size
    cells = shapely.box(x, y - size, x + size, y)
    shapely.prepare(shape)
    area = np.where(shapely.contains_properly(shape, cells), size**2, 0.0)
    cut = (area == 0) & shapely.intersects(shape, cells)
    area[cut] = shapely.area(shapely.intersection(cells[cut], shape))
    return depth.ravel()[area > 0], area[area > 0] / shape.area


def _told(met: Weighed, least: float) -> tuple[str, float]:
    values, area = met
    unseen = area[values == -9999].sum() > SLIVER
    wet = area[values >= np.float32(least)].sum()
    dry = area[(values < np.float32(least)) & (values != -9999)].sum()
    if wet > 0:
        return ("probable" if unseen or dry > 0 else "in"), float(wet)
    return ("not_observed" if unseen else "out"), 0.0
