"""Every hazard file of the pack comes to the verdict its manifest gives it."""

import re
from pathlib import Path

import numpy as np
import pytest

from bench.files import PAGE, files_of, page, verdict
from geo.crs import CrsMissing
from geo.products.inventory import inventory
from geo.products.kinds import recognised
from geo.products.recognition import recognise
from geo.raster.bands import Choice
from geo.raster.grid import Grid
from geo.raster.pieces import read
from tests.geo.files import REFUSED, VERDICTS
from tests.places import DATA

MANIFEST = (DATA / "MANIFEST.md").read_text(encoding="utf-8")
COUNTED = re.compile(
    r"`((?:hazard|nasty)/\S+\.(?:tif|nc|asc))`.*?\w+ (\d+)x(\d+)x1 \w+ crs=.*?"
    r"min/max=(\S+?),(\S+) masked=(\d+)"
)
READABLE = [found for found in COUNTED.findall(MANIFEST) if VERDICTS[found[0]].verdict != REFUSED]


@pytest.mark.parametrize("file", VERDICTS)
def test_every_file_of_the_pack_meets_its_verdict(file: str) -> None:
    expected = VERDICTS[file]

    found = verdict(DATA / file, file)

    assert found.verdict == expected.verdict, found.says
    assert [word for word in expected.says if word not in found.says] == []
    if expected.verdict == REFUSED:
        assert Path(file).name in found.says


def test_no_file_of_the_pack_is_left_out() -> None:
    assert {str(path.relative_to(DATA)) for path in files_of(DATA)} == set(VERDICTS)


@pytest.mark.parametrize("file", [file for file in VERDICTS if not file.endswith("zero_byte.shp")])
def test_every_file_is_recognised_as_what_it_is_and_as_nothing_else(file: str) -> None:
    path = DATA / file

    found = recognise(path, inventory(path))

    assert (found.product if found else None) == VERDICTS[file].product


@pytest.mark.parametrize("found", READABLE, ids=lambda found: found[0])
def test_cells_gaps_and_ends_are_those_of_the_manifest(found: tuple[str, ...]) -> None:
    """The manifest counts stored numbers, as another library read them."""
    file, width, height, least, most, masked = found
    try:
        cells, gaps, ends = counted(DATA / file, Choice())
    except CrsMissing:
        cells, gaps, ends = counted(DATA / file, Choice(crs="EPSG:3857"))

    assert (cells, gaps) == (int(width) * int(height), int(masked))
    assert ends == pytest.approx((float(least), float(most)), rel=1e-6)


def counted(path: Path, choice: Choice) -> tuple[int, int, tuple[float, float]]:
    """Cells in all, those without a value, and the least and most number stored."""
    with recognised(path, choice) as grid:
        assert isinstance(grid, Grid)
        seen = np.concatenate([piece.cells[piece.seen].ravel() for piece in read(grid)])
        cells = grid.width * grid.height
    return cells, cells - seen.size, (float(seen.min()), float(seen.max()))


def test_the_page_of_the_docs_is_what_becomes_of_the_files() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(DATA)
