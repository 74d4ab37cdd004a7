"""Layers of shapes are read whatever they come packed in, and asked for where there are several."""

import json
import shutil
import zipfile
from pathlib import Path

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from geo.archives import Recipe
from geo.crs import CrsMissing
from geo.unreadable import Unreadable
from geo.vector.columns import NoSuchColumn, NotNumbers
from geo.vector.open import (
    NoShapes,
    NoSuchLayer,
    NotDegrees,
    NotPolygons,
    SeveralLayers,
    opened,
    polygons,
    read,
)
from tests.make.files import shapes_file

BOX = shapely.box(0, 0, 1, 1)
ARC = """<?xml version="1.0"?>
<ogr:FeatureCollection xmlns:ogr="http://ogr.maptools.org/" xmlns:gml="http://www.opengis.net/gml/3.2">
<ogr:featureMember><ogr:disc gml:id="disc.0"><ogr:geom>
<gml:Surface srsName="urn:ogc:def:crs:EPSG::3857"><gml:patches><gml:PolygonPatch><gml:exterior>
<gml:Ring><gml:curveMember><gml:Curve><gml:segments>
<gml:Arc><gml:posList>-1 0 0 1 1 0</gml:posList></gml:Arc>
<gml:Arc><gml:posList>1 0 0 -1 -1 0</gml:posList></gml:Arc>
</gml:segments></gml:Curve></gml:curveMember></gml:Ring>
</gml:exterior></gml:PolygonPatch></gml:patches></gml:Surface>
</ogr:geom></ogr:disc></ogr:featureMember></ogr:FeatureCollection>"""


def frame(**columns: list[object]) -> geopandas.GeoDataFrame:
    count = len(next(iter(columns.values())))
    return geopandas.GeoDataFrame(columns, geometry=[BOX] * count, crs="EPSG:4326")


def texts(path: Path, column: str, **chosen: str) -> list[str]:
    with opened(path, **chosen) as layer:
        return read(layer, [column]).columns[column].texts()


