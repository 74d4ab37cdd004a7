"""Small files under the names, with the fields and codes, of the products people send."""

import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine

GFM = "ENSEMBLE_FLOOD_20201113T215612_VV_A0105_EU020M_E051N021T3.tif"


def code_file(
    path: Path, codes: Sequence[Sequence[int]], *, nodata: int | None = None, west: float = 0
) -> Path:
    """A GeoTIFF of codes in 8 bits, cells of 20 m, its north-west corner at `west`, 40 m north."""
    cells = np.array(codes, dtype="uint8")
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        dtype="uint8",
        count=1,
        height=cells.shape[0],
        width=cells.shape[1],
        crs="EPSG:32651",
        transform=Affine(20, 0, 500_000 + west, 0, -20, 2_000_040),
        nodata=nodata,
    ) as file:
        file.write(cells, 1)
    return path


def zip_of(target: Path, *files: Path) -> Path:
    """Files side by side in a zip."""
    with zipfile.ZipFile(target, "w") as archive:
        for file in files:
            archive.write(file, file.name)
    return target
