"""A tile shows the pixels rio-tiler shows, cell for cell."""

import io
from pathlib import Path

import morecantile
import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from PIL import Image
from rasterio.shutil import copy
from rasterio.transform import from_origin
from rio_tiler.io import Reader

from geo.raster.open import dataset, opened
from geo.raster.picture import Canvas, Style
from tests.make.files import depth_file

LEAST = [0.5, 1.0, 1.5, 2.0, 2.5, 3.0]
STYLE = Style([(least, (0, 0, 50 * n, 255)) for n, least in enumerate(LEAST)], (9, 9, 9, 255))
HATCH = len(LEAST) + 1
TILES = morecantile.tms.get("WebMercatorQuad")


def raster(folder: Path, crs: str, corner: tuple[float, float], cell: float) -> Path:
    """A noisy grid of 1500 x 1500 cells with a gap, as a COG with overviews."""
    rng = np.random.default_rng(3)
    cells = rng.uniform(0, 3.5, (1500, 1500)).astype("float32")
    cells[400:700, 600:1200] = -9999
    plain, path = folder / "plain.tif", folder / "h.tif"
    profile = {"height": 1500, "width": 1500, "count": 1, "dtype": "float32", "nodata": -9999.0}
    place = {"crs": crs, "transform": from_origin(*corner, cell, cell)}
    with rasterio.open(plain, "w", driver="GTiff", **profile, **place) as file:
        file.write(cells, 1)
    copy(plain, path, driver="COG", blocksize=256, overview_resampling="nearest")
    return path


@pytest.fixture(scope="module")
def degrees(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return raster(tmp_path_factory.mktemp("degrees"), "EPSG:4326", (121.0, 18.0), 0.001)


@pytest.fixture(scope="module")
def metres(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return raster(tmp_path_factory.mktemp("metres"), "EPSG:32651", (300_000, 1_900_000), 90)


def classes(png: bytes | None) -> NDArray[np.uint8]:
    if png is None:
        return np.zeros((256, 256), dtype=np.uint8)
    drawn = np.asarray(Image.open(io.BytesIO(png)))
    return np.where(drawn == HATCH, 0, drawn)


def theirs(path: Path, zoom: int, x: int, y: int) -> NDArray[np.intp]:
    with Reader(str(path)) as reader:
        image = reader.tile(x, y, zoom, tilesize=256)
    values = image.array[0].filled(-1)
    return np.asarray(np.searchsorted(np.array(LEAST, dtype="float32"), values, side="right"))


@pytest.mark.parametrize("zoom", range(6, 13))
def test_a_grid_in_degrees_is_shown_pixel_for_pixel(degrees: Path, zoom: int) -> None:
    at = TILES.tile(121.7, 17.4, zoom)

    with opened(degrees) as grid, dataset(grid.name) as source:
        ours = classes(Canvas(grid, source).tile((zoom, at.x, at.y), STYLE))

    assert (ours == theirs(degrees, zoom, at.x, at.y)).all()


@pytest.mark.parametrize("zoom", range(6, 13))
def test_a_projected_grid_is_shown_but_for_gdals_own_tolerance(metres: Path, zoom: int) -> None:
    at = TILES.tile(121.8, 16.6, zoom)

    with opened(metres) as grid, dataset(grid.name) as source:
        ours = classes(Canvas(grid, source).tile((zoom, at.x, at.y), STYLE))

    # GDAL carries pixels to within an eighth of a cell, so neighbours are sometimes taken
    assert (ours == theirs(metres, zoom, at.x, at.y)).mean() > 0.9


def test_a_projected_pixel_takes_the_cell_its_middle_falls_in(metres: Path) -> None:
    zoom, at = 12, TILES.tile(121.8, 16.6, 12)
    west, _south, _east, north = TILES.xy_bounds(at)
    span = 40_075_016.685578488 / 2**zoom
    middle = (np.arange(256) + 0.5) * span / 256
    x, y = np.meshgrid(west + middle, north - middle)

    with opened(metres) as grid, dataset(grid.name) as source:
        ours = classes(Canvas(grid, source).tile((zoom, at.x, at.y), STYLE))
        cells = source.read(1)

    lon, lat = rasterio.warp.transform("EPSG:3857", "EPSG:32651", x.ravel(), y.ravel())
    rows, columns, inside = grid.positions(np.array(lon), np.array(lat))
    values = np.where(inside, cells[rows, columns], -1)
    exact = np.searchsorted(np.array(LEAST, dtype="float32"), values, side="right")
    assert (ours.ravel() == exact).mean() > 0.9995


def test_a_grid_that_counts_to_360_is_shown_west_of_greenwich(tmp_path: Path) -> None:
    cells = [[1.0] * 18 + [3.0] * 18] * 2  # the east of the globe, then the west
    path = depth_file(tmp_path / "h.tif", cells, transform=from_origin(0, 10, 10, 10))

    with opened(path) as grid, dataset(grid.name) as source:
        canvas = Canvas(grid, source)
        west, east = (classes(canvas.tile((3, x, 3), STYLE)) for x in (2, 5))

    assert (west[-40:] == 6).all()
    assert (east[-40:] == 2).all()


def test_the_picture_has_eight_bits_and_the_colours_of_its_classes(tmp_path: Path) -> None:
    path = depth_file(tmp_path / "h.tif", [[3.0, 3.0], [3.0, 3.0]])

    with opened(path) as grid, dataset(grid.name) as source:
        png = Canvas(grid, source).tile((8, 128, 127), STYLE)

    assert png is not None
    picture = Image.open(io.BytesIO(png))
    assert (picture.mode, picture.size) == ("P", (256, 256))
    assert picture.convert("RGBA").getpixel((9, 9)) == (0, 0, 250, 255)
    assert len(png) < 1500
