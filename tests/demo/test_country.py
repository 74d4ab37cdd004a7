"""The files of Kesara are what they say: a country that tiles, rivers, people who hang together."""

import hashlib
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely

from bench.country.making import make
from bench.country.sizes import SIZES
from bench.country.world import World

SQUARE_METRES = 32744  # UTM 44 south
LEVELS = range(4)


@pytest.fixture(scope="module")
def levels(country: Path) -> list[gpd.GeoDataFrame]:
    """The four levels of areas."""
    return [
        gpd.read_file(country / "areas.gpkg", layer=f"ksm_admbnda_adm{level}") for level in LEVELS
    ]


def test_the_tiny_country_has_three_provinces_nine_districts_and_forty_communes(
    levels: list[gpd.GeoDataFrame],
) -> None:
    assert [len(level) for level in levels] == [1, 3, 9, 40]


def test_communes_share_their_borders_without_gap_or_overlap(
    levels: list[gpd.GeoDataFrame],
) -> None:
    communes = levels[3].geometry.to_numpy()

    assert shapely.is_valid(communes).all()
    assert shapely.coverage_is_valid(communes)
    assert shapely.union_all(communes).symmetric_difference(levels[0].geometry[0]).area == 0


@pytest.mark.parametrize("level", [1, 2, 3])
def test_areas_of_a_level_cover_the_country_once(
    levels: list[gpd.GeoDataFrame], level: int
) -> None:
    parts = levels[level].to_crs(SQUARE_METRES).area.sum()
    whole = levels[0].to_crs(SQUARE_METRES).area.sum()

    assert parts == pytest.approx(whole, rel=1e-9)


@pytest.mark.parametrize("level", [1, 2, 3])
def test_an_area_lies_in_the_area_its_code_begins_with(
    levels: list[gpd.GeoDataFrame], level: int
) -> None:
    upper = levels[level - 1].set_index(f"ADM{level - 1}_PCODE").geometry
    for _, area in levels[level].iterrows():
        parent = area[f"ADM{level - 1}_PCODE"]
        assert area[f"ADM{level}_PCODE"].startswith(parent)
        assert upper[parent].contains(area.geometry.representative_point())


def test_every_area_has_a_name_in_both_scripts(levels: list[gpd.GeoDataFrame]) -> None:
    for number, level in enumerate(levels):
        assert level[f"ADM{number}_EN"].str.match(r"[A-Z][A-Za-z ]+$").all()
        assert level[f"ADM{number}_LO"].str.match(r"[\u0600-\u06ff ]+$").all()
        assert level[f"ADM{number}_PCODE"].is_unique


def test_the_country_lies_in_the_open_ocean(levels: list[gpd.GeoDataFrame]) -> None:
    west, south, east, north = levels[0].total_bounds

    assert 77 < west < east < 85
    assert -33 < south < north < -25


def test_rivers_stay_in_the_country_and_the_great_one_has_its_name(
    country: Path, levels: list[gpd.GeoDataFrame]
) -> None:
    rivers = gpd.read_file(country / "rivers.geojson")

    assert rivers.geometry.within(levels[0].geometry[0].buffer(1e-6)).all()
    assert rivers.name[0] == "Oru"
    assert rivers.width_m[0] == rivers.width_m.max()


def test_flood_polygons_are_valid_and_lie_where_the_radar_could_see(country: Path) -> None:
    flood = gpd.read_file(country / "flood_extent.geojson").geometry
    observed = gpd.read_file(country / "observed_extent.geojson").geometry

    assert flood.is_valid.all()
    assert observed.is_valid.all()
    assert set(flood.geom_type) == set(observed.geom_type) == {"MultiPolygon"}
    assert any(part.interiors for shape in flood for part in shape.geoms)
    assert flood.union_all().difference(observed.union_all()).area < 1e-8  # degrees: a roof


@pytest.mark.parametrize("name", ["flood_depth_r1.tif", "flood_depth_r2.tif"])
def test_a_release_keeps_dry_wet_and_unseen_apart(country: Path, name: str) -> None:
    with rasterio.open(country / name) as release:
        depth = release.read(1)
        assert release.crs.to_epsg() == SQUARE_METRES
        assert release.nodata == -9999
        assert release.profile["tiled"]

    seen = depth[depth != -9999]
    assert depth.dtype == np.float32
    assert seen.min() == 0
    assert 2 < seen.max() <= 4.5
    assert 0.01 < (seen > 0).mean() < 0.3
    assert 0.05 < (depth == -9999).mean() < 0.7


