"""OGC API Features: what maps elsewhere are told of areas, hazards and selections."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
import shapely
from sqlalchemy.orm import Session

from app.auth.roles import Role
from geo.models.releases import Release, ReleaseState
from geo.queries.areas import area_by_pcode
from geo.queries.selections import Question
from geo.services.selections import keep_selection
from geo.vector.drawings import drawn
from tests.api.conftest import Told
from tests.make.programs import DARA
from tests.web.conftest import Browser

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
SignedIn = Callable[..., Browser]


def _items(browser: Browser, collection: str, **asked: Any) -> Any:
    answer = browser.get(f"/api/ogc/collections/{collection}/items", query_string=asked)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/geo+json"
    return json.loads(answer.data)


def _names(browser: Browser, collection: str, **asked: Any) -> list[str]:
    return [one["id"] for one in _items(browser, collection, **asked)["features"]]


def _link(document: Any, relation: str) -> str:
    [href] = [link["href"] for link in document["links"] if link["rel"] == relation]
    parts = urlsplit(href)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def test_from_the_landing_page_everything_is_found(viewer: Browser) -> None:
    landing = viewer.get("/api/ogc/").get_json()
    for relation in ("self", "service-desc", "conformance", "data"):
        assert viewer.get(_link(landing, relation)).status_code == 200, relation
    collections = viewer.get(_link(landing, "data")).get_json()["collections"]
    for collection in collections:
        for link in collection["links"]:
            assert viewer.get(urlsplit(link["href"]).path).status_code == 200, link
    kept = viewer.get(_link(landing, "conformance")).get_json()["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in kept


def test_areas_releases_and_selections_are_published(viewer: Browser, told: Told) -> None:
    listed = viewer.get("/api/ogc/collections").get_json()["collections"]

    assert [one["id"] for one in listed] == [
        *("areas-0", "areas-1", "areas-2", "releases"),
        f"release-{told.extent}",
        *(f"release-{told.extent}-areas-{level}" for level in (0, 1, 2)),
        f"release-{told.depths}",
        *(f"release-{told.depths}-areas-{level}" for level in (0, 1, 2)),
        "selections",
    ]
    assert listed[2]["title"] == "district"
    assert listed[2]["extent"]["spatial"]["bbox"] == [[0, 0, 4, 2]]


def test_who_may_see_less_is_told_of_less(signed_in: SignedIn, told: Told) -> None:
    distributor = signed_in(Role.DISTRIBUTOR)  # may read areas, and no hazards
    listed = distributor.get("/api/ogc/collections").get_json()["collections"]

    assert [one["id"] for one in listed] == ["areas-0", "areas-1", "areas-2"]
    for hidden in ("releases", f"release-{told.extent}", "selections"):
        answer = distributor.get(f"/api/ogc/collections/{hidden}/items")
        assert answer.status_code == 404
        assert "you may not see it" in answer.get_json()["title"]


def test_items_come_in_pages_that_lead_to_one_another(viewer: Browser) -> None:
    first = _items(viewer, "areas-2", limit=3)
    second = viewer.get(_link(first, "next")).get_json()

    assert (first["numberMatched"], first["numberReturned"]) == (4, 3)
    assert [one["id"] for one in first["features"]] == ["X11", "X12", "X21"]
    assert [one["id"] for one in second["features"]] == ["X22"]
    assert [link["rel"] for link in second["links"]] == ["self", "prev", "collection"]
    assert _items(viewer, "areas-2", limit=1_000_000)["numberReturned"] == 4


def test_an_item_has_its_shape_and_says_where_it_lies(viewer: Browser) -> None:
    one = viewer.get("/api/ogc/collections/areas-2/items/X12").get_json()

    assert shapely.from_geojson(json.dumps(one["geometry"])).equals(shapely.box(1, 0, 2, 2))
    said = one["properties"]
    assert (said["pcode"], said["parent"], said["level"]) == ("X12", "X1", 2)
    for key in ("X1", "'", "%25"):
        missing = viewer.get(f"/api/ogc/collections/areas-2/items/{key}")
        assert (missing.status_code, missing.get_json()["type"]) == (404, "FeatureUnknown")


@pytest.mark.parametrize(
    ("asked", "met"),
    [
        ({"bbox": "0.2,0.2,1.2,0.4"}, ["X11", "X12"]),
        ({"bbox": "0.2,0.2,-9,1.2,0.4,9"}, ["X11", "X12"]),
        ({"bbox": "3.5,0,-170,2"}, ["X22"]),  # over 180 degrees east
        ({"bbox": "0.2,0.2,0.4,1.2", "bbox-crs": f"{EPSG}4326"}, ["X11", "X12"]),
        ({"bbox": "222638,0,278299,111325", "bbox-crs": f"{EPSG}3857"}, ["X12", "X21"]),
        ({"bbox": "10,10,11,11"}, []),
        ({"filter": "name LIKE '%X12'"}, ["X12"]),
        ({"filter": "S_INTERSECTS(geometry, POINT(2.5 1))"}, ["X21"]),
        (
            {"filter": "S_INTERSECTS(geometry, POINT(1 2.5))", "filter-crs": f"{EPSG}4326"},
            ["X21"],
        ),
        (
            {"filter": '{"op": "=", "args": [{"property": "pcode"}, "X22"]}',
             "filter-lang": "cql2-json"},
            ["X22"],
        ),
        ({"filter": "A_CONTAINS(trail, ('X2')) AND km2 > 0", "bbox": "0,0,2.5,2"}, ["X21"]),
        ({"datetime": "2020-01-01T00:00:00Z"}, ["X11", "X12", "X21", "X22"]),  # they have no time
    ],
)  # fmt: skip
def test_a_box_and_a_condition_choose_items(
    viewer: Browser, asked: dict[str, str], met: list[str]
) -> None:
    assert _names(viewer, "areas-2", **asked) == met


@pytest.mark.parametrize(
    ("during", "met"),
    [
        ("2026-11-19T06:00:00Z", 2),
        ("2026-11-19", 2),
        ("2026-11-18", 0),
        ("2026-11-19T06:00:00Z/..", 2),
        ("../2026-11-19T05:59:59Z", 0),
        ("/2026-11-20", 2),
        ("2026-11-01T00:00:00Z/2026-11-30T00:00:00Z", 2),
    ],
)
def test_releases_are_chosen_by_the_time_they_tell_of(
    viewer: Browser, during: str, met: int
) -> None:
    assert _items(viewer, "releases", datetime=during)["numberMatched"] == met


def test_shapes_are_told_in_the_reference_system_that_is_asked_for(viewer: Browser) -> None:
    place = "/api/ogc/collections/areas-2/items/X12"
    plain, turned, metres = (
        viewer.get(place, query_string={"crs": crs})
        for crs in (CRS84, f"{EPSG}4326", f"{EPSG}3857")
    )

    assert plain.headers["Content-Crs"] == f"<{CRS84}>"
    assert turned.headers["Content-Crs"] == f"<{EPSG}4326>"
    told = [one.get_json()["geometry"] for one in (plain, turned, metres)]
    bounds = [shapely.from_geojson(json.dumps(geometry)).bounds for geometry in told]
    assert bounds[:2] == [(1, 0, 2, 2), (0, 1, 2, 2)]
    # 20037508.34 m are 180 degrees; 2 degrees north are 222684.21 m in web mercator
    assert bounds[2] == pytest.approx((111319.49, 0, 222638.98, 222684.21), abs=0.01)


def test_a_release_tells_of_areas_and_hides_those_where_few_live(
    viewer: Browser, told: Told
) -> None:
    """The southern half of X11 lies 2 m deep; of X12 no more than the north was seen, one degree
    by one. Of the nine households of X1 three live in X12, so neither district is told of."""
    features = _items(viewer, f"release-{told.depths}-areas-2")["features"]
    said = {one["id"]: one["properties"] for one in features}

    assert said["X11"]["hit_share"] == pytest.approx(0.5, abs=0.01)
    assert said["X12"]["hit_share"] == pytest.approx(1)
    assert said["X12"]["observed_km2"] == pytest.approx(12_309, rel=0.01)
    assert said["X11"]["most"] == 2
    assert said["X11"]["households_in"] is None
    assert said["X12"]["households_in"] is None
    assert said["X21"]["households_in"] == 7
    assert said["X21"]["households_out"] == 0
    assert "households_in" not in said["X22"]  # where nobody lives
    wet = {"filter": "hit_share > 0.9 AND most >= 0.5"}
    assert _names(viewer, f"release-{told.depths}-areas-2", **wet) == ["X21", "X22"]


def test_whoever_may_see_a_few_is_not_told_of_them_here(signed_in: SignedIn, told: Told) -> None:
    coordinator = signed_in(Role.COORDINATOR)
    features = _items(coordinator, f"release-{told.depths}-areas-2")["features"]

    households = {one["id"]: one["properties"].get("households_in") for one in features}
    assert households == {"X11": None, "X12": None, "X21": 7, "X22": None}


def test_an_extent_is_told_in_pieces_with_their_values(viewer: Browser, told: Told) -> None:
    features = _items(viewer, f"release-{told.extent}")["features"]
    pieces = [shapely.from_geojson(json.dumps(one["geometry"])) for one in features]

    assert shapely.union_all(pieces).equals(shapely.box(0.25, 0.25, 0.75, 0.75))
    assert {one["properties"]["value"] for one in features} == {1}


def test_selections_are_told_with_what_they_take_and_leave(
    viewer: Browser, told: Told, session: Session, taken_back: None
) -> None:
    half = drawn([[(0, 0), (0.5, 0), (0.5, 2), (0, 2)]])
    taken = Question(area_ids=_areas(session, "X1"), without_shape=half, release_id=told.depths)
    kept = keep_selection(session, taken, "West, but the coast", actor=DARA)
    [one] = _items(viewer, "selections", filter=f"release = {told.depths}")["features"]

    assert (one["id"], one["properties"]["name"]) == (kept.code, "West, but the coast")
    assert shapely.from_geojson(json.dumps(one["geometry"])).equals(shapely.box(0.5, 0, 2, 2))


def test_the_areas_a_selection_meets_say_who_lives_there_and_hide_a_few(
    viewer: Browser, told: Told, session: Session, taken_back: None
) -> None:
    """Seven households live in X21, all of them in; three in X12, which are too few to be told."""
    west, east = (
        keep_selection(
            session,
            Question(area_ids=_areas(session, pcode), release_id=told.depths),
            pcode,
            actor=DARA,
        )
        for pcode in ("X1", "X2")
    )
    listed = viewer.get("/api/ogc/collections").get_json()["collections"]
    rows = {
        one["id"]: one["properties"]
        for kept in (west, east)
        for one in _items(viewer, f"selection-{kept.code}")["features"]
    }

    assert {f"selection-{kept.code}" for kept in (west, east)} <= {one["id"] for one in listed}
    assert sorted(rows) == ["X11", "X12", "X21", "X22"]
    assert (rows["X21"]["households"], rows["X21"]["households_in"]) == (7, 7)
    assert rows["X12"]["households"] is None


def test_a_drawn_selection_tells_of_the_areas_it_has_ground_in_common_with(
    viewer: Browser, told: Told, session: Session, taken_back: None
) -> None:
    half = drawn([[(0.5, 0), (2, 0), (2, 2), (0.5, 2)]])  # it touches X2, and no more
    kept = keep_selection(session, Question(shape=half), "Inland west", actor=DARA)

    [one] = _items(viewer, f"selection-{kept.code}")["features"]

    assert one["id"] == "X1"
    assert "households" not in one["properties"]  # nobody is counted round a drawing


def _areas(session: Session, pcode: str) -> tuple[int, ...]:
    return (area_by_pcode(session, pcode).id,)


def test_a_withdrawn_release_says_so_and_tells_of_no_area(
    viewer: Browser, told: Told, session: Session, taken_back: None
) -> None:
    release = session.get_one(Release, told.depths)
    release.state, release.withdrawn_because = ReleaseState.WITHDRAWN, "Wrong unit"
    session.flush()

    states = {
        one["id"]: (one["properties"]["state"], one["properties"]["withdrawn_because"])
        for one in _items(viewer, "releases")["features"]
    }
    assert states[str(told.depths)] == ("withdrawn", "Wrong unit")
    gone = viewer.get(f"/api/ogc/collections/release-{told.depths}-areas-2/items")
    assert gone.status_code == 404


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("items?colour=red", "colour: Unknown field"),
        ("items?limit=0", "limit: Must be greater than or equal to 1"),
        ("items?limit=many", "limit: Not a valid integer"),
        ("items?limit={x}", "limit: Not a valid integer"),
        ("items?offset=-1", "offset: Must be"),
        ("items?bbox=1,2,3", "The box 1,2,3 is no box"),
        ("items?bbox=1,2,3,x", "is no box"),
        ("items?bbox=0,5,1,4", "is no box"),
        ("items?bbox=nan,0,1,1", "is no box"),
        ("items?bbox=0,0,1e99,1&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/3857", "is no box"),
        ("items?crs=EPSG:4326", "The reference system EPSG:4326 is not published here"),
        ("items?filter=pcode >", "cannot be read at its end"),
        ("items?filter=colour = 'red'", "colour is not known here"),
        ("items?filter=level = 'x'", "compare like with like"),
        ("items?filter-lang=sql", "filter-lang: Must be one of: cql2-text, cql2-json"),
        ("items?filter=pcode = '%00'", "a character that no text has"),
        ("items?crs=%00", "a character that no text has"),
        ("?f=html", "f: Must be one of: json"),
        ("queryables?x=1", "x: Unknown field"),
    ],
)
def test_what_cannot_be_meant_is_answered_by_a_sentence(
    viewer: Browser, path: str, said: str
) -> None:
    answer = viewer.get(f"/api/ogc/collections/areas-2/{path}".replace("/?", "?"))

    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert said in answer.get_json()["title"]


@pytest.mark.parametrize(
    "name",
    ["areas-9", "areas-x", "areas-", "release-0", "release-1-areas", "release--areas-1", "people",
     "release-99999999999999999999", "areas-²", "households"],
)  # fmt: skip
def test_a_collection_that_is_none_is_not_found(viewer: Browser, name: str) -> None:
    for path in ("", "/items", "/queryables", "/items/1"):
        assert viewer.get(f"/api/ogc/collections/{name}{path}").status_code == 404, path


def test_times_that_are_none_are_refused(viewer: Browser) -> None:
    for during in ("yesterday", "2026-13-01", "2026-11-19T06:00:00Z/never"):
        answer = viewer.get(f"/api/ogc/collections/releases/items?datetime={during}")
        assert answer.status_code == 400, during


def test_queryables_name_what_a_condition_may_use(viewer: Browser, told: Told) -> None:
    areas = viewer.get("/api/ogc/collections/areas-2/queryables")
    hit = viewer.get(f"/api/ogc/collections/release-{told.depths}-areas-2/queryables").get_json()

    assert areas.content_type == "application/schema+json"
    assert areas.get_json()["properties"]["pcode"] == {"title": "P-code", "type": "string"}
    assert areas.get_json()["properties"]["geometry"]["format"] == "geometry-any"
    assert hit["properties"]["hit_share"]["type"] == "number"


def test_nobody_is_told_anything_without_signing_in(browser: Browser, told: Told) -> None:
    answer = browser.get("/api/ogc/collections/areas-2/items")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
