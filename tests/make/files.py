"""Small hazard files of the kinds people upload."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import shapely
from affine import Affine
from shapely.geometry.base import BaseGeometry


def depth_file(
    path: Path,
    depths: Sequence[Sequence[float]],
    *,
    nodata: float | None = -9999.0,
    dtype: str = "float32",
    **given: Any,
) -> Path:
    """A GeoTIFF of cells of one degree, its north-west corner at 0 east and 2 north."""
    cells = np.array(depths, dtype=dtype)
    profile = {
        "driver": "GTiff",
        "dtype": dtype,
        "count": 1,
        "height": cells.shape[0],
        "width": cells.shape[1],
        "crs": "EPSG:4326",
        "transform": Affine(1, 0, 0, 0, -1, 2),
        "nodata": nodata,
        **given,
    }
    with rasterio.open(path, "w", **profile) as file:
        file.write(cells, 1)
    return path


def shapes_file(path: Path, *shapes: tuple[BaseGeometry, dict[str, Any]]) -> Path:
    """A GeoJSON of shapes in degrees, each with its columns."""
    features = [
        {
            "type": "Feature",
            "properties": columns,
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for shape, columns in shapes
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path
