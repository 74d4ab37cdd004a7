"""`highground sample`: files as people have them, tables as promised, nothing left by a refusal."""

import gzip
import hashlib
import zipfile
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from tests.cli.running import asked, csv_file, run, statuses, values
from tests.make.files import depth_file

CELLS = [[1.0, 2.0], [3.0, 4.0]]  # of one degree, from 0 east, 2 north


def test_rows_keep_their_order_and_their_repeated_ids(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", CELLS)
    points = 'code,lon,lat\n007,1.5,0.5\nb,0.5,1.5\n007,9,9\n"a, ""b""",0.5,0.5\n'

    asked(tmp_path, hazard, points, "--id", "code")

    assert (tmp_path / "out.csv").read_bytes() == (
        b'id,status,value\n007,in,4.0\nb,in,1.0\n007,not_observed,\n"a, ""b""",in,3.0\n'
    )


def test_rows_without_an_id_column_are_numbered_from_one(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", CELLS)

    ran = asked(tmp_path, hazard, "lon,lat\n0.5,1.5\n\n1.5,1.5\n")

    assert ran.column("id") == ["1", "2"]


def test_the_summary_counts_every_row_once(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", [[0.0, 2.0], [-9999.0, 4.0]])
    points = "lon,lat\n0.5,1.5\n1.5,1.5\n0.5,0.5\n,\nx,1\n200,1\n"

    ran = asked(tmp_path, hazard, points)

    assert ran.summary == {
        "rows": 6,
        "in": 1,
        "out": 1,
        "not_observed": 1,
        "unlocated": 3,
        "unlocated_reasons": {"missing": 1, "not_a_number": 1, "out_of_range": 1},
        "clause": "> 0",
        "hazard": {
            "sha256": hashlib.sha256(hazard.read_bytes()).hexdigest(),
            "kind": "raster",
            "crs": "EPSG:4326",
            "band": 1,
            "nodata": [-9999],
        },
    }


def test_a_short_row_is_unlocated_and_a_long_one_refused(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", CELLS)

    assert statuses(asked(tmp_path, hazard, "id,lon,lat\na\nb,1,1\n")) == ["unlocated", "in"]
    ran = asked(tmp_path, hazard, "id,lon,lat\na,1,1\nManila, PH,1,1\n")
    assert ran.refused
    assert "line 3" in ran.said


def test_columns_of_places_are_guessed_by_their_usual_names(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", CELLS)
    names = [("lon", "lat"), ("lng", "latitude"), ("Longitude", "LAT"), (" X ", "Y"), ("x", "lat")]

    for x, y in names:
        assert values(asked(tmp_path, hazard, f"{y},{x}\n1.5,0.5\n")) == ["1.0"]
    assert asked(tmp_path, hazard, "east,north\n1,1\n").refused
    ran = asked(tmp_path, hazard, "east,north\n0.5,1.5\n", "--x", "east", "--y", "north")
    assert values(ran) == ["1.0"]


def test_a_table_may_come_from_a_spreadsheet_of_another_country(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", CELLS)
    table = tmp_path / "points.csv"
    out = tmp_path / "out.csv"
    for encoding in ("utf-8-sig", "cp1252", "utf-16"):
        table.write_bytes("naïve;lon;lat\r\nPeñablanca;0.5;1.5\r\n".encode(encoding))

        ran = run("sample", hazard, table, "--id", "naïve", out=out)

        assert (ran.column("id"), values(ran)) == (["Peñablanca"], ["1.0"])


@pytest.mark.parametrize("words", [["--id", "no"], ["--x", "no"], ["--points-layer", "a"]])
def test_columns_and_layers_that_are_not_there_are_refused(
    tmp_path: Path, words: list[str]
) -> None:
    hazard = depth_file(tmp_path / "h.tif", CELLS)

    assert asked(tmp_path, hazard, "lon,lat\n1,1\n", *words).refused


def test_a_table_of_no_rows_gives_a_table_of_no_rows(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", CELLS)

    ran = asked(tmp_path, hazard, "lon,lat\n")

    assert (ran.code, ran.rows, ran.summary["rows"]) == (0, [], 0)


def test_zipped_and_gzipped_files_are_opened(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", CELLS)
    points = csv_file(tmp_path / "p.csv", "lon,lat\n0.5,1.5\n")
    zipped, nested = tmp_path / "h.zip", tmp_path / "outer.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.write(hazard, "folder/H.TIF")
        archive.writestr("__MACOSX/folder/._H.TIF", b"junk")
    with zipfile.ZipFile(nested, "w") as archive:
        archive.write(zipped, "inner.zip")
    gzipped, packed_points = tmp_path / "h.tif.gz", tmp_path / "p.csv.gz"
    gzipped.write_bytes(gzip.compress(hazard.read_bytes()))
    packed_points.write_bytes(gzip.compress(points.read_bytes()))

    for packed in (zipped, nested, gzipped):
        ran = run("sample", packed, packed_points, out=tmp_path / "out.csv")
        assert values(ran) == ["1.0"]
        digest = hashlib.sha256(packed.read_bytes()).hexdigest()
        assert ran.summary["hazard"]["sha256"] == digest


def test_several_rasters_in_a_zip_are_asked_for(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", CELLS)
    points = csv_file(tmp_path / "p.csv", "lon,lat\n0.5,1.5\n")
    with zipfile.ZipFile(tmp_path / "h.zip", "w") as archive:
        archive.write(hazard, "now.tif")
        archive.write(depth_file(tmp_path / "g.tif", [[9.0]]), "then.tif")

    without = run("sample", tmp_path / "h.zip", points, out=tmp_path / "out.csv")
    assert without.refused
    assert "now, then" in without.said
    chosen = run("sample", tmp_path / "h.zip", points, "--layer", "now", out=tmp_path / "out.csv")
    assert values(chosen) == ["1.0"]


def several_bands(path: Path, count: int, dtype: str = "float32") -> Path:
    profile = {"height": 2, "width": 2, "count": count, "dtype": dtype, "crs": "EPSG:4326"}
    transform = from_origin(0, 2, 1, 1)
    with rasterio.open(path, "w", driver="GTiff", transform=transform, **profile) as file:
        for band in range(1, count + 1):
            file.write(np.full((2, 2), band, dtype=dtype), band)
            file.set_band_description(band, f"rain {band}")
    return path


def test_several_bands_are_asked_for_by_name(tmp_path: Path) -> None:
    hazard = several_bands(tmp_path / "h.tif", 3)
    point = "lon,lat\n0.5,1.5\n"

    without = asked(tmp_path, hazard, point)
    assert without.refused
    assert "1 rain 1, 2 rain 2, 3 rain 3" in without.said
    assert asked(tmp_path, hazard, point, "--band", 4).refused
    assert asked(tmp_path, hazard, point, "--time", "2020").refused
    assert values(asked(tmp_path, hazard, point, "--band", 2)) == ["2.0"]
    assert values(asked(tmp_path, hazard, point, "--variable", "Rain 3")) == ["3.0"]


def test_a_coloured_picture_is_refused_unless_a_band_is_named(tmp_path: Path) -> None:
    hazard = several_bands(tmp_path / "h.tif", 3, "uint8")  # GDAL takes three bytes for colours

    ran = asked(tmp_path, hazard, "lon,lat\n0.5,1.5\n")

    assert ran.refused
    assert "1 red, 2 green, 3 blue" in ran.said
    assert values(asked(tmp_path, hazard, "lon,lat\n0.5,1.5\n", "--band", 2)) == ["2"]


def test_a_missing_system_is_asked_for_and_another_one_contradicted(tmp_path: Path) -> None:
    silent = depth_file(tmp_path / "silent.tif", CELLS, crs=None)
    declared = depth_file(tmp_path / "declared.tif", CELLS)
    point = "lon,lat\n0.5,1.5\n"

    assert asked(tmp_path, silent, point).refused
    assert values(asked(tmp_path, silent, point, "--crs", "EPSG:4326")) == ["1.0"]
    assert values(asked(tmp_path, declared, point, "--crs", "EPSG:4326")) == ["1.0"]
    assert asked(tmp_path, declared, point, "--crs", "EPSG:32651").refused
    assert asked(tmp_path, declared, point, "--crs", "EPSG:99999").refused


@pytest.mark.parametrize(
    "words",
    [
        ["--field", "a"],
        ["--observed", "all"],
        ["--variable", "x"],
        ["--layer", "x"],
        ["--at-least", "nan"],
    ],
)
def test_what_cannot_be_asked_of_a_raster_is_refused(tmp_path: Path, words: list[str]) -> None:
    hazard = depth_file(tmp_path / "h.tif", CELLS)

    assert asked(tmp_path, hazard, "lon,lat\n1,1\n", *words).refused


def test_a_refusal_leaves_no_table_of_an_earlier_run_and_no_draft(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", CELLS)
    assert asked(tmp_path, hazard, "lon,lat\n1,1\n").code == 0

    assert asked(tmp_path, tmp_path / "gone.tif", "lon,lat\n1,1\n").refused
    assert sorted(path.name for path in tmp_path.iterdir()) == ["h.tif", "points.csv"]


def test_a_file_that_is_read_is_never_written_over(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", CELLS)
    points = csv_file(tmp_path / "points.csv", "lon,lat\n1,1\n")

    ran = run("sample", hazard, points, out=points)

    assert ran.code == 2
    assert points.read_text() == "lon,lat\n1,1\n"


@pytest.mark.parametrize("out", ["folder", "missing/out.csv"])
def test_a_place_that_holds_no_file_is_refused(tmp_path: Path, out: str) -> None:
    hazard = depth_file(tmp_path / "h.tif", CELLS)
    points = csv_file(tmp_path / "points.csv", "lon,lat\n1,1\n")
    (tmp_path / "folder").mkdir()

    ran = run("sample", hazard, points, out=tmp_path / out)

    assert (ran.code, ran.summary) == (2, {})
    assert (tmp_path / "folder").is_dir()


def test_floats_are_written_in_the_fewest_digits_that_read_back_the_same(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    cells = rng.normal(0, 1000, (20, 20)) * 10.0 ** rng.integers(-20, 20, (20, 20))
    hazard = depth_file(tmp_path / "h.tif", cells.tolist(), dtype="float64")
    rows = [f"{c + 0.5},{1.5 - r}" for r in range(20) for c in range(20)]

    ran = asked(tmp_path, hazard, "lon,lat\n" + "\n".join(rows) + "\n")

    read = values(ran)
    assert [float(text) for text in read] == cells.ravel().tolist()
    assert all(text == repr(float(text)) for text in read)
