"""`highground sample` on rasters: which cell, which value, which of the four answers."""

import gzip
import hashlib
import math
import zipfile
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import Affine, from_origin

from tests.cli.running import Ran, csv_file, run
from tests.make.files import depth_file, shapes_file

# Four cells of one degree, from 0 east, 2 north:   1  2
#                                                   3  4
CELLS = [[1.0, 2.0], [3.0, 4.0]]


def asked(tmp_path: Path, hazard: Path, points: str, *words: object) -> Ran:
    return run(
        "sample",
        hazard,
        csv_file(tmp_path / "points.csv", points),
        *words,
        out=tmp_path / "out.csv",
    )


def values(ran: Ran) -> list[str]:
    assert ran.code == 0, ran.said
    return ran.column("value")


def statuses(ran: Ran) -> list[str]:
    assert ran.code == 0, ran.said
    return ran.column("status")


def test_a_point_on_a_border_belongs_to_the_cell_right_of_and_below_it(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", CELLS)

    ran = asked(tmp_path, hazard, "lon,lat\n0,2\n1,2\n0,1\n1,1\n0.5,1.5\n")

    assert values(ran) == ["1.0", "2.0", "3.0", "4.0", "1.0"]


def test_the_outer_right_and_bottom_edges_are_outside(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", CELLS)

    ran = asked(tmp_path, hazard, "lon,lat\n2,1.5\n1.5,0\n-0.0001,1\n1,2.0001\n")

    assert statuses(ran) == ["not_observed"] * 4
    assert values(ran) == [""] * 4


def test_borders_of_tenths_of_a_degree_fall_as_the_inverse_transform_says(tmp_path: Path) -> None:
    cells = [[float(column) for column in range(20)]]
    transform = from_origin(120.0, 15.0, 0.1, 0.1)
    hazard = depth_file(tmp_path / "h.tif", cells, transform=transform)
    borders = [round(120 + column / 10, 1) for column in range(20)]

    ran = asked(tmp_path, hazard, "x,y\n" + "".join(f"{x},14.95\n" for x in borders))

    expected = [math.floor((~transform @ (x, 14.95))[0]) for x in borders]
    assert [int(float(value)) for value in values(ran)] == expected


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


@pytest.mark.parametrize(
    "place",
    [",1", "1,", " , ", "a,1", "1,N 12", "1,--", "nan,1", "180.1,1", "1,90.5", "inf,1", "1_0,1"],
)
def test_coordinates_missing_no_numbers_or_off_the_globe_are_unlocated(
    tmp_path: Path, place: str
) -> None:
    hazard = depth_file(tmp_path / "h.tif", CELLS)

    ran = asked(tmp_path, hazard, f"lon,lat\n{place}\n")

    assert (statuses(ran), values(ran)) == (["unlocated"], [""])


def test_a_short_row_is_unlocated_and_a_long_one_refused(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", CELLS)

    assert statuses(asked(tmp_path, hazard, "id,lon,lat\na\nb,1,1\n")) == ["unlocated", "in"]
    ran = asked(tmp_path, hazard, "id,lon,lat\na,1,1\nManila, PH,1,1\n")
    assert ran.refused
    assert "line 3" in ran.said


def test_a_value_is_stored_times_scale_plus_offset_and_nodata_is_met_before(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", [[0, 10], [7, -1]], dtype="int16", nodata=7)
    with rasterio.open(hazard, "r+") as file:
        file.scales, file.offsets = [0.5], [2.0]

    ran = asked(tmp_path, hazard, "lon,lat\n0.5,1.5\n1.5,1.5\n0.5,0.5\n1.5,0.5\n")

    assert values(ran) == ["2.0", "7.0", "", "1.5"]
    assert statuses(ran) == ["in", "in", "not_observed", "in"]


def test_a_32_bit_float_is_compared_as_such(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", [[0.2, 0.7], [0.1, 0.3]])
    points = "lon,lat\n0.5,1.5\n1.5,1.5\n0.5,0.5\n1.5,0.5\n"

    at_least = [statuses(asked(tmp_path, hazard, points, "--at-least", v)) for v in (0.2, 0.7)]
    at_most = [statuses(asked(tmp_path, hazard, points, "--at-most", v)) for v in (0.2, 0.7)]

    assert at_least == [["in", "in", "out", "in"], ["out", "in", "out", "out"]]
    assert at_most == [["in", "out", "in", "out"], ["in", "in", "in", "in"]]
    assert values(asked(tmp_path, hazard, points)) == ["0.2", "0.7", "0.1", "0.3"]


def test_whole_numbers_are_compared_exactly(tmp_path: Path) -> None:
    big = 2**53
    hazard = depth_file(tmp_path / "h.tif", [[big, big + 1], [2, 3]], dtype="int64", nodata=None)
    points = "lon,lat\n0.5,1.5\n1.5,1.5\n0.5,0.5\n1.5,0.5\n"

    assert statuses(asked(tmp_path, hazard, points, "--at-most", big)) == ["in", "out", "in", "in"]
    assert statuses(asked(tmp_path, hazard, points, "--at-least", 2.5)) == ["in", "in", "out", "in"]
    assert values(asked(tmp_path, hazard, points)) == [str(big), str(big + 1), "2", "3"]


def test_both_bounds_together_make_a_range(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", CELLS)

    ran = asked(
        tmp_path, hazard, "lon,lat\n0.5,1.5\n1.5,1.5\n0.5,0.5\n", "--at-least", 2, "--at-most", 2
    )

    assert statuses(ran) == ["out", "in", "out"]
    assert ran.summary["clause"] == ">= 2 and <= 2"


def test_above_zero_counts_unless_something_else_is_said(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", [[0.0, 0.001], [-1.0, math.nan]])

    ran = asked(tmp_path, hazard, "lon,lat\n0.5,1.5\n1.5,1.5\n0.5,0.5\n1.5,0.5\n")

    assert statuses(ran) == ["out", "in", "out", "not_observed"]
    assert values(ran) == ["0.0", "0.001", "-1.0", ""]


def test_nodata_given_is_added_to_the_declared(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", [[255, 254], [1, 253]], dtype="uint8", nodata=255)
    points = "lon,lat\n0.5,1.5\n1.5,1.5\n0.5,0.5\n1.5,0.5\n"

    ran = asked(tmp_path, hazard, points, "--nodata", 254, "--nodata", 253.5)

    assert statuses(ran) == ["not_observed", "not_observed", "in", "in"]
    assert ran.summary["hazard"]["nodata"] == [255, 254, 253.5]


def test_a_whole_number_near_nodata_is_a_value(tmp_path: Path) -> None:
    cells = [[-9999, -9998], [-10000, 3]]
    hazard = depth_file(tmp_path / "h.tif", cells, dtype="int16", nodata=-9999)

    ran = asked(tmp_path, hazard, "lon,lat\n0.5,1.5\n1.5,1.5\n0.5,0.5\n1.5,0.5\n")

    assert statuses(ran) == ["not_observed", "out", "out", "in"]


def test_the_largest_float_by_any_spelling_is_nodata(tmp_path: Path) -> None:
    lowest = float(np.finfo("float32").min)
    hazard = depth_file(tmp_path / "h.tif", [[lowest, -3.4e38], [0.5, -9999.0]], nodata=-3.4e38)

    ran = asked(tmp_path, hazard, "lon,lat\n0.5,1.5\n1.5,1.5\n0.5,0.5\n1.5,0.5\n")

    assert statuses(ran) == ["not_observed", "not_observed", "in", "out"]


def test_a_mask_hides_cells_beside_nodata(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", CELLS, nodata=None)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(hazard, "r+") as file:
        file.write_mask(np.array([[255, 0], [255, 255]], dtype="uint8"))

    ran = asked(tmp_path, hazard, "lon,lat\n0.5,1.5\n1.5,1.5\n0.5,0.5\n")

    assert statuses(ran) == ["in", "not_observed", "in"]


def test_a_south_up_raster_is_read_by_its_own_rows(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", CELLS, transform=Affine(1, 0, 5, 0, 1, 0))

    ran = asked(tmp_path, hazard, "lon,lat\n5.5,0.5\n6.5,1.5\n5,0\n5.5,1\n5.5,2\n")

    assert values(ran) == ["1.0", "4.0", "1.0", "3.0", ""]


def test_a_rotated_raster_is_read_where_its_cells_lie(tmp_path: Path) -> None:
    # a quarter turn: columns run north, rows run east
    hazard = depth_file(tmp_path / "h.tif", CELLS, transform=Affine(0, 1, 0, 1, 0, 0))

    ran = asked(tmp_path, hazard, "lon,lat\n0.5,0.5\n0.5,1.5\n1.5,0.5\n1.5,1.5\n2.5,0.5\n")

    assert values(ran) == ["1.0", "2.0", "3.0", "4.0", ""]


def test_a_grid_of_nodes_answers_with_the_nearest_node(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", CELLS, transform=from_origin(9.5, 20.5, 1, 1))
    with rasterio.open(hazard, "r+") as file:
        file.update_tags(AREA_OR_POINT="Point")  # nodes at 10, 11 east and 20, 19 north

    ran = asked(tmp_path, hazard, "lon,lat\n10,20\n10.4,20.4\n10.6,19.9\n11.4,18.6\n")

    assert values(ran) == ["1.0", "1.0", "2.0", "4.0"]


def test_points_west_of_greenwich_meet_a_grid_that_counts_to_360(tmp_path: Path) -> None:
    cells = [[float(column) for column in range(36)]]
    hazard = depth_file(tmp_path / "h.tif", cells, transform=from_origin(0, 10, 10, 20))

    ran = asked(tmp_path, hazard, "lon,lat\n-5,0\n-175,0\n5,0\n175,0\n180,0\n-180,0\n")

    assert values(ran) == ["35.0", "18.0", "0.0", "17.0", "18.0", "18.0"]


def test_a_grid_across_the_antimeridian_is_met_from_both_sides(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", CELLS, transform=from_origin(179, 2, 1, 1))

    ran = asked(tmp_path, hazard, "lon,lat\n179.5,1.5\n-179.5,1.5\n-178.5,1.5\n")

    assert values(ran) == ["1.0", "2.0", ""]


def test_points_are_carried_to_the_system_of_the_raster(tmp_path: Path) -> None:
    transform = from_origin(500_000, 2_000_000, 1000, 1000)  # at the middle meridian, 123 east
    hazard = depth_file(tmp_path / "h.tif", CELLS, crs="EPSG:32651", transform=transform)

    ran = asked(tmp_path, hazard, "lon,lat\n123.0047,18.0839\n122.995,18.0839\n-60,-18\n")

    assert statuses(ran) == ["in", "not_observed", "not_observed"]


def test_projected_points_outside_the_range_of_their_system_are_unlocated(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", CELLS)
    points = "x,y\n500000,2000000\n5e8,2000000\n500000,5e9\n30000000,0\n"

    ran = asked(tmp_path, hazard, points, "--points-crs", "EPSG:32651")

    assert statuses(ran) == ["not_observed", "unlocated", "unlocated", "unlocated"]


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


def test_outside_the_observed_extent_a_raster_is_not_observed(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", CELLS)
    seen = shapes_file(tmp_path / "seen.geojson", (shapely.box(0, 0, 1, 2), {}))

    ran = asked(tmp_path, hazard, "lon,lat\n0.5,1.5\n1.5,1.5\n1,1.5\n", "--observed", seen)

    assert statuses(ran) == ["in", "not_observed", "in"]


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
