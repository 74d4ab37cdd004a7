"""Boundaries come in every shape of file: their names survive, and nothing else is followed."""

import json
import zipfile
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely

from geo.archives import Recipe
from geo.unreadable import Unreadable
from geo.vector.boundaries import Boundaries, read_boundaries

NAMES = ["Peñablanca", "Ibañez “núcleo”"]


def provinces(**columns: Any) -> geopandas.GeoDataFrame:
    """Two provinces of country X, side by side, with the columns given."""
    known = {
        "ADM1_EN": NAMES,
        "ADM1_PCODE": ["X1", "X2"],
        "ADM0_EN": ["Karsa"] * 2,
        "ADM0_PCODE": ["X"] * 2,
    }
    squares = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]
    return geopandas.GeoDataFrame({**known, **columns}, geometry=squares, crs="EPSG:4326")


def read(path: Path) -> Boundaries:
    return read_boundaries(path, version="v1")


def names(path: Path) -> list[str]:
    return [area.name for area in read(path).areas if area.level == 1]


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8", None),
        ("cp1252", None),
        ("cp1252", "1252"),
        ("cp1252", "ANSI 1252"),
        ("cp1252", "UTF-8"),  # which is not true
    ],
)
def test_names_in_a_shapefile_survive_whatever_its_code_page_says(
    tmp_path: Path, encoding: str, said: str | None
) -> None:
    provinces().to_file(tmp_path / "adm1.shp", encoding=encoding)
    (tmp_path / "adm1.cpg").unlink()
    if said:
        (tmp_path / "adm1.cpg").write_text(said)
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for part in tmp_path.glob("adm1.*"):
            archive.write(part, part.name)

    assert names(tmp_path / "x.zip") == NAMES


def test_names_in_a_geojson_of_another_encoding_survive(tmp_path: Path) -> None:
    text = json.dumps(json.loads(provinces(año=[1, 2]).to_json()), ensure_ascii=False)
    (tmp_path / "a.geojson").write_text(text, encoding="cp1252")

    assert names(tmp_path / "a.geojson") == NAMES


def test_codes_that_are_numbers_stay_whole_beside_a_gap(tmp_path: Path) -> None:
    frame = provinces(ADM1_PCODE=[101, None], ADM0_PCODE=[1, 1])
    frame.astype({"ADM1_PCODE": "Int64"}).to_file(tmp_path / "a.gpkg")

    found = read(tmp_path / "a.gpkg")

    assert [area.pcode for area in found.areas] == ["1", "101"]
    assert [(error.row, error.pcode) for error in found.errors] == [(2, "")]


def test_a_local_name_that_is_nowhere_filled_in_is_none(tmp_path: Path) -> None:
    provinces(ADM1_PT=[float("nan")] * 2).to_file(tmp_path / "a.gpkg")

    assert [area.name_local for area in read(tmp_path / "a.gpkg").areas] == [None] * 3


def test_an_area_across_the_antimeridian_is_one_area_on_both_sides(tmp_path: Path) -> None:
    frame = provinces()
    frame.geometry = [shapely.box(179, 0, 182, 1), shapely.box(-178, 0, -177, 1)]
    frame.to_file(tmp_path / "a.geojson")

    found = read(tmp_path / "a.geojson")

    assert found.errors == []
    both = found.areas[1].shape
    assert both is not None
    assert both.equals(shapely.union(shapely.box(179, 0, 180, 1), shapely.box(-180, 0, -178, 1)))


def test_a_point_beside_an_area_does_not_hide_it(tmp_path: Path) -> None:
    frame = provinces()
    square = shapely.box(0, 0, 1, 1)
    frame.geometry = [square, shapely.GeometryCollection([square, shapely.Point(3, 3)])]
    frame.to_file(tmp_path / "a.geojson")

    found = read(tmp_path / "a.geojson")

    assert [area.shape and area.shape.equals(square) for area in found.areas[1:]] == [True] * 2


@pytest.mark.parametrize("packed", [False, True])
def test_a_recipe_is_not_followed_to_other_files(tmp_path: Path, packed: bool) -> None:
    provinces().to_file(tmp_path / "secret.gpkg")
    recipe = tmp_path / "a.vrt"
    recipe.write_text(
        '<OGRVRTDataSource><OGRVRTLayer name="secret">'
        f"<SrcDataSource>{tmp_path / 'secret.gpkg'}</SrcDataSource>"
        "</OGRVRTLayer></OGRVRTDataSource>"
    )
    sent = recipe
    if packed:
        sent = tmp_path / "a.zip"
        with zipfile.ZipFile(sent, "w") as archive:
            archive.write(recipe, recipe.name)

    with pytest.raises(Recipe):
        read(sent)


def test_what_is_no_layer_of_shapes_is_refused(tmp_path: Path) -> None:
    provinces().to_file(tmp_path / "a.gpkg")
    (tmp_path / "half.gpkg").write_bytes((tmp_path / "a.gpkg").read_bytes()[:9000])

    with pytest.raises(Unreadable, match=r"half\.gpkg"):
        read(tmp_path / "half.gpkg")


def test_a_province_without_a_shape_keeps_its_districts(tmp_path: Path) -> None:
    above = provinces()
    above.geometry = [None, shapely.box(1, 0, 2, 1)]
    below = provinces(ADM2_EN=["One", "Two"], ADM2_PCODE=["X11", "X21"])
    above.to_file(tmp_path / "a.gpkg", layer="adm1")
    below.to_file(tmp_path / "a.gpkg", layer="adm2")

    found = read(tmp_path / "a.gpkg")

    shaped = {area.pcode: area.shape is not None for area in found.areas if area.level}
    assert shaped == {"X1": False, "X2": True, "X11": True, "X21": True}
    [told] = found.errors
    assert (told.layer, told.row, told.pcode) == ("adm1", 1, "X1")
    assert "from the areas that lie in it" in told.says
