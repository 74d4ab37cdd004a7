"""`highground zonal`: cells by covered shares, true areas, and what was not observed kept apart."""

import math
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
import shapely.affinity
from exactextract import exact_extract
from pyproj import Geod, Transformer
from rasterio.transform import Affine, from_origin
from shapely.ops import transform as carried

from tests.cli.running import Ran, run
from tests.make.files import depth_file, shapes_file

GEOD = Geod(ellps="WGS84")
HEADER = "id,cells,observed_cells,mean,min,max,sum,hit_share,hit_km2,observed_km2"


def geodesic_km2(shape: shapely.Geometry) -> float:
    dense = shapely.segmentize(shape, 0.01)
    return abs(GEOD.geometry_area_perimeter(dense)[0]) / 1e6


def numbers(ran: Ran) -> list[dict[str, float]]:
    assert ran.code == 0, ran.said
    return [
        {key: float(text) if text else math.nan for key, text in row.items() if key != "id"}
        for row in ran.rows
    ]


def test_cells_count_by_the_share_an_area_covers(tmp_path: Path) -> None:
    # 1  2   an area over the left half of the right column, and one over all of the middle
    # 3  -
    hazard = depth_file(tmp_path / "h.tif", [[1.0, 2.0], [3.0, -9999.0]])
    areas = shapes_file(
        tmp_path / "a.geojson",
        (shapely.box(1, 0, 1.5, 2), {"code": "R"}),
        (shapely.box(0.5, 0.5, 1.5, 1.5), {"code": "M"}),
        (shapely.box(1, 0, 2, 1), {"code": "N"}),
        (shapely.box(7, 7, 8, 8), {"code": "O"}),
    )

    ran = run("zonal", hazard, areas, "--id", "code", "--at-least", 2, out=tmp_path / "out.csv")

    right, middle, nodata, outside = numbers(ran)
    assert ran.out.read_text().splitlines()[0] == HEADER
    assert ran.column("id") == ["R", "M", "N", "O"]
    assert (right["cells"], right["observed_cells"]) == (1.0, 0.5)
    assert (right["mean"], right["min"], right["max"], right["sum"]) == (2.0, 2.0, 2.0, 1.0)
    assert (middle["cells"], middle["observed_cells"]) == (1.0, 0.75)
    assert (middle["sum"], middle["mean"]) == (1.5, 2.0)
    assert (middle["min"], middle["max"]) == (1.0, 3.0)
    assert (nodata["cells"], nodata["observed_cells"]) == (1.0, 0.0)
    assert (outside["cells"], outside["observed_cells"]) == (0.0, 0.0)
    for empty in (nodata, outside):
        assert all(math.isnan(empty[key]) for key in ("mean", "min", "max", "sum", "hit_share"))
        assert (empty["hit_km2"], empty["observed_km2"]) == (0.0, 0.0)
    assert ran.summary["rows"] == 4
    assert (ran.summary["observed"], ran.summary["not_observed"]) == (2, 2)


def test_areas_are_true_to_the_ellipsoid_in_degrees(tmp_path: Path) -> None:
    # one row of coarse cells at 60 north, where a degree of latitude changes much of the width
    hazard = depth_file(tmp_path / "h.tif", [[1.0, 0.0]], transform=from_origin(0, 62, 4, 4))
    triangle = shapely.Polygon([(1, 58.5), (7, 58.5), (1, 61.5)])
    areas = shapes_file(tmp_path / "a.geojson", (triangle, {}))

    (row,) = numbers(run("zonal", hazard, areas, out=tmp_path / "out.csv"))

    assert row["observed_km2"] == pytest.approx(geodesic_km2(triangle), rel=1e-4)
    hit = triangle & shapely.box(0, 58, 4, 62)
    assert row["hit_km2"] == pytest.approx(geodesic_km2(hit), rel=1e-4)
    assert row["hit_share"] == row["hit_km2"] / row["observed_km2"]


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:32651", "EPSG:3413"])
def test_areas_are_true_to_the_ellipsoid_in_any_projection(tmp_path: Path, crs: str) -> None:
    area = (
        shapely.box(121.2, 66.1, 123.9, 67.7)
        if crs == "EPSG:3413"
        else shapely.box(121.2, 16.1, 121.9, 17.7)
    )
    to = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform
    west, south, east, north = carried(to, shapely.segmentize(area, 0.01)).bounds
    side = 2000.0
    shape = math.ceil((north - south) / side) + 1, math.ceil((east - west) / side) + 1
    transform = from_origin(west, north, side, side)
    hazard = depth_file(tmp_path / "h.tif", np.ones(shape).tolist(), crs=crs, transform=transform)

    (row,) = numbers(
        run(
            "zonal", hazard, shapes_file(tmp_path / "a.geojson", (area, {})), out=tmp_path / "o.csv"
        )
    )

    assert row["hit_km2"] == pytest.approx(geodesic_km2(area), rel=2e-4)
    assert row["hit_share"] == 1.0


