"""Of a grid written as text each word is read: none becomes dry ground, none is left out unsaid."""

from pathlib import Path

import pytest

from geo.raster.ascii_grids import CellsMiscounted, HeaderBroken, NoNumber
from geo.raster.bands import Choice
from geo.raster.open import dataset, opened
from geo.raster.windows import Window, values

HEADER = "ncols 3\nnrows 2\nxllcorner 121\nyllcorner 17\ncellsize 0.1\n"
NODATA = "NODATA_value -9999\n"
GRASS = "north: 17.2\nsouth: 17\neast: 121.3\nwest: 121\nrows: 2\ncols: 3\n"
PRJ = 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],'
PRJ += 'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]'


def cells(path: Path, text: str, choice: Choice = Choice(crs="EPSG:4326")) -> list[float | None]:  # noqa: B008 - frozen
    """The values of a grid cell by cell from its north-west corner; None where there is none."""
    path.write_text(text)
    with opened(path, choice) as grid, dataset(grid.name) as source:
        found, seen = values(source, grid, Window(0, 0, grid.height, grid.width))
    pairs = zip(found.ravel().tolist(), seen.ravel().tolist(), strict=True)
    return [value if there else None for value, there in pairs]


@pytest.mark.parametrize("word", ["nan", "NaN", "*", "null", "NA", "inf", "-1.#IND"])
def test_a_word_for_nothing_among_whole_numbers_is_no_value(tmp_path: Path, word: str) -> None:
    text = f"{HEADER}{NODATA}1 {word} 3\n4 5 -9999\n"

    assert cells(tmp_path / "h.asc", text) == [1, None, 3, 4, 5, None]


def test_a_word_for_nothing_needs_no_number_for_it_in_the_header(tmp_path: Path) -> None:
    assert cells(tmp_path / "h.asc", HEADER + "1 nan 3\n4 5 6") == [1, None, 3, 4, 5, 6]
    assert cells(tmp_path / "g.asc", GRASS + "1 * 3\n4 5 6\n") == [1, None, 3, 4, 5, 6]
    assert cells(tmp_path / "n.asc", GRASS + "null: 7\n1 * 3\n4 5 7\n") == [1, None, 3, 4, 5, None]


def test_decimals_and_numbers_beyond_32_bits_are_read_as_they_stand(tmp_path: Path) -> None:
    assert cells(tmp_path / "h.asc", HEADER + "0 0 0\n0 1,5 2.5e1\n") == [0, 0, 0, 0, 1.5, 25]
    large = cells(tmp_path / "l.asc", HEADER + "1 3000000000 3\n4 5 nan\n")
    assert large == [1, 3e9, 3, 4, 5, None]


def test_a_word_that_says_nothing_is_refused_with_its_row(tmp_path: Path) -> None:
    with pytest.raises(NoNumber, match='the word "wet" where row 2') as refused:
        cells(tmp_path / "h.asc", HEADER + NODATA + "1 2 3\n4 wet 6\n")
    assert "NODATA_value" in refused.value.message


@pytest.mark.parametrize(("body", "found"), [("1 2 3\n4 5", "5"), ("1 2 3\n4 5 6\n7", "7")])
def test_too_few_or_too_many_numbers_are_refused(tmp_path: Path, body: str, found: str) -> None:
    with pytest.raises(CellsMiscounted, match=f"holds {found} numbers .* 2 rows of 3"):
        cells(tmp_path / "h.asc", HEADER + body)


def test_a_remark_after_the_last_row_is_no_cell(tmp_path: Path) -> None:
    plain = cells(tmp_path / "h.asc", HEADER + "1 2 3\n4 5 6\nCRS: EPSG:4326\n")
    mended = cells(tmp_path / "w.asc", HEADER + "1 nan 3\n4 5 6\nnotes 2 3\n")

    assert (plain, mended) == ([1, 2, 3, 4, 5, 6], [1, None, 3, 4, 5, 6])


def test_a_header_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HeaderBroken):
        cells(tmp_path / "h.asc", "ncols 3\nxllcorner 121\nyllcorner 17\ncellsize 0.1\n1 2 3\n")


@pytest.mark.parametrize("ending", [".prj", ".PRJ"])
def test_what_stands_beside_a_grid_with_words_still_counts(tmp_path: Path, ending: str) -> None:
    (tmp_path / f"h{ending}").write_text(PRJ)

    assert cells(tmp_path / "h.asc", HEADER + "1 nan 3\n4 5 6\n", Choice())[:2] == [1, None]


def test_numbers_are_counted_over_the_pieces_a_long_text_is_read_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geo.raster.ascii_grids.PIECE", 64)
    text = HEADER.replace("ncols 3", "ncols 40").replace("nrows 2", "nrows 30")
    rows = [[str(1000 + 40 * row + column) for column in range(40)] for row in range(30)]
    rows[29][39] = "nan"

    found = cells(tmp_path / "h.asc", text + "\n".join(map(" ".join, rows)))

    assert found == [*map(float, range(1000, 2199)), None]
