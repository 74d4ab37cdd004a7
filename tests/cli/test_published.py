"""Figures others published, or that two other ways of computing agree on, come out here too."""

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely

from tests.cli.running import Ran, csv_file, run
from tests.make.files import shapes_file
from tests.places import DATA

KNOWN = json.loads((DATA / "expected_shared.json").read_text())
REFERENCE = DATA / "reference"
INASAFE = DATA / "hazard" / "idn_inasafe"
ADMIN = DATA / "admin" / "phl_r02_cod_ab.gpkg"
EXTENT = DATA / "hazard" / "phl_vamco2020_flood_unosat.geojson"
MASK = DATA / "hazard" / "phl_vamco2020_flood_mask_50m_utm51n.tif"
WIND = DATA / "hazard" / "phl_vamco2020_wind_ms.tif"


def zonal(tmp_path: Path, hazard: Path, areas: Path, *words: object) -> list[dict[str, str]]:
    ran = run("zonal", hazard, areas, *words, out=tmp_path / "out.csv")
    assert ran.code == 0, ran.said
    return ran.rows


def of_level(level: int) -> list[str]:
    return ["--areas-layer", f"phl_admbnda_adm{level}", "--id", f"ADM{level}_PCODE"]


def cells_of(path: Path, tmp_path: Path, *words: object) -> Ran:
    """Sample the middle of every cell of a small grid without a system of its own."""
    with rasterio.open(path) as file:
        rows, columns = np.mgrid[0 : file.height, 0 : file.width]
        x, y = rasterio.transform.xy(file.transform, rows.ravel(), columns.ravel())
    text = "x,y\n" + "".join(f"{float(a)!r},{float(b)!r}\n" for a, b in zip(x, y, strict=True))
    points = csv_file(tmp_path / "p.csv", text)
    return run("sample", path, points, "--crs", "EPSG:4326", *words, out=tmp_path / "out.csv")


def test_a_shakemap_is_read_as_nodes_and_agrees_with_the_published_grid(tmp_path: Path) -> None:
    grid = INASAFE / "shake_20131105060809_grid.xml"
    with rasterio.open(REFERENCE / "inasafe" / "shake_20131105060809_grid-nearest.tif") as file:
        published = file.read(1)[::-1]  # south-up
    lon, lat = np.meshgrid(np.linspace(139.37, 141.87, 101), np.linspace(-1.18125, -3.67875, 101))
    nodes = "".join(f"{x},{y}\n" for x, y in zip(lon.ravel(), lat.ravel(), strict=True))
    points = csv_file(tmp_path / "p.csv", "lon,lat\n" + nodes)

    ran = run(
        "sample", grid, points, "--variable", "MMI", "--at-least", 3, out=tmp_path / "out.csv"
    )

    found = np.array([float(text) for text in ran.column("value")]).reshape(101, 101)
    assert (
        np.abs(found - published).max()
        == KNOWN["R1_inasafe_shake_grid"]["max_abs_difference_after_flip"]
    )
    assert found.max() == KNOWN["R1_inasafe_shake_grid"]["mmi_max"]
    assert ran.summary["in"] == KNOWN["R1_inasafe_shake_grid"]["mmi_ge_3_cells"][0]
    assert ran.summary["hazard"]["crs"] == "EPSG:4326"


def test_a_shakemap_asks_which_measure_is_meant(tmp_path: Path) -> None:
    points = csv_file(tmp_path / "p.csv", "lon,lat\n140,-2\n")

    ran = run("sample", INASAFE / "shake_20131105060809_grid.xml", points, out=tmp_path / "out.csv")

    assert ran.refused
    assert "MMI" in ran.said


def test_inasafe_counts_of_classes_are_found(tmp_path: Path) -> None:
    ran = cells_of(INASAFE / "classified_flood_20_20.asc", tmp_path)

    counts = {key: ran.column("value").count(f"{key}.0") for key in ("1", "2", "3")}
    assert counts == KNOWN["R2_inasafe_classified_cells"]["published"]