@pytest.mark.parametrize(
    ("crs", "transform"),
    [
        ("EPSG:4326", Affine.translation(20, 62) @ Affine.rotation(30) @ Affine.scale(2, -2)),
        ("EPSG:3857", from_origin(2_000_000, 9_000_000, 200_000, 200_000)),
    ],
)
def test_a_coarse_cell_has_not_the_same_scale_all_over(
    tmp_path: Path, crs: str, transform: Affine
) -> None:
    hazard = depth_file(tmp_path / "h.tif", [[1.0, 1.0]] * 2, crs=crs, transform=transform)
    to = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform
    middle = shapely.Point(*to(*(transform @ (0.5, 0.5))))
    areas = [middle.buffer(0.2), shapely.affinity.translate(middle, 0, 0.25).buffer(0.1)]
    file = shapes_file(tmp_path / "a.geojson", *((area, {}) for area in areas))

    rows = numbers(run("zonal", hazard, file, out=tmp_path / "out.csv"))

    found = [row["observed_km2"] for row in rows]
    assert found == pytest.approx([geodesic_km2(area) for area in areas], rel=1e-4)


def test_shares_agree_with_exactextract_on_uneven_shapes(tmp_path: Path) -> None:
    rng = np.random.default_rng(11)
    cells = rng.uniform(0, 5, (40, 60)).astype("float32")
    cells[rng.uniform(size=cells.shape) < 0.2] = -9999
    hazard = depth_file(tmp_path / "h.tif", cells.tolist(), transform=from_origin(10, 5, 0.1, 0.07))
    hulls = [
        shapely.convex_hull(shapely.MultiPoint(rng.uniform((10, 2), (16, 5), (9, 2))))
        for _ in range(6)
    ]
    areas = shapes_file(tmp_path / "a.geojson", *((hull, {}) for hull in hulls))

    rows = numbers(run("zonal", hazard, areas, out=tmp_path / "out.csv"))

    figures = ["count", "mean", "min", "max", "sum"]
    peers = exact_extract(hazard, geopandas.read_file(areas), figures, output="pandas")
    for row, expected in zip(rows, peers.to_dict("records"), strict=True):
        assert row["observed_cells"] == pytest.approx(expected["count"], rel=1e-6)
        for key in ("mean", "min", "max", "sum"):
            assert row[key] == pytest.approx(expected[key], rel=1e-6)


def test_south_up_and_rotated_rasters_give_the_same_figures(tmp_path: Path) -> None:
    # the cells of  1 2 / 3 4  over the box (5, 0, 7, 2), told in three ways
    plain = depth_file(
        tmp_path / "p.tif", [[1.0, 2.0], [3.0, 4.0]], transform=from_origin(5, 2, 1, 1)
    )
    flipped = depth_file(
        tmp_path / "f.tif", [[3.0, 4.0], [1.0, 2.0]], transform=Affine(1, 0, 5, 0, 1, 0)
    )
    turned = depth_file(
        tmp_path / "t.tif", [[3.0, 1.0], [4.0, 2.0]], transform=Affine(0, 1, 5, 1, 0, 0)
    )
    areas = shapes_file(tmp_path / "a.geojson", (shapely.box(5.2, 0.6, 6.1, 1.9), {}))

    tables = [
        numbers(run("zonal", hazard, areas, out=tmp_path / "out.csv"))[0]
        for hazard in (plain, flipped, turned)
    ]

    for other in tables[1:]:
        assert other == pytest.approx(tables[0], rel=1e-5)
    assert tables[0]["cells"] == pytest.approx(0.9 * 1.3, rel=1e-6)


def test_areas_meet_a_grid_that_counts_its_longitudes_to_360(tmp_path: Path) -> None:
    cells = [[float(column) for column in range(36)]]
    hazard = depth_file(tmp_path / "h.tif", cells, transform=from_origin(0, 10, 10, 20))
    areas = shapes_file(
        tmp_path / "a.geojson",
        (shapely.box(-20, -10, -10, 10), {}),
        (shapely.box(-5, -10, 5, 10), {}),
    )

    west, both = numbers(run("zonal", hazard, areas, out=tmp_path / "out.csv"))

    assert (west["cells"], west["mean"]) == (1.0, 34.0)
    assert (both["cells"], both["min"], both["max"], both["mean"]) == (1.0, 0.0, 35.0, 17.5)


