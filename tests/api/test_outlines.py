"""The classes of a raster as polygons, and what selections ask of several hazards, for maps made
elsewhere."""

import json
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely
from sqlalchemy.orm import Session

from geo.models.releases import Release
from geo.models.selections import Together
from geo.queries.clauses import HazardClause
from geo.queries.selections import Question
from geo.services.selections import keep_selection
from tests.api.conftest import Told
from tests.make.programs import DARA
from tests.web.conftest import Browser

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


def _items(browser: Browser, collection: str, **asked: Any) -> Any:
    answer = browser.get(f"/api/ogc/collections/{collection}/items", query_string=asked)
    assert answer.status_code == 200, answer.text
    return json.loads(answer.data)["features"]


def _ground(features: Any) -> Any:
    return shapely.union_all(
        [shapely.from_geojson(json.dumps(each["geometry"])) for each in features]
    )


def test_the_classes_of_a_raster_are_told_as_polygons(viewer: Browser, told: Told) -> None:
    features = _items(viewer, f"release-{told.depths}", limit=100)

    by_class: dict[str, list[Any]] = {}
    for each in features:
        by_class.setdefault(each["properties"]["class"], []).append(each)
    # cells of a degree: 0.0 0.4 0.5 1.5 in the north, 2.0 nodata 0.5 0.2 in the south
    assert {name: _ground(some).area for name, some in by_class.items()} == {
        "0.2 – 0.5": 2,  # noqa: RUF001 - as ranges are written
        "0.5 – 1": 2,  # noqa: RUF001
        "1 – 2": 1,  # noqa: RUF001
        "2 +": 1,
        "not observed": 1,
    }
    assert _ground(by_class["not observed"]).equals(shapely.box(1, 0, 2, 1))
    assert {each["properties"]["why"] for each in by_class["not observed"]} == {"no data"}
    [deep] = by_class["2 +"]
    assert deep["properties"]["why"] is None
    said = {name: deep["properties"][name] for name in ("status", "low", "high", "unit")}
    assert said == {"status": "in", "low": 2, "high": None, "unit": "m"}


@pytest.mark.parametrize(
    ("asked", "met"),
    [
        ({"filter": "low >= 1"}, (0, 0, 4, 2)),  # 2 m in the south-west, 1.5 m in the north-east
        ({"filter": "status = 'not_observed'"}, (1, 0, 2, 1)),
        ({"filter": "status = 'in' AND S_INTERSECTS(geometry, POINT(0.5 0.5))"}, (0, 0, 1, 1)),
        ({"bbox": "3.4,1.4,3.6,1.6"}, (3, 1, 4, 2)),
        ({"filter": "low >= 2", "crs": f"{EPSG}4326"}, (0, 0, 1, 1)),
    ],
)
def test_a_box_and_a_condition_choose_classes(
    viewer: Browser, told: Told, asked: dict[str, str], met: tuple[float, ...]
) -> None:
    assert _ground(_items(viewer, f"release-{told.depths}", **asked)).bounds == met


def test_where_they_come_from_is_told_with_the_collection(
    viewer: Browser, told: Told, session: Session
) -> None:
    release = session.get_one(Release, told.depths)

    said = viewer.get(f"/api/ogc/collections/release-{told.depths}").get_json()["provenance"]

    assert said["Source"] == "National Flood Centre"
    assert said["SHA-256 of the original file"] == release.original_sha256
    assert said["SHA-256 of the grid that was outlined"] == release.grid_sha256
    assert viewer.get("/api/ogc/collections/areas-2").get_json()["provenance"] == {}


def test_a_raster_that_is_not_outlined_yet_says_so(
    viewer: Browser, told: Told, session: Session, taken_back: None
) -> None:
    session.get_one(Release, told.depths).outlined_at = None
    session.flush()

    answer = viewer.get(f"/api/ogc/collections/release-{told.depths}/items")
    listed = viewer.get("/api/ogc/collections").get_json()["collections"]

    assert (answer.status_code, answer.get_json()["type"]) == (404, "OutlinesNotReady")
    assert f"release-{told.depths}" not in {each["id"] for each in listed}


def test_tiles_hold_the_classes(viewer: Browser, told: Told, tmp_path: Path) -> None:
    name = f"release-{told.depths}"
    place = f"/api/ogc/collections/{name}/tiles/WebMercatorQuad"
    file = tmp_path / "tile.mvt"
    file.write_bytes(viewer.get(f"{place}/6/31/32").data)
    tile = pyogrio.read_dataframe(f"MVT:{file}", X="32", Y="31", Z="6").to_crs(4326)

    unseen = tile[tile["status"] == "not_observed"].union_all()
    assert unseen.symmetric_difference(shapely.box(1, 0, 2, 1)).area < 0.01
    [layer] = viewer.get(f"{place}/tilejson").get_json()["vector_layers"]
    assert {"class", "status", "low", "high"} <= layer["fields"].keys()


def _two_hazards(told: Told, **given: Any) -> Question:
    beside = (HazardClause(told.extent),)
    return Question(release_id=told.depths, threshold=0.5, others=beside, **given)


def test_a_selection_tells_all_the_hazards_it_asks_and_how_they_go_together(
    viewer: Browser, told: Told, session: Session, taken_back: None
) -> None:
    kept = keep_selection(session, _two_hazards(told, together=Together.WORST), "Two", actor=DARA)
    one = keep_selection(session, Question(release_id=told.depths), "One", actor=DARA)
    none = keep_selection(session, Question(), "None", actor=DARA)

    said = {each["id"]: each["properties"] for each in _items(viewer, "selections", limit=100)}

    assert said[kept.code]["hazards"] == [
        {"release": told.depths, "direction": "at_least", "threshold": 0.5},
        {"release": told.extent, "direction": "at_least", "threshold": None},
    ]
    assert said[kept.code]["together"] == "worst_of"
    assert (len(said[one.code]["hazards"]), said[one.code]["together"]) == (1, None)
    assert (said[none.code]["hazards"], said[none.code]["together"]) == (None, None)


@pytest.mark.parametrize("which", ["depths", "extent"])
def test_a_selection_is_found_by_any_hazard_it_asks(
    viewer: Browser, told: Told, session: Session, taken_back: None, which: str
) -> None:
    kept = keep_selection(session, _two_hazards(told), "Two", actor=DARA)
    keep_selection(session, Question(), "None", actor=DARA)

    found = _items(viewer, "selections", filter=f"release = {getattr(told, which)}")
    high = _items(viewer, "selections", filter="threshold > 0.4")

    assert [each["id"] for each in found] == [kept.code]
    assert [each["id"] for each in high] == [kept.code]