def test_inasafe_reclassification_is_found_with_32_bit_thresholds(tmp_path: Path) -> None:
    depth = INASAFE / "continuous_flood_20_20.asc"
    at_most = [cells_of(depth, tmp_path, "--at-most", bound).summary["in"] for bound in (0.2, 1)]

    expected = KNOWN["R3_inasafe_continuous_reclass"]["numpy"]["float32 threshold"]
    assert at_most == [expected["low"], expected["low"] + expected["medium"]]


def test_inasafe_highest_class_of_buildings_is_found(tmp_path: Path) -> None:
    """InaSAFE gives each building the highest class it meets; classes become numbers here."""
    classes = {"low": 1, "medium": 2, "high": 3}
    told = json.loads((REFERENCE / "inasafe" / "aggregate_classified_hazard.geojson").read_text())
    for feature in told["features"]:
        feature["properties"]["rank"] = classes.get(feature["properties"]["hazard_class"], 0)
    ranked = tmp_path / "ranked.geojson"
    ranked.write_text(json.dumps(told))
    buildings = REFERENCE / "inasafe" / "buildings.geojson"

    ran = run(
        "sample",
        ranked,
        buildings,
        "--footprint",
        "max",
        "--field",
        "rank",
        out=tmp_path / "out.csv",
    )

    published = KNOWN["R4_inasafe_highest_class"]["published"]
    found = ran.column("value")
    assert found.count("3") == published["high"]
    assert found.count("2") == published["medium"]


def test_inasafe_landcover_areas_are_geodesic(tmp_path: Path) -> None:
    path = REFERENCE / "inasafe" / "landcover_run_impact_analysis.geojson"
    told = json.loads(path.read_text())["features"]

    rows = zonal(tmp_path, path, path, "--observed", "all")

    found: dict[str, float] = {}
    for feature, row in zip(told, rows, strict=True):
        properties = feature["properties"]
        key = f"{properties['exposure_class']}/{properties['hazard_class']}"
        found[key] = found.get(key, 0) + float(row["observed_km2"]) * 100
    expected = KNOWN["R5_inasafe_landcover_run"]["geodesic_ha"]
    assert {key: round(value, 2) for key, value in found.items()} == pytest.approx(
        expected, abs=0.02
    )


def test_rasterstats_points_and_exactextract_polygons_are_found(tmp_path: Path) -> None:
    slope = REFERENCE / "rasterstats" / "slope.tif"
    known = KNOWN["R6_rasterstats_slope"]

    rows = zonal(tmp_path, slope, REFERENCE / "rasterstats" / "polygons.shp")
    assert [round(float(row["cells"]), 2) for row in rows] == known["exactextract"]["count"]
    assert [round(float(row["mean"]), 3) for row in rows] == known["exactextract"]["mean"]

    points = REFERENCE / "rasterstats" / "points.shp"
    ran = run("sample", slope, points, out=tmp_path / "out.csv")
    found = [round(float(text), 3) for text in ran.column("value")]
    assert found == known["rasterstats"]["points_mean"]


def test_rasterstats_masks_and_empty_rasters_are_not_observed(tmp_path: Path) -> None:
    folder = REFERENCE / "rasterstats"

    rows = zonal(tmp_path, folder / "all_nodata.tif", folder / "polygons.shp")
    assert [(row["observed_cells"], row["mean"], row["hit_share"]) for row in rows] == [
        ("0.0", "", "")
    ] * 2
    (mask,) = zonal(
        tmp_path,
        folder / "dataset_mask.tif",
        shapes_file(tmp_path / "a.geojson", (shapely.box(243900, 997700, 245600, 1001500), {})),
        "--areas-crs",
        "EPSG:9674",
    )
    assert float(mask["observed_cells"]) == 62 * 145 - 5402
    assert (mask["min"], mask["max"]) == ("22.0", "22.0")