def test_invalid_areas_are_mended_and_counted_and_missing_ones_empty(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", [[1.0, 1.0], [1.0, 1.0]])
    bow_tie = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    areas = shapes_file(tmp_path / "a.geojson", (bow_tie, {}), (shapely.Polygon(), {}))

    ran = run("zonal", hazard, areas, out=tmp_path / "out.csv")

    tie, missing = numbers(ran)
    assert tie["cells"] == pytest.approx(2.0)  # two triangles of a box of four cells
    assert ran.summary["areas_repaired"] == 1
    assert all(math.isnan(value) for value in missing.values())


def test_polygons_count_once_where_they_overlap(tmp_path: Path) -> None:
    hazard = shapes_file(
        tmp_path / "h.geojson", (shapely.box(0, 0, 1, 1), {}), (shapely.box(0.5, 0, 1.5, 1), {})
    )
    area = shapely.box(0, 0, 3, 1)
    areas = shapes_file(tmp_path / "a.geojson", (area, {}), (shapely.box(2, 0, 3, 1), {}))

    silent = numbers(run("zonal", hazard, areas, out=tmp_path / "out.csv"))
    seen = numbers(run("zonal", hazard, areas, "--observed", "all", out=tmp_path / "out.csv"))

    hit = geodesic_km2(shapely.box(0, 0, 1.5, 1))
    assert silent[0]["hit_km2"] == pytest.approx(hit, rel=1e-6)
    assert silent[0]["hit_share"] == 1.0
    assert math.isnan(silent[1]["hit_share"])
    assert seen[0]["hit_share"] == pytest.approx(0.5, rel=1e-6)
    assert (seen[1]["hit_share"], seen[1]["hit_km2"]) == (0.0, 0.0)
    for row in silent + seen:
        assert all(math.isnan(row[key]) for key in ("cells", "observed_cells", "mean", "sum"))


def test_polygons_are_met_across_the_antimeridian(tmp_path: Path) -> None:
    hazard = shapes_file(tmp_path / "h.geojson", (shapely.box(179, 0, 182, 1), {}))
    areas = shapes_file(
        tmp_path / "a.geojson",
        (shapely.box(-180, 0, -176, 1), {}),
        (shapely.box(170, 0, 190, 1), {}),
    )

    west, both = numbers(run("zonal", hazard, areas, "--observed", "all", out=tmp_path / "out.csv"))

    assert west["hit_share"] == pytest.approx(0.5, rel=1e-6)
    assert both["hit_km2"] == pytest.approx(geodesic_km2(shapely.box(0, 0, 3, 1)), rel=1e-6)


def test_an_observed_extent_limits_what_polygons_and_rasters_say(tmp_path: Path) -> None:
    box = shapely.box(0, 0, 1, 2)
    hazard = shapes_file(tmp_path / "h.geojson", (box, {}))
    raster = depth_file(tmp_path / "h.tif", [[1.0, 0.0], [1.0, 0.0]])
    seen = shapes_file(tmp_path / "seen.geojson", (shapely.box(0, 1, 2, 3), {}))
    areas = shapes_file(tmp_path / "a.geojson", (shapely.box(0, 0, 2, 2), {}))

    for file in (hazard, raster):
        (row,) = numbers(run("zonal", file, areas, "--observed", seen, out=tmp_path / "out.csv"))

        assert row["hit_km2"] == pytest.approx(geodesic_km2(shapely.box(0, 1, 1, 2)), rel=1e-6)
        assert row["observed_km2"] == pytest.approx(geodesic_km2(shapely.box(0, 1, 2, 2)), rel=1e-6)
    assert (row["cells"], row["observed_cells"]) == (4.0, 2.0)


def test_a_threshold_on_a_field_parts_hit_from_observed(tmp_path: Path) -> None:
    hazard = shapes_file(
        tmp_path / "h.geojson",
        (shapely.box(0, 0, 1, 1), {"depth": 0.2}),
        (shapely.box(1, 0, 2, 1), {"depth": 1.0}),
        (shapely.box(2, 0, 3, 1), {"depth": None}),
    )
    areas = shapes_file(tmp_path / "a.geojson", (shapely.box(0, 0, 4, 1), {}))

    ran = run(
        "zonal", hazard, areas, "--field", "depth", "--at-least", 0.5, out=tmp_path / "out.csv"
    )

    (row,) = numbers(ran)
    assert row["hit_share"] == pytest.approx(0.5, rel=1e-6)


def test_points_are_no_areas(tmp_path: Path) -> None:
    hazard = depth_file(tmp_path / "h.tif", [[1.0]])
    points = shapes_file(tmp_path / "a.geojson", (shapely.Point(0, 0), {}))

    assert run("zonal", hazard, points, out=tmp_path / "out.csv").refused
