"""Grids put together cell by cell; what comes out is counted by hand."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from geo.clauses import Clause
from geo.raster.composites import TooFarApart, write_together
from geo.raster.open import opened
from geo.together import Operation, days, ever, worst
from tests.make.files import depth_file

N = -9999.0  # not observed
NAN = float("nan")
DAYS = (
    [[1.0, 0.0, N], [0.6, 0.2, N]],
    [[0.0, 0.0, 1.0], [N, 0.2, N]],
    [[2.0, N, 0.0], [0.5, 0.4, N]],
)
DEEP = Clause(at_least=0.5)

Cells = list[list[float]]


def together(
    folder: Path, operation: Operation, files: Sequence[Path], clause: Clause = DEEP
) -> tuple[Cells, Cells, bool]:
    """The least and the most cells of files put together, and whether the two differ."""
    target, most = folder / "least.tif", folder / "most.tif"
    with ExitStack() as stack:
        grids = [stack.enter_context(opened(file)) for file in files]
        bounded = write_together(operation, grids, clause, target, most)
    return read(target), read(most), bounded


def read(path: Path) -> Cells:
    """The cells of a file, the northern ones first."""
    with rasterio.open(path) as file:
        numbers = file.read(1).astype(float).round(3)
        cells: Cells = numbers[:: -1 if file.transform.e > 0 else 1].tolist()
    return cells


def same(found: Cells, expected: Cells) -> bool:
    return np.allclose(found, expected, atol=1e-6, equal_nan=True)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    return [depth_file(tmp_path / f"{n}.tif", depths) for n, depths in enumerate(DAYS)]


def test_the_highest_value_may_be_higher_where_a_day_was_not_observed(
    tmp_path: Path, files: list[Path]
) -> None:
    """Up to 2.0, the highest of all; what was not above 0.5 where it was seen is not known."""
    found, most, bounded = together(tmp_path, worst(2.0), files)
    assert same(found, [[2.0, NAN, 1.0], [0.6, 0.4, NAN]])
    assert same(most, [[2.0, NAN, 2.0], [2.0, 0.4, NAN]])
    assert bounded


def test_where_less_is_worse_the_lowest_value_counts(tmp_path: Path, files: list[Path]) -> None:
    found, most, _ = together(tmp_path, worst(0.0), files, Clause(at_most=0.5))
    assert same(found, [[0.0, 0.0, 0.0], [0.5, 0.2, NAN]])
    assert same(most, [[0.0, 0.0, 0.0], [0.0, 0.2, NAN]])


def test_ever_takes_one_day_and_never_takes_all(tmp_path: Path, files: list[Path]) -> None:
    found, _most, bounded = together(tmp_path, ever, files)
    assert same(found, [[1, NAN, 1], [1, 0, NAN]])
    assert not bounded


def test_days_that_were_not_observed_are_days_it_may_have_been(
    tmp_path: Path, files: list[Path]
) -> None:
    found, most, bounded = together(tmp_path, days, files)
    assert same(found, [[2, 0, 1], [2, 0, NAN]])
    assert same(most, [[2, 1, 2], [3, 0, NAN]])
    assert bounded


def test_the_cells_are_the_finest_ones_and_reach_as_far_as_all_do(tmp_path: Path) -> None:
    fine = depth_file(  # half a degree, from 1 east and 2 north
        tmp_path / "fine.tif", [[0.1, 0.9], [0.3, 0.4]], transform=Affine(0.5, 0, 1, 0, -0.5, 2)
    )
    coarse = depth_file(tmp_path / "coarse.tif", [[1.0, 0.2]])  # 0..2 east, 1..2 north
    found, _most, _ = together(tmp_path, ever, [coarse, fine])
    assert same(found, [[1, 1, 0, 1], [1, 1, 0, 0]])
    found, _most, _ = together(tmp_path, worst(1.0), [coarse, fine])
    assert same(found, [[1.0, 1.0, 0.2, 0.9], [1.0, 1.0, 0.3, 0.4]])


def test_a_grid_that_stands_on_its_head_is_put_together_right(tmp_path: Path) -> None:
    place = Affine(1, 0, 0, 0, -1, 3)
    upright = depth_file(tmp_path / "up.tif", [[1.0, 0.0], [0.0, 0.0]], transform=place)
    flipped = depth_file(
        tmp_path / "down.tif", [[0.0, 0.0], [0.0, 2.0]], transform=Affine(1, 0, 0, 0, 1, 1)
    )  # its last row is the northern one
    found, _most, _ = together(tmp_path, worst(2.0), [upright, flipped])
    assert same(found, [[1, 2], [0, 0]])


def test_grids_in_metres_and_in_degrees_go_together(tmp_path: Path) -> None:
    degrees = depth_file(tmp_path / "degrees.tif", [[0.0, 1.0], [0.0, 0.0]])
    metres = depth_file(  # one cell of 300 km from 0 degrees on, and a little west of it
        tmp_path / "metres.tif",
        [[3.0]],
        crs="EPSG:32631",
        transform=Affine(300_000, 0, 166_021, 0, -300_000, 300_000),
    )
    found, _most, _ = together(tmp_path, worst(3.0), [degrees, metres])
    assert same([row[1:3] for row in found], [[3, 3], [3, 3], [3, 3]])
    found, _most, _ = together(tmp_path, worst(3.0), [degrees, metres], Clause(at_least=4))
    assert same([row[1:3] for row in found], [[NAN, NAN], [3, 3], [3, 3]])


def test_grids_far_apart_are_refused(tmp_path: Path) -> None:
    here = depth_file(tmp_path / "here.tif", [[1.0]], transform=Affine(1e-5, 0, 0, 0, -1e-5, 0))
    there = depth_file(tmp_path / "there.tif", [[1.0]], transform=Affine(1e-5, 0, 9, 0, -1e-5, 9))
    with pytest.raises(TooFarApart, match="cells, which is too many"):
        together(tmp_path, ever, [here, there])