@pytest.mark.parametrize(("hazard", "way"), [(EXTENT, "vector"), (MASK, "raster50m")])
def test_the_flood_of_vamco_covers_what_two_other_ways_found(
    tmp_path: Path, hazard: Path, way: str
) -> None:
    known = KNOWN["D1_phl_vamco_flood_x_admin (shared, demo numbers)"]
    words = ["--observed", "all"] if way == "vector" else []

    provinces = zonal(tmp_path, hazard, ADMIN, *of_level(2), *words)
    by_province = {row["id"]: float(row["hit_km2"]) for row in provinces if float(row["hit_km2"])}
    assert sum(by_province.values()) == pytest.approx(known["flood_in_region2_km2"][way], rel=0.003)
    assert by_province == pytest.approx(known["by_province_km2_vector"], rel=0.003)

    municipalities = zonal(tmp_path, hazard, ADMIN, *of_level(3), *words)
    touched = {row["id"]: float(row["hit_km2"]) for row in municipalities if float(row["hit_km2"])}
    assert len(touched) == known["municipalities_touched"]
    for name, km2 in known["top5_municipalities_km2"].items():
        assert touched[name.split()[-1]] == pytest.approx(km2, rel=0.003)


def test_the_share_of_each_barangay_under_water_is_found(tmp_path: Path) -> None:
    known = KNOWN["D1_phl_vamco_flood_x_admin (shared, demo numbers)"]

    rows = zonal(tmp_path, EXTENT, ADMIN, *of_level(4), "--observed", "all")

    shares = np.array([float(row["hit_share"]) if row["hit_share"] else math.nan for row in rows])
    assert int((shares > 0).sum()) == known["barangays_touched"]
    assert abs(int((shares >= 0.25).sum()) - known["barangays_share_ge_25pct"]) <= 1
    assert abs(int((shares >= 0.5).sum()) - known["barangays_share_ge_50pct"]) <= 1
    assert int(np.isnan(shares).sum()) == 1  # the barangay without a shape


def test_the_wind_of_vamco_reaches_what_was_found_before(tmp_path: Path) -> None:
    known = KNOWN["D2_phl_vamco_wind_zonal (shared)"]

    rows = zonal(tmp_path, WIND, ADMIN, *of_level(3), "--at-least", 17.2)

    highest = {row["id"]: float(row["max"]) for row in rows}
    for name, speed in known["top5_max_ms"].items():
        assert round(highest[name.split()[-1]], 2) == speed
    for bound in ("17.2", "24.5", "32.7"):
        key = "municipalities_max_ge_17.2" if bound == "17.2" else f"max_ge_{bound}"
        assert sum(speed >= float(bound) for speed in highest.values()) == known[key]


def test_extent_and_mask_of_one_flood_answer_alike(tmp_path: Path) -> None:
    """Places on a lattice over the flood, asked of the polygons and of the 50 m cells."""
    lon, lat = np.meshgrid(np.linspace(121.4, 121.9, 60), np.linspace(17.1, 18.4, 60))
    rows = "".join(f"{x},{y}\n" for x, y in zip(lon.ravel(), lat.ravel(), strict=True))
    points = csv_file(tmp_path / "p.csv", "lon,lat\n" + rows)

    by_polygon = run("sample", EXTENT, points, "--observed", "all", out=tmp_path / "a.csv")
    by_cell = run("sample", MASK, points, out=tmp_path / "b.csv")

    with (tmp_path / "a.csv").open() as a, (tmp_path / "b.csv").open() as b:
        pairs = list(zip(csv.DictReader(a), csv.DictReader(b), strict=True))
    same = sum(one["status"] == other["status"] for one, other in pairs)
    assert same / len(pairs) > 0.98  # the rest lies within a cell of a shore
    assert by_polygon.summary["in"] == pytest.approx(by_cell.summary["in"], rel=0.05)
