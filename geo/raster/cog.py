"""The normal form of a raster: a Cloud Optimized GeoTIFF that holds the numbers of the original.

Nothing is resampled or rescaled: scale and offset are kept beside the stored numbers. All codes for
"not observed" and any mask become the one declared nodata.
"""

import shutil
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import Conflict, Invalid
from geo.archives import LEFT_FREE
from geo.raster.grid import EVERY, Cells, Grid
from geo.raster.histogram import Look, Summary
from geo.raster.open import dataset
from geo.raster.pieces import Piece, read
from geo.raster.windows import pieces, stored, unmasked
from geo.reports import Report, unheard

LEAST, MOST = "STATISTICS_MINIMUM", "STATISTICS_MAXIMUM"
BLOCK = 512  # cells along a side of a tile
EXACT = 1 << 53  # rasterio takes nodata as a float, which holds whole numbers up to here
PACKED = 2  # times as large as its file a grid may become
TWICE = 1 + 4 / 3  # a copy, and another with its overviews
MEASURED = ("f",)  # kinds of numbers that overviews average; whole numbers may be classes


class NoCodeFree(Invalid):
    """Every number a cell can hold is used as a value, so none is left to mean "not observed"; ask
    for the raster with a nodata value."""


class NoRoomForCog(Conflict):
    """Its normal form takes up to {needed} GB while it is made, and only {free} GB are free here;
    ask whoever runs this machine to make room, or send a smaller part of it."""


def write_cog(grid: Grid, target: Path, report: Report = unheard) -> Summary:
    """Write a grid to `target`, tiled, compressed and with overviews; answers what it holds.

    Overviews average measures and keep the nearest of whole numbers, which may be classes, also
    where those are kept as floats. The least and most value are noted in the file as GDAL notes
    them, for `value_range`. `report` hears the rows done, of how many, and may raise to end it.

    Raises:
        NoRoomForCog, Damaged
    """
    import rasterio
    from rasterio.shutil import copy

    _ask_room(grid, target)
    nodata, look = _nodata(grid), Look(grid)
    plain = target.with_suffix(".plain.tif")
    with rasterio.open(plain, "w", **_profile(grid, nodata)) as out:
        for piece in read(grid, report):
            look.take(piece)
            out.write(_covered(piece, nodata), 1, window=piece.window.slices)
        out.scales, out.offsets = [grid.scale], [grid.offset]
        out.update_tags(1, **{LEAST: repr(look.summary.least), MOST: repr(look.summary.most)})
    measured = np.dtype(grid.dtype).kind in MEASURED and not look.summary.codes
    kind = "average" if measured else "nearest"
    copy(
        plain, target, driver="COG", compress="DEFLATE", predictor="YES", blocksize=BLOCK,
        overview_resampling=kind, num_threads=1, bigtiff="IF_SAFER",
    )  # fmt: skip
    plain.unlink()
    return look.summary


def _ask_room(grid: Grid, target: Path) -> None:
    """Refuse, before a cell is written, what there is no room for.

    A grid is written twice, the second time with overviews. How well its cells can be packed is
    told by the file they come from, which may pack them half as well again.
    """
    plain = grid.width * grid.height * np.dtype(grid.dtype).itemsize
    packed = min(plain, PACKED * Path(grid.name).stat().st_size)
    needed, free = packed * TWICE, shutil.disk_usage(target.parent).free - LEFT_FREE
    if needed > free:
        raise NoRoomForCog(needed=_gigabytes(needed), free=_gigabytes(free))


def _gigabytes(count: float) -> str:
    return f"{max(count, 0) / (1 << 30):.1f}"


def value_range(grid: Grid) -> tuple[float, float]:
    """The least and most value of a normal form; NaN where it holds none."""
    with dataset(grid.name) as source:
        tags = source.tags(1)
    return float(tags[LEAST]), float(tags[MOST])


def _profile(grid: Grid, nodata: float | int | None) -> dict[str, Any]:
    return {
        "driver": "GTiff",
        "width": grid.width,
        "height": grid.height,
        "count": 1,
        "dtype": grid.dtype,
        "crs": grid.crs.to_wkt(),
        "transform": grid.transform,
        "nodata": nodata,
        "tiled": True,
        "blockxsize": BLOCK,
        "blockysize": BLOCK,
        "sparse_ok": True,
        "compress": "ZSTD",
        "zstd_level": 1,
        "bigtiff": "IF_SAFER",
    }


def _nodata(grid: Grid) -> float | int | None:
    """The one number that shall mean "not observed"; None where every cell has a value."""
    if np.dtype(grid.dtype).kind == "f":
        finite = [code for code in grid.nodata if np.isfinite(code)]
        return finite[0] if finite else float("nan")
    limits = np.iinfo(grid.dtype)
    fitting = [int(code) for code in grid.nodata if limits.min <= code <= limits.max]
    if fitting:
        return fitting[0]
    return _free_code(grid) if grid.masked or grid.valid != EVERY else None


def _free_code(grid: Grid) -> int:
    """A whole number that no observed cell of a masked grid holds."""
    limits = np.iinfo(grid.dtype)
    most, least = min(limits.max, EXACT), max(limits.min, -EXACT)
    candidates = [most, least, *range(most - 1, most - 256, -1)]
    used: set[int] = set()
    with dataset(grid.name) as source:
        for window in pieces(grid):
            cells = stored(source, grid, window)
            seen = cells[unmasked(source, grid, window)]
            used |= set(np.unique(seen[np.isin(seen, candidates)]).tolist())
    free = [code for code in candidates if code not in used]
    if not free:
        raise NoCodeFree
    return int(free[0])


def _covered(piece: Piece, nodata: float | int | None) -> Cells:
    """The cells of a piece with what was not observed under the one code for it."""
    if nodata is None:
        return piece.cells
    return np.where(piece.seen, piece.cells, np.asarray(nodata, piece.cells.dtype))
