"""`--as-product`: codes are read by what they mean, masks lie over them, extents bring what was
seen; and whoever asks without is told that the numbers are codes."""

from pathlib import Path

import pytest
import shapely

from tests.cli.running import asked, csv_file, run, statuses, values
from tests.make.files import depth_file, shapes_file
from tests.make.products import code_file
from tests.make.water import ems_zip, gfm_zip

VIIRS = "VIIRS-Flood-1day_s20201113.tif"
CODES = [[30, 99, 17, 150, 1, 100]]  # cloud, water, vegetation, half of it flooded, fill, dry
EAST = "id,x,y\n" + "".join(f"{n},{500_010 + 20 * n},2000030\n" for n in range(6))
METRES = ("--points-crs", "EPSG:32651", "--x", "x", "--y", "y", "--id", "id")


def test_cloud_is_no_flood_once_codes_are_read_by_what_they_mean(tmp_path: Path) -> None:
    file = code_file(tmp_path / VIIRS, CODES)

    ran = asked(tmp_path, file, EAST, *METRES, "--as-product")

    unseen = "not_observed"
    assert statuses(ran) == [unseen, "out", "out", "in", unseen, "out"]
    assert values(ran)[3] == "50.0"
    assert "is read as VIIRS flood map, 13 Nov 2020" in ran.said


def test_who_asks_codes_as_they_stand_is_told_what_they_are(tmp_path: Path) -> None:
    ran = asked(tmp_path, code_file(tmp_path / VIIRS, CODES), EAST, *METRES)

    assert statuses(ran) == ["in"] * 6
    assert "30 Cloud" in ran.said
    assert "--as-product" in ran.said
    plain = asked(tmp_path, code_file(tmp_path / "plain.tif", [[1, 0, 0, 0, 0, 0]]), EAST, *METRES)
    assert "--as-product" not in plain.said


def test_the_masks_of_a_product_lie_over_its_flood(tmp_path: Path) -> None:
    ran = asked(tmp_path, gfm_zip(tmp_path), EAST, *METRES, "--as-product")

    unseen = "not_observed"
    assert statuses(ran) == ["out", "in", unseen, "out", unseen, "out"]


def test_an_extent_brings_what_was_seen_and_leaves_permanent_water_out(tmp_path: Path) -> None:
    points = "lon,lat\n0.25,0.5\n0.75,0.5\n2.5,0.5\n5,0.5\n"

    ran = asked(tmp_path, ems_zip(tmp_path), points, "--as-product")

    assert statuses(ran) == ["in", "out", "out", "not_observed"]  # the second in the lake


def test_areas_are_asked_of_a_product_too(tmp_path: Path) -> None:
    areas = shapes_file(tmp_path / "areas.geojson", (shapely.box(0, 0, 2, 1), {}))

    ran = run("zonal", ems_zip(tmp_path), areas, "--as-product", out=tmp_path / "z.csv")

    (row,) = ran.rows  # half of the flood of one degree is lake; all of it was seen
    assert float(row["hit_km2"]) == pytest.approx(float(row["observed_km2"]) / 4, rel=0.01)


@pytest.mark.parametrize("words", [("--band", "1"), ("--layer", "a"), ("--nodata", "5")])
def test_who_chooses_a_part_does_not_ask_for_the_product(
    tmp_path: Path, words: tuple[str, str]
) -> None:
    ran = asked(tmp_path, code_file(tmp_path / VIIRS, CODES), EAST, *METRES, "--as-product", *words)

    assert ran.refused
    assert "leave --as-product out" in ran.said


def test_what_is_no_product_is_refused(tmp_path: Path) -> None:
    points = csv_file(tmp_path / "p.csv", "lon,lat\n0.5,1.5\n")
    file = depth_file(tmp_path / "x.tif", [[0.5, 1.25]])

    ran = run("sample", file, points, "--as-product", out=tmp_path / "o.csv")

    assert ran.refused
    assert "no product we know" in ran.said