@pytest.mark.parametrize("ending", ["gpkg", "fgb", "shp", "geojson", "kml", "sqlite"])
def test_every_format_gives_the_same_shape(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"areas.{ending}"
    frame(Name=["one"]).to_file(path)

    with opened(path) as layer:
        features = read(layer, ["name"])
        shapes = polygons(layer, features.shapes)

    assert shapes[0].equals(BOX)
    assert features.columns["name"].texts() == ["one"]


def test_a_shapefile_is_found_in_a_zip_by_upper_case_endings(tmp_path: Path) -> None:
    frame(name=["Peñablanca"]).to_file(tmp_path / "a.shp", encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as outer:
        inner = tmp_path / "inner.zip"
        with zipfile.ZipFile(inner, "w") as archive:
            for ending in ("shp", "shx", "dbf", "prj", "cpg"):
                archive.write(tmp_path / f"a.{ending}", f"Data/AREAS.{ending.upper()}")
            archive.writestr("__MACOSX/Data/._AREAS.SHP", "litter")
            archive.writestr("Data/read me.txt", "hello")
        outer.write(inner, "inner.zip")

    assert texts(tmp_path / "outer.zip", "name") == ["Peñablanca"]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_a_shapefile_without_a_code_page_is_read_as_it_can_be(
    tmp_path: Path, encoding: str
) -> None:
    frame(name=["Peñablanca “núcleo” €"]).to_file(tmp_path / "a.shp", encoding=encoding)
    (tmp_path / "a.cpg").unlink()

    assert texts(tmp_path / "a.shp", "name") == ["Peñablanca “núcleo” €"]


def test_a_code_page_that_is_wrong_does_not_lose_the_names(tmp_path: Path) -> None:
    frame(name=["Peñablanca"]).to_file(tmp_path / "a.shp", encoding="cp1252")
    (tmp_path / "a.cpg").write_text("UTF-8")

    assert texts(tmp_path / "a.shp", "name") == ["Peñablanca"]


def test_columns_named_in_another_encoding_than_they_say_are_found(tmp_path: Path) -> None:
    feature = json.loads(shapely.to_geojson(BOX))
    features = [{"type": "Feature", "properties": {"año": "Peñablanca"}, "geometry": feature}]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    (tmp_path / "a.geojson").write_text(text, encoding="cp1252")

    assert texts(tmp_path / "a.geojson", "año") == ["Peñablanca"]


def test_a_layer_whose_own_name_cannot_be_read_is_refused(tmp_path: Path) -> None:
    collection = {"type": "FeatureCollection", "name": "año", "features": []}
    text = json.dumps(collection, ensure_ascii=False)
    (tmp_path / "a.geojson").write_text(text, encoding="cp1252")

    with pytest.raises(Unreadable, match=r"a\.geojson"), opened(tmp_path / "a.geojson"):
        pass


def test_several_layers_are_asked_for_and_tables_beside_them_are_not(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(frame(name=["flood"]), path, layer="flood 2020")
    pyogrio.write_dataframe(frame(name=["x"]).drop(columns="geometry"), path, layer="layer_styles")
    assert texts(path, "name") == ["flood"]
    pyogrio.write_dataframe(frame(name=["image"]), path, layer="image")

    with pytest.raises(SeveralLayers, match="flood 2020, image"):
        texts(path, "name")
    with pytest.raises(NoSuchLayer, match="flood 2020, image"):
        texts(path, "name", layer="cloud")
    assert texts(path, "name", layer="Image") == ["image"]


def test_two_shapefiles_in_a_zip_are_two_layers(tmp_path: Path) -> None:
    for name in ("flood", "extent"):
        frame(name=[name]).to_file(tmp_path / f"{name}.shp")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for path in sorted(tmp_path.glob("*.*")):
            if path.suffix != ".zip":
                archive.write(path, path.name)

    with pytest.raises(SeveralLayers, match="extent, flood"):
        texts(tmp_path / "a.zip", "name")
    assert texts(tmp_path / "a.zip", "name", layer="flood") == ["flood"]


def test_a_missing_system_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.shp"
    frame(name=["a"]).to_file(path)
    (tmp_path / "a.prj").unlink()

    with pytest.raises(CrsMissing, match=r"a\.shp"):
        texts(path, "name")
    assert texts(path, "name", crs="EPSG:4326") == ["a"]


def test_metres_told_as_degrees_are_refused_with_advice(tmp_path: Path) -> None:
    path = shapes_file(tmp_path / "a.geojson", (shapely.box(3e5, 2e6, 4e5, 2.1e6), {}))

    with opened(path) as layer, pytest.raises(NotDegrees, match="EPSG:32651"):
        polygons(layer, read(layer).shapes)
    with opened(path, crs="EPSG:32651") as layer:
        assert polygons(layer, read(layer).shapes)[0].area == pytest.approx(1e10)


def test_heights_are_dropped_and_arcs_drawn_as_lines(tmp_path: Path) -> None:
    tall = shapely.force_3d(BOX, 99)
    disc = tmp_path / "disc.gml"
    disc.write_text(ARC)

    with opened(shapes_file(tmp_path / "a.geojson", (tall, {}))) as layer:
        assert not shapely.has_z(read(layer).shapes).any()
    with opened(disc) as layer:
        assert polygons(layer, read(layer).shapes)[0].area == pytest.approx(np.pi, rel=0.002)


def test_collections_give_their_polygons_and_rings_are_closed(tmp_path: Path) -> None:
    mixed = shapely.GeometryCollection([BOX, shapely.box(2, 0, 3, 1), shapely.Point(9, 9)])
    path = shapes_file(tmp_path / "a.geojson", (mixed, {}), (shapely.GeometryCollection(), {}))
    ring = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]}
    (tmp_path / "b.geojson").write_text(json.dumps(ring))

    with opened(path) as layer:
        pair, nothing = polygons(layer, read(layer).shapes)
    with opened(tmp_path / "b.geojson") as layer:
        (closed,) = polygons(layer, read(layer).shapes)

    assert (pair.area, nothing) == (2, None)
    assert closed.equals(BOX)


@pytest.mark.parametrize(
    ("shape", "kind"),
    [(shapely.Point(0, 0), "points"), (shapely.LineString([(0, 0), (1, 1), (0, 0)]), "lines")],
)
def test_points_and_lines_are_no_areas(tmp_path: Path, shape: BaseGeometry, kind: str) -> None:
    path = shapes_file(tmp_path / "a.geojson", (BOX, {}), (shape, {}), (shape, {}))

    with opened(path) as layer, pytest.raises(NotPolygons, match=kind):
        polygons(layer, read(layer).shapes)


def test_an_empty_layer_is_a_layer(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_text('{"type": "FeatureCollection", "features": []}')

    with opened(tmp_path / "a.geojson") as layer:
        assert len(polygons(layer, read(layer).shapes)) == 0


def test_tables_and_recipes_hold_no_shapes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("code,value\nPH01,3\n")
    (tmp_path / "a.vrt").write_text("<OGRVRTDataSource/>")

    with pytest.raises(NoShapes), opened(tmp_path / "a.csv"):
        pass
    with pytest.raises(Recipe), opened(tmp_path / "a.vrt"):
        pass


@pytest.mark.parametrize("missing", ["shx", "dbf"])
def test_a_shapefile_that_lost_a_companion_is_read_or_refused(tmp_path: Path, missing: str) -> None:
    frame(name=["a"]).to_file(tmp_path / "whole.shp")
    for ending in {"shp", "shx", "dbf", "prj"} - {missing}:
        shutil.copy(tmp_path / f"whole.{ending}", tmp_path / f"half.{ending}")

    if missing == "shx":
        with pytest.raises(Unreadable, match=r"half\.shp"), opened(tmp_path / "half.shp"):
            pass
    else:
        with opened(tmp_path / "half.shp") as layer:
            assert read(layer).shapes[0].equals(BOX)


def test_values_are_written_as_they_were_meant(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    frame(
        gaps=[7, None],
        real=[0.1, np.nan],
        word=["007", None],
    ).astype({"gaps": "Int64"}).to_file(path)

    assert texts(path, "gaps") == ["7", ""]
    assert texts(path, "real") == ["0.1", ""]
    assert texts(path, "word") == ["007", ""]
    assert texts(path, "fid") == ["1", "2"]
    with pytest.raises(NoSuchColumn, match="real"):
        texts(path, "depth")
    with opened(path) as layer:
        columns = read(layer, ["gaps", "word"]).columns
    assert np.isnan(columns["gaps"].numbers("a")).tolist() == [False, True]
    assert columns["word"].numbers("a").tolist()[0] == 7


def test_long_numbers_keep_their_digits_beside_gaps(tmp_path: Path) -> None:
    path = shapes_file(
        tmp_path / "a.geojson",
        (BOX, {"household": 202_011_130_000_000_001}),
        (BOX, {"household": None}),
        (BOX, {"household": 7}),
    )

    assert texts(path, "household") == ["202011130000000001", "", "7"]


def test_words_are_no_numbers(tmp_path: Path) -> None:
    path = shapes_file(tmp_path / "a.geojson", (BOX, {"depth": "0.5 - 1 m"}))

    with opened(path) as layer, pytest.raises(NotNumbers, match=r"0\.5 - 1 m"):
        read(layer, ["depth"]).columns["depth"].numbers(layer.file)
