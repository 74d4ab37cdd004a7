"""Many points at once: the same values whatever the blocks, the threads and the store."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from geo.clauses import Clause
from geo.hazards import RasterHazard
from geo.lookups import raster, write_raster
from geo.raster.grid import Grid
from geo.raster.histogram import Bins
from geo.raster.open import opened
from geo.raster.sample import Readings, sample
from geo.raster.windows import Damaged
from tests.places import DATA

RNG = np.random.default_rng(7)
SIZE = 1500
CELLS = RNG.uniform(-1, 5, (SIZE, SIZE)).astype("float32")
CELLS[300:900, 200:1000] = -9999
LAYOUTS: dict[str, dict[str, Any]] = {
    "tiles": {"tiled": True, "blockxsize": 256, "blockysize": 256, "compress": "deflate"},
    "oblong tiles": {"tiled": True, "blockxsize": 512, "blockysize": 64, "compress": "lzw"},
    "strips": {"compress": "zstd"},
    "sparse": {"tiled": True, "blockxsize": 128, "blockysize": 128, "sparse_ok": True},
}


def written(path: Path, layout: str) -> Path:
    """A degree of cells; in a sparse file the blocks of nothing but nodata are left out."""
    profile: dict[str, Any] = {"height": SIZE, "width": SIZE, "count": 1, "nodata": -9999.0}
    place = {
        "dtype": "float32",
        "crs": "EPSG:4326",
        "transform": from_origin(120, 17, 1 / SIZE, 1 / SIZE),
    }
    with rasterio.open(path, "w", driver="GTiff", **profile, **place, **LAYOUTS[layout]) as file:
        for _, window in file.block_windows(1):
            part = CELLS[window.toslices()]
            if layout != "sparse" or (part != -9999).any():
                file.write(part, 1, window=window)
    return path


def places(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Points all over the degree and a little beyond."""
    x, y = np.random.default_rng(count).uniform(-0.02, 1.02, (2, count))
    return 120 + x, 17 - y


def expected(x: np.ndarray, y: np.ndarray) -> list[float | None]:
    """What rasterio itself reads, cell by cell."""
    rows, columns = rasterio.transform.rowcol(from_origin(120, 17, 1 / SIZE, 1 / SIZE), x, y)
    inside = (rows >= 0) & (rows < SIZE) & (columns >= 0) & (columns < SIZE)
    cells = [CELLS[r, c] if i else -9999 for r, c, i in zip(rows, columns, inside, strict=True)]
    return [None if cell == -9999 else float(cell) for cell in cells]


def read(readings: Readings) -> list[float | None]:
    pairs = zip(readings.values.tolist(), readings.observed.tolist(), strict=True)
    return [value if there else None for value, there in pairs]


@pytest.mark.parametrize("layout", list(LAYOUTS))
@pytest.mark.parametrize("count", [50, 30_000])
def test_every_layout_of_blocks_reads_the_same(tmp_path: Path, layout: str, count: int) -> None:
    x, y = places(count)

    with opened(written(tmp_path / "h.tif", layout)) as grid:
        assert read(sample(grid, x, y, threads=1)) == expected(x, y)
        assert read(sample(grid, x, y, threads=3)) == expected(x, y)


def test_no_points_ask_nothing(tmp_path: Path) -> None:
    with opened(written(tmp_path / "h.tif", "tiles")) as grid:
        assert read(sample(grid, np.empty(0), np.empty(0))) == []


def test_a_file_that_breaks_off_is_refused_when_it_is_read(tmp_path: Path) -> None:
    path = written(tmp_path / "h.tif", "tiles")
    x, y = places(20_000)

    with opened(path) as grid:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        with pytest.raises(Damaged, match=r"h\.tif"):
            sample(grid, x, y)


def laid_out(grid: Grid, folder: Path) -> RasterHazard:
    """Values of at least 1 are kept; places all over the degree and around it are asked about."""
    clause, box = Clause(at_least=1.0), (119.9, 15.9, 121.1, 17.1)
    write_raster(folder / "lookup", grid, clause, box, Bins(grid, np.array([0.0, 5.0])))
    return raster(folder / "lookup", grid, clause)


def test_a_store_answers_like_its_raster(tmp_path: Path) -> None:
    x, y = places(20_000)

    with opened(written(tmp_path / "h.tif", "tiles")) as grid:
        store = laid_out(grid, tmp_path).store

    assert store is not None
    assert read(store.sample(x, y)) == expected(x, y)


def test_a_store_keeps_blocks_of_one_number_once(tmp_path: Path) -> None:
    with opened(written(tmp_path / "h.tif", "tiles")) as grid:
        store = laid_out(grid, tmp_path).store

    assert store is not None
    nothing = store.slots.reshape(6, 6)[2, 1:3]  # rows 512 to 767, columns 256 to 767
    assert nothing[0] == nothing[1]
    assert store.cells.shape == (36 - 1, 256, 256)


def test_scale_and_mask_hold_for_many_points(tmp_path: Path) -> None:
    path = written(tmp_path / "h.tif", "tiles")
    shown = RNG.uniform(size=(SIZE, SIZE)) < 0.5
    with rasterio.open(path, "r+") as file:
        file.nodata = None
        file.scales, file.offsets = [2.0], [1.0]
        file.write_mask(shown)
    x, y = places(20_000)

    with opened(path) as grid:
        readings = sample(grid, x, y)

    rows, columns, inside = grid.positions(x, y)
    assert readings.observed.tolist() == (inside & shown[rows, columns]).tolist()
    seen = readings.observed
    values = CELLS[rows[seen], columns[seen]].astype(float) * 2 + 1
    assert readings.values[seen].tolist() == values.tolist()


def grid_of(**told: Any) -> Grid:
    """The wind of Vamco, told otherwise."""
    with opened(DATA / "hazard" / "phl_vamco2020_wind_ms.tif") as grid:
        return replace(grid, **told)


@pytest.mark.parametrize(
    ("dtype", "nodata", "stored", "known"),
    [
        ("uint8", 255.0, [0, 254, 255], [True, True, False]),
        ("int16", -9999.0, [-9999, -9998, -10000], [False, True, True]),
        ("int16", -9999.5, [-9999, -10000, 0], [True, True, True]),
        ("uint8", -1.0, [255, 0, 1], [True, True, True]),
        ("uint8", float("nan"), [255, 0, 1], [True, True, True]),
        ("float32", -9999.9, [-9999.9, -9999.0, 0], [False, True, True]),
        ("float32", float("nan"), [float("nan"), float("inf"), 0], [False, False, True]),
        ("float64", -3.40282346639e38, [-3.4028234663852886e38, 0, 1], [False, True, True]),
        ("float32", -3.4e38, [-3.4028234663852886e38, -1e30, 0], [False, True, True]),
        ("float64", 1e20, [1.00000002e20, 1e19, 0], [False, True, True]),
        ("float32", 0.0, [0.0, 1e-12, -0.0], [False, True, False]),
    ],
)
def test_nodata_is_known_as_files_hold_it(
    dtype: str, nodata: float, stored: list[float], known: list[bool]
) -> None:
    grid = grid_of(dtype=dtype, nodata=(nodata,))

    assert grid.observed(np.array(stored, dtype=dtype)).tolist() == known
