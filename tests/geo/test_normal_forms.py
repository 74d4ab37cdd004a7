"""Normal forms of rasters: the same numbers, one code for what was not observed, counted right."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from numpy.typing import NDArray
from pyproj import Geod
from shapely import Polygon

from geo.crs import WGS84
from geo.raster import pieces
from geo.raster.bands import Choice
from geo.raster.cog import NoCodeFree, write_cog
from geo.raster.footprint import footprint
from geo.raster.histogram import Bins, Look, round_edges
from geo.raster.open import opened
from geo.vector.extent import normal as normal_extent
from tests.make.files import depth_file


def normal(path: Path, folder: Path, choice: Choice | None = None) -> Path:
    target = folder / "normal.tif"
    with opened(path, choice or Choice()) as grid:
        write_cog(grid, target)
    return target


def stored(path: Path) -> NDArray[np.generic]:
    with rasterio.open(path) as file:
        cells: NDArray[np.generic] = file.read(1)
        return cells


def test_a_cog_holds_the_numbers_of_the_original_unrounded(tmp_path: Path) -> None:
    file = depth_file(tmp_path / "a.tif", [[0.1, 0.2], [1 / 3, -9999.0]])

    target = normal(file, tmp_path)

    np.testing.assert_array_equal(stored(target), stored(file))
    with rasterio.open(target) as cog:
        assert cog.nodata == -9999.0
        assert cog.profile["tiled"]
        assert cog.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"


def test_scale_and_offset_stay_beside_the_numbers(tmp_path: Path) -> None:
    file = depth_file(tmp_path / "a.tif", [[100, 250]], nodata=-1, dtype="int16")
    with rasterio.open(file, "r+") as packed:
        packed.scales, packed.offsets = [0.01], [1.0]

    with opened(normal(file, tmp_path)) as grid:
        assert grid.measured(np.array([100, 250], "int16")).tolist() == [2.0, 3.5]


def test_every_code_for_not_observed_becomes_the_one_declared(tmp_path: Path) -> None:
    file = depth_file(tmp_path / "a.tif", [[3, 255, 0, 254]], nodata=255, dtype="uint8")

    target = normal(file, tmp_path, Choice(nodata=(0.0, 254.0)))

    assert stored(target).tolist() == [[3, 255, 255, 255]]


def test_a_mask_becomes_a_code_that_no_seen_cell_holds(tmp_path: Path) -> None:
    file = depth_file(tmp_path / "a.tif", [[255, 0, 7]], nodata=None, dtype="uint8")
    with rasterio.open(file, "r+") as masked:
        masked.write_mask(np.array([[True, True, False]]))

    target = normal(file, tmp_path)

    with rasterio.open(target) as cog:
        assert cog.nodata not in {255, 0}
        assert cog.read(1, masked=True).mask.tolist() == [[False, False, True]]


def test_a_mask_over_numbers_of_64_bits_becomes_a_code_too(tmp_path: Path) -> None:
    longest = 2**63 - 1
    file = depth_file(tmp_path / "a.tif", [[longest, 0, 7]], nodata=None, dtype="int64")
    with rasterio.open(file, "r+") as masked:
        masked.write_mask(np.array([[True, True, False]]))

    with opened(normal(file, tmp_path)) as grid:
        assert grid.observed(stored(Path(grid.name))).tolist() == [[True, True, False]]


def test_a_grid_that_uses_every_number_has_none_left_for_not_observed(tmp_path: Path) -> None:
    every = np.append(np.arange(256), 0).reshape(1, 257).tolist()
    file = depth_file(tmp_path / "a.tif", every, nodata=None, dtype="uint8", crs="EPSG:32644")
    with rasterio.open(file, "r+") as masked:
        masked.write_mask(np.arange(257).reshape(1, 257) < 256)

    with pytest.raises(NoCodeFree):
        normal(file, tmp_path)


@pytest.mark.parametrize(
    ("low", "high", "first", "width"),
    [
        (0.0, 3.77, 0.0, 0.02),  # 256 x 0.02 = 5.12; 0.01 would end at 2.56
        (0.1, 2.0, 0.1, 0.01),
        (17.2, 53.7, 17.2, 0.2),
        (0.0, 1.0, 0.0, 0.005),
        (1.0, 1.0, 1.0, 0.001),
        (-40.0, 10.0, -40.0, 0.2),
    ],
)
def test_bins_have_a_round_width_and_reach_the_highest_value(
    low: float, high: float, first: float, width: float
) -> None:
    edges = round_edges(low, high)

    assert len(edges) == 257
    assert edges[0] == first
    assert edges[1] - edges[0] == pytest.approx(width, rel=1e-3)
    assert edges[-1] >= high


def test_a_value_on_an_edge_is_counted_above_it_though_it_is_a_32_bit_float(
    tmp_path: Path,
) -> None:
    file = depth_file(tmp_path / "a.tif", [[0.2, 0.7, 0.65, -9999.0, 1.0]])  # float32(0.7) < 0.7
    with opened(file) as grid:
        bins = Bins(grid, np.array([0.0, 0.2, 0.7, 1.0]))
        for piece in pieces.read(grid):
            bins.take(piece)

    assert bins.counts.tolist() == [0, 2, 2]  # 1.0, the last edge, is in the last bin


def test_a_summary_tells_zeros_from_what_was_not_observed(tmp_path: Path) -> None:
    file = depth_file(tmp_path / "a.tif", [[0.0, 0.0, 2.5], [-9999.0, 0.5, float("nan")]])
    with opened(file) as grid:
        look = Look(grid)
        for piece in pieces.read(grid):
            look.take(piece)

    seen = look.summary
    assert (seen.cells, seen.observed, seen.zeros) == (6, 4, 2)
    assert (seen.least, seen.most) == (0.0, 2.5)


def test_the_outline_of_a_projected_grid_follows_its_edges(tmp_path: Path) -> None:
    metres = Affine(10_000, 0, 300_000, 0, -10_000, 2_000_000)
    file = depth_file(tmp_path / "a.tif", [[1.0] * 20] * 20, crs="EPSG:32651", transform=metres)
    with opened(file) as grid:
        outline = footprint(grid)

    area, _length = Geod(ellps="WGS84").geometry_area_perimeter(outline)
    assert abs(area) / 1e6 == pytest.approx(40_000, rel=0.002)  # 200 km square; UTM's scale
    assert isinstance(outline, Polygon)


def test_overlaps_of_an_extent_are_measured_once() -> None:
    shapes = np.array([shapely.box(*box) for box in ((0, 0, 2, 1), (1, 0, 3, 1), (5, 0, 6, 1))])
    extent = normal_extent(shapes, np.ones(3), WGS84)

    along_parallels = shapely.segmentize(shapely.box(0, 0, 4, 1), 0.05)
    area, _length = Geod(ellps="WGS84").geometry_area_perimeter(along_parallels)
    assert extent.km2 == pytest.approx(abs(area) / 1e6, rel=1e-4)  # 3 + 1 square degrees


def test_a_grid_counted_from_0_to_360_lies_where_it_is(tmp_path: Path) -> None:
    east = Affine(1, 0, 200, 0, -1, 2)  # 200 to 202 degrees are 160 to 158 west
    file = depth_file(tmp_path / "a.tif", [[1.0, 1.0], [1.0, 1.0]], transform=east)
    with opened(file) as grid:
        assert footprint(grid).bounds == pytest.approx((-160, 0, -158, 2))


def test_a_grid_across_the_antimeridian_is_outlined_on_either_side(tmp_path: Path) -> None:
    path = depth_file(tmp_path / "d.tif", [[1.0] * 20] * 2, transform=Affine(1, 0, 170, 0, -1, 2))

    with opened(path) as grid:
        parts = shapely.get_parts(footprint(grid))

    assert sorted(tuple(bounds) for bounds in shapely.bounds(parts).tolist()) == [
        (-180, 0, -170, 2),
        (170, 0, 180, 2),
    ]
