"""`highground sample` on rasters: which cell, which value, which of the four answers."""

import math
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from netCDF4 import Dataset
from rasterio.transform import Affine, from_origin

from tests.cli.running import asked, statuses, values
from tests.make.files import depth_file, shapes_file

# Four cells of one degree, from 0 east, 2 north:   1  2
#                                                   3  4
CELLS = [[1.0, 2.0], [3.0, 4.0]]


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


@pytest.mark.parametrize("nodata", [None, 4])
def test_an_alpha_band_hides_cells_beside_nodata(tmp_path: Path, nodata: int | None) -> None:
    hazard = depth_file(
        tmp_path / "h.tif", CELLS, dtype="uint8", count=2, nodata=nodata, alpha="YES"
    )
    with rasterio.open(hazard, "r+") as file:
        file.write(np.array([[255, 0], [1, 255]], dtype="uint8"), 2)

    ran = asked(tmp_path, hazard, "lon,lat\n0.5,1.5\n1.5,1.5\n0.5,0.5\n1.5,0.5\n")

    seen_last = "in" if nodata is None else "not_observed"
    assert statuses(ran) == ["in", "not_observed", "in", seen_last]


def test_nodata_of_64_bits_is_met_though_no_float_holds_it(tmp_path: Path) -> None:
    hazard = tmp_path / "h.nc"
    with Dataset(hazard, "w") as file:
        for name, places in (("lat", [1.5, 0.5]), ("lon", [0.5, 1.5])):
            file.createDimension(name, 2)
            file.createVariable(name, "f8", (name,))[:] = places
            file[name].units = {"lat": "degrees_north", "lon": "degrees_east"}[name]
        cells = file.createVariable("people", "i8", ("lat", "lon"), fill_value=2**63 - 1)
        cells[:] = np.ma.masked_equal([[0, 2**63 - 2], [2, 3]], 0)

    ran = asked(tmp_path, hazard, "lon,lat\n0.5,1.5\n1.5,1.5\n0.5,0.5\n1.5,0.5\n")

    assert statuses(ran) == ["not_observed", "in", "in", "in"]


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


def test_outside_the_observed_extent_a_raster_is_not_observed(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", CELLS)
    seen = shapes_file(tmp_path / "seen.geojson", (shapely.box(0, 0, 1, 2), {}))

    ran = asked(tmp_path, hazard, "lon,lat\n0.5,1.5\n1.5,1.5\n1,1.5\n", "--observed", seen)

    assert statuses(ran) == ["in", "not_observed", "in"]
