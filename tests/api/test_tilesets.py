"""OGC API Tiles: collections as vector tiles, as a map finds and reads them."""

from pathlib import Path
from urllib.parse import urlsplit

import pyogrio
import pytest
import shapely
from geopandas import GeoDataFrame
from werkzeug.test import TestResponse

from tests.api.conftest import Told
from tests.web.conftest import Browser

QUAD = "/tiles/WebMercatorQuad"
Z, ROW, COL = 6, 31, 32  # holds 0 to 5.6 degrees east and north


def _at(collection: str) -> str:
    return f"/api/ogc/collections/{collection}{QUAD}"


def _read(answer: TestResponse, folder: Path) -> GeoDataFrame:
    """A tile as GDAL reads it, in web mercator."""
    assert answer.status_code == 200
    assert answer.content_type == "application/vnd.mapbox-vector-tile"
    file = folder / "tile.mvt"
    file.write_bytes(answer.data)
    return pyogrio.read_dataframe(f"MVT:{file}", X=str(COL), Y=str(ROW), Z=str(Z))


def test_a_tile_holds_the_areas_of_its_ground(viewer: Browser, tmp_path: Path) -> None:
    areas = _read(viewer.get(f"{_at('areas-2')}/{Z}/{ROW}/{COL}"), tmp_path).set_index("pcode")

    assert sorted(areas.index) == ["X11", "X12", "X21", "X22"]
    west, south, east, north = areas.to_crs(4326).geometry["X12"].bounds
    assert (west, south, east, north) == pytest.approx((1, 0, 2, 2), abs=0.01)
    assert areas["level"].tolist() == [2, 2, 2, 2]


def test_a_tile_of_a_release_tells_how_much_was_hit(
    viewer: Browser, told: Told, tmp_path: Path
) -> None:
    hit = _read(viewer.get(f"{_at(f'release-{told.depths}-areas-2')}/6/31/32"), tmp_path)
    extent = _read(viewer.get(f"{_at(f'release-{told.extent}')}/6/31/32"), tmp_path)

    assert hit.set_index("pcode")["hit_share"]["X11"] == pytest.approx(0.5, abs=0.01)
    assert not [name for name in hit.columns if "household" in name]
    box = shapely.box(0.25, 0.25, 0.75, 0.75)
    assert extent.to_crs(4326).union_all().symmetric_difference(box).area < 0.001


def test_a_tile_of_all_releases_holds_those_of_its_ground(
    viewer: Browser, told: Told, tmp_path: Path
) -> None:
    releases = _read(viewer.get(f"{_at('releases')}/{Z}/{ROW}/{COL}"), tmp_path)

    assert {told.depths, told.extent} <= set(releases["key"])
    assert "layer" in releases.columns  # a property of theirs, not the row of the tile


def test_the_row_comes_before_the_column(viewer: Browser) -> None:
    assert viewer.get(f"{_at('areas-2')}/7/63/65").status_code == 200
    assert viewer.get(f"{_at('areas-2')}/7/65/63").status_code == 204


def test_a_tile_that_was_seen_is_not_sent_again(viewer: Browser) -> None:
    first = viewer.get(f"{_at('areas-2')}/6/31/32")
    again = viewer.get(
        f"{_at('areas-2')}/6/31/32", headers={"If-None-Match": first.headers["ETag"]}
    )

    assert again.status_code == 304


def test_from_a_collection_its_tiles_are_found(viewer: Browser) -> None:
    collection = viewer.get("/api/ogc/collections/areas-2").get_json()
    [sets] = [each for each in collection["links"] if each["rel"].endswith("/tilesets-vector")]
    [found] = viewer.get(urlsplit(sets["href"]).path).get_json()["tilesets"]
    [tiles] = [each["href"] for each in found["links"] if each["rel"] == "item"]
    scheme = viewer.get("/api/ogc/tileMatrixSets/WebMercatorQuad").get_json()

    path = urlsplit(tiles).path
    for name, figure in (("tileMatrix", 6), ("tileRow", 31), ("tileCol", 32)):
        path = path.replace(f"{{{name}}}", str(figure))
    assert viewer.get(path).status_code == 200
    assert scheme["tileMatrices"][0]["scaleDenominator"] == pytest.approx(559_082_264.028, abs=0.01)
    assert scheme["tileMatrices"][6]["matrixWidth"] == 64
    for link in found["links"]:
        if "templated" not in link:
            assert viewer.get(urlsplit(link["href"]).path).status_code == 200, link


def test_tilejson_tells_where_tiles_are_and_what_is_in_them(viewer: Browser) -> None:
    told = viewer.get(f"{_at('areas-2')}/tilejson").get_json()

    assert told["tilejson"] == "3.0.0"
    assert told["tiles"][0].endswith("/areas-2/tiles/WebMercatorQuad/{z}/{y}/{x}")
    assert told["bounds"] == [0, 0, 4, 2]
    assert told["vector_layers"][0]["id"] == "areas-2"
    assert told["vector_layers"][0]["fields"]["pcode"] == "P-code"


@pytest.mark.parametrize(
    "path",
    [
        "/api/ogc/tileMatrixSets/WorldCRS84Quad",
        "/api/ogc/collections/areas-2/tiles/WorldCRS84Quad",
        "/api/ogc/collections/areas-2/tiles/WorldCRS84Quad/0/0/0",
        "/api/ogc/collections/areas-9/tiles/WebMercatorQuad/0/0/0",
        f"{_at('areas-2')}/1/2/0",
        f"{_at('areas-2')}/25/0/0",
        f"{_at('areas-2')}/0/0/99999999999999999999",
    ],
)
def test_a_tile_that_is_none_is_not_found(viewer: Browser, path: str) -> None:
    answer = viewer.get(path)

    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