def test_depth_changes_gently_from_cell_to_cell(country: Path) -> None:
    with rasterio.open(country / "flood_depth_r2.tif") as release:
        depth = release.read(1)

    both_wet = (depth[:, 1:] > 0) & (depth[:, :-1] > 0)
    steps = np.abs(np.diff(depth, axis=1))[both_wet]
    assert np.quantile(steps, 0.95) < 1.0


def test_every_located_household_stands_in_the_commune_it_states(
    households: pd.DataFrame, levels: list[gpd.GeoDataFrame]
) -> None:
    located = households.dropna(subset=["longitude"])
    points = gpd.GeoDataFrame(
        located, geometry=gpd.points_from_xy(located.longitude, located.latitude), crs=4326
    )
    found = points.sjoin(levels[3], predicate="within")

    assert len(found) == len(points)
    assert (found.area_pcode == found.ADM3_PCODE).all()


def test_no_household_stands_so_near_a_line_that_rounding_could_matter(
    country: Path, households: pd.DataFrame, levels: list[gpd.GeoDataFrame], truth: dict[str, Any]
) -> None:
    located = households.dropna(subset=["longitude"])
    points = gpd.points_from_xy(located.longitude, located.latitude, crs=4326)
    borders = shapely.union_all(shapely.boundary(levels[3].geometry.to_numpy()))
    drawn = shapely.geometry.shape(truth["drawn"]["polygon"]).boundary
    with rasterio.open(country / "flood_depth_r2.tif") as release:
        utm = gpd.GeoSeries(points).to_crs(release.crs)
        cell, left, top = release.res[0], release.bounds.left, release.bounds.top
        columns, rows = (utm.x - left) / cell, (top - utm.y) / cell

    assert shapely.distance(points, borders).min() > 1e-6
    assert shapely.distance(points, drawn).min() > 1e-5
    for way in (columns, rows):
        assert (abs(way - way.round()) * cell).min() > 0.5


def test_a_place_is_known_in_one_of_six_ways(households: pd.DataFrame) -> None:
    source = households.location_source.fillna("")
    located = households.longitude.notna()

    assert set(source) == {"gps", "building", "address", "settlement", "area", ""}
    assert (located == source.isin(["gps", "building", "address", "settlement"])).all()
    assert (households.area_pcode.isna() == (source == "")).all()
    assert households.accuracy_m[located].between(3, 500).all()
    assert households.accuracy_m[source == "gps"].between(4, 15).mean() > 0.8


def test_a_complete_roster_lists_everybody_and_has_one_head(
    households: pd.DataFrame, people: pd.DataFrame
) -> None:
    members = people.groupby("household_code").size()
    heads = people[people.relation == "head"].groupby("household_code").size()
    listed = households.code.map(members).fillna(0)
    complete = households.roster == "complete"

    assert (listed[complete] == households["size"][complete]).all()
    assert (listed[~complete] < households["size"][~complete]).all()
    assert (~complete).any()
    assert (households.code[complete].map(heads) == 1).all()
    assert heads.max() == 1


def test_codes_and_identifiers_are_nobody_elses(
    households: pd.DataFrame, people: pd.DataFrame
) -> None:
    assert households.code.is_unique
    assert people.code.is_unique
    assert people.id_number.dropna().is_unique
    assert people.household_code.isin(households.code).all()


def test_births_known_by_the_year_only_are_told_as_the_first_of_july(people: pd.DataFrame) -> None:
    inexact = people[people.birth_date_exact == "no"]

    assert 0.03 < len(inexact) / len(people) < 0.2
    assert inexact.birth_date.str.endswith("-07-01").all()


def test_names_are_written_in_two_scripts(people: pd.DataFrame) -> None:
    assert people.name.str.match(r"[A-Z][a-z]+ [A-Z][a-z]+$").all()
    assert people.name_local.str.match(r"[\u0600-\u06ff]+ [\u0600-\u06ff]+$").all()


def test_the_same_seed_gives_the_same_bytes(country: Path, tmp_path: Path) -> None:
    make(SIZES["tiny"], 7, tmp_path)

    assert _digests(tmp_path) == _digests(country)


def test_another_seed_gives_another_country(levels: list[gpd.GeoDataFrame]) -> None:
    other = World(SIZES["tiny"], 8).areas

    assert other.codes(3) != levels[3].ADM3_PCODE.tolist()
    assert other.country.area != levels[0].geometry[0].area
    assert shapely.coverage_is_valid(other.shapes)


def test_truth_names_the_digest_of_every_file(country: Path, truth: dict[str, Any]) -> None:
    told = {name: file["sha256"] for name, file in truth["files"].items()}

    assert told == {k: v for k, v in _digests(country).items() if k != "truth.json"}


def _digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
