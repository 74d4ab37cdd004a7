"""Numbers that may mean "no data", and codes that are classes, are told from values."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from geo.archives import LEFT_FREE
from geo.clauses import Clause
from geo.raster.bands import Choice
from geo.raster.cog import NoRoomForCog, write_cog
from geo.raster.histogram import Look, Summary
from geo.raster.open import opened
from geo.raster.pieces import read
from geo.raster.sample import sample
from tests.make.files import depth_file


def seen(path: Path) -> Summary:
    with opened(path) as grid:
        look = Look(grid)
        for piece in read(grid):
            look.take(piece)
        return look.summary


def test_a_grid_there_is_no_room_for_is_refused_before_a_cell_of_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A million 32-bit cells are 4 MB, of which two copies are made, one with overviews."""
    at = Affine(1, 0, 500_000, 0, -1, 2_000_000)
    cells = np.random.default_rng(1).random((1000, 1000)).tolist()
    file = depth_file(tmp_path / "large.tif", cells, crs="EPSG:32651", transform=at)
    with opened(file) as grid:
        for free, fits in ((9_400_000, True), (9_300_000, False)):
            usage = shutil.disk_usage(tmp_path)._replace(free=LEFT_FREE + free)
            monkeypatch.setattr(shutil, "disk_usage", lambda _place, usage=usage: usage)
            if fits:
                write_cog(grid, tmp_path / "cog.tif")
                continue
            with pytest.raises(NoRoomForCog, match=r"only 0\.0 GB are free here"):
                write_cog(grid, tmp_path / "none.tif")
    assert not list(tmp_path.glob("none*"))


@pytest.mark.parametrize("number", [-9999.0, -32768.0, 9999.0, 1e20, -3.4028234663852886e38])
def test_a_number_far_from_all_depths_is_suspected_where_no_nodata_is_declared(
    tmp_path: Path, number: float
) -> None:
    path = depth_file(tmp_path / "d.tif", [[number, 1.5], [0, number], [2.5, 0.1]], nodata=None)

    (suspect,) = seen(path).suspects

    assert suspect.number == pytest.approx(number)
    assert (suspect.cells, suspect.alone) == (2, True)


def test_255_on_more_cells_than_its_neighbour_is_suspected(tmp_path: Path) -> None:
    cells = [[250, 251, 252, 253], [254, 255, 255, 255]]
    path = depth_file(tmp_path / "d.tif", cells, dtype="uint8", nodata=None)

    (suspect,) = seen(path).suspects

    assert (suspect.number, suspect.cells, suspect.alone) == (255, 3, False)


def test_255_among_depths_is_suspected_where_many_more_cells_hold_it(tmp_path: Path) -> None:
    depths = np.arange(200, 316)  # each on one cell, but 255 on 17
    cells = np.concatenate([depths, np.full(16, 255)]).reshape(11, 12)
    fewer = np.concatenate([depths, np.full(14, 255), [200, 200]]).reshape(11, 12)
    path = depth_file(tmp_path / "a.tif", cells.tolist(), dtype="uint16", nodata=None)

    (suspect,) = seen(path).suspects

    assert (suspect.number, suspect.cells, suspect.alone) == (255, 17, False)
    path = depth_file(tmp_path / "b.tif", fewer.tolist(), dtype="uint16", nodata=None)
    assert seen(path).suspects == ()


def test_a_declared_nodata_and_a_plain_end_of_values_are_not_suspected(tmp_path: Path) -> None:
    declared = depth_file(tmp_path / "a.tif", [[-9999.0, 1.5]])
    temperatures = depth_file(tmp_path / "b.tif", [[-1.0, -7.0, 12.0]], nodata=None)
    rising = depth_file(tmp_path / "c.tif", [[253, 254, 254, 255]], dtype="uint8", nodata=None)

    assert [seen(path).suspects for path in (declared, temperatures, rising)] == [(), (), ()]


def test_classes_kept_as_floats_are_counted_and_never_averaged(tmp_path: Path) -> None:
    """In an overview four cells become one: the classes 1 and 3 side by side must not become 2."""
    cells = np.tile(np.array([[1.0, 3.0], [3.0, 1.0]], dtype="float32"), (600, 600))
    path = depth_file(tmp_path / "d.tif", cells.tolist(), crs="EPSG:32651")

    with opened(path) as grid:
        summary = write_cog(grid, tmp_path / "cog.tif")

    assert summary.codes == {1.0: 720_000, 3.0: 720_000}
    with rasterio.open(tmp_path / "cog.tif", overview_level=0) as overview:
        assert set(np.unique(overview.read(1)).tolist()) <= {1.0, 3.0}


def test_measures_are_no_classes(tmp_path: Path) -> None:
    assert seen(depth_file(tmp_path / "d.tif", [[0.5, 1.0]])).codes == {}


def test_three_tenths_packed_as_a_whole_number_are_three_tenths(tmp_path: Path) -> None:
    path = depth_file(tmp_path / "d.tif", [[3, 7]], dtype="int16")
    with rasterio.open(path, "r+") as file:
        file.scales = [0.1]

    with opened(path, Choice()) as grid:
        values = sample(grid, np.array([0.5, 1.5]), np.array([1.5, 1.5])).values

    assert Clause(at_most=0.3).met(values).tolist() == [True, False]
    assert Clause(at_least=0.3).met(values).tolist() == [True, True]
    assert values.dtype == np.float32
