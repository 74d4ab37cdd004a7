"""Tables that are taken along from pages: the same figures, and where they come from."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pyogrio
import pytest
import shapely
from bs4 import BeautifulSoup
from sqlalchemy.orm import Session

from app.auth.roles import Role
from geo.models.releases import Release
from geo.queries.areas import area_by_pcode
from geo.queries.selections import Question
from geo.services.selections import keep_selection
from registry.queries import tables
from tests.api.conftest import Told, make_told
from tests.make.programs import DARA
from tests.web.conftest import Browser

SignedIn = Callable[..., Browser]


@pytest.fixture
def told(session: Session) -> Told:
    return make_told(session)


def _taken(browser: Browser, address: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The rows of a table by P-code, and its provenance."""
    answer = browser.get(address)
    assert answer.status_code == 200, answer.text
    document = json.loads(answer.data)
    rows = [one["properties"] for one in document["features"]]
    return {row["pcode"]: row for row in rows}, document["provenance"]


def test_the_answer_of_the_page_is_taken_along_by_area(signed_in: SignedIn, told: Told) -> None:
    coordinator = signed_in(Role.COORDINATOR)
    page = BeautifulSoup(coordinator.get(f"/select?r={told.depths}&min=0.5&areas=X1").text, "lxml")
    links = {str(a.text): str(a["href"]) for a in page.select(".take-along a")}

    rows, said = _taken(coordinator, links["GeoJSON"])

    assert {pcode: row["households_in"] for pcode, row in rows.items()} == {"X11": 6, "X12": 0}
    assert rows["X12"]["households_out"] == 3  # in 0.4 m of water
    assert said["Areas picked, by P-code"] == "X1"
    assert said["Threshold; the threshold itself counts as in"] == "0.5"
    assert said["Source"] == "National Flood Centre"
    assert len(said["SHA-256 of the original file"]) == 64
    assert list(links) == ["GeoPackage", "GeoJSON", "CSV", "Excel"]
    kinds = [coordinator.get(address).mimetype for address in links.values()]
    assert kinds == [
        "application/geopackage+sqlite3",
        "application/geo+json",
        "application/zip",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ]


def test_who_may_not_see_a_few_takes_no_figure_of_a_few_along(
    signed_in: SignedIn, told: Told
) -> None:
    rows, said = _taken(
        signed_in(Role.VIEWER), f"/select/table.geojson?r={told.depths}&areas=X1&min=0.2"
    )

    assert {row["households_in"] for row in rows.values()} == {None}
    assert any("fewer than 5 households" in what for what in said)


def test_a_kept_selection_is_taken_along_by_its_code(
    signed_in: SignedIn, told: Told, session: Session
) -> None:
    west = Question(area_ids=(area_by_pcode(session, "X1").id,), release_id=told.depths)
    kept = keep_selection(session, west, "The west", actor=DARA)

    rows, said = _taken(signed_in(Role.COORDINATOR), f"/selections/{kept.code}/table.geojson")

    assert {pcode: row["households_in"] for pcode, row in rows.items()} == {"X11": 6, "X12": 3}
    assert said["Title"] == "The west"


def test_what_a_release_says_of_areas_is_taken_along(signed_in: SignedIn, told: Told) -> None:
    rows, said = _taken(
        signed_in(Role.COORDINATOR), f"/hazards/{told.depths}/areas.geojson?level=2"
    )

    assert {pcode: row["most"] for pcode, row in rows.items()} == pytest.approx(
        {"X11": 2, "X12": 0.4, "X21": 0.5, "X22": 1.5}
    )
    assert rows["X21"]["households_in"] == 7
    assert said["Layer"] == "Water depth"


def test_a_csv_is_a_zip_of_two_tables(signed_in: SignedIn, told: Told) -> None:
    answer = signed_in(Role.VIEWER).get(f"/hazards/{told.depths}/areas.csv")

    assert answer.headers["Content-Disposition"].endswith(f"release-{told.depths}.csv.zip")
    assert zipfile.ZipFile(io.BytesIO(answer.data)).namelist() == [
        "areas_hit.csv",
        "provenance.csv",
    ]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/select/table.pdf", 404),
        ("/selections/none/table.csv", 404),
        ("/hazards/999999/areas.csv", 404),
        ("/select/table.csv?r=999999", 404),
        ("/select/table.csv?areas=QQ", 404),
    ],
)
def test_a_table_that_is_none_is_not_found(
    signed_in: SignedIn, told: Told, path: str, status: int
) -> None:
    assert signed_in(Role.VIEWER).get(path).status_code == status


def _shapes(browser: Browser, release_id: int) -> tuple[list[Any], dict[str, str]]:
    answer = browser.get(f"/hazards/{release_id}/shapes.geojson")
    assert answer.status_code == 200, answer.text
    document = json.loads(answer.data)
    return document["features"], document["provenance"]


def test_the_classes_of_a_raster_are_taken_along_with_where_they_come_from(
    signed_in: SignedIn, told: Told, session: Session
) -> None:
    viewer = signed_in(Role.VIEWER)
    page = BeautifulSoup(viewer.get(f"/hazards/{told.depths}").text, "lxml")
    links = [str(a["href"]) for a in page.select(".take-along a") if "shapes" in str(a["href"])]
    assert links == [f"/hazards/{told.depths}/shapes.{kind}" for kind in ("gpkg", "geojson")]

    features, said = _shapes(viewer, told.depths)

    ground = shapely.union_all(
        [
            shapely.from_geojson(json.dumps(each["geometry"]))
            for each in features
            if each["properties"]["status"] == "in"
        ]
    )
    # 0.4 0.5 1.5 in the north and 2.0 - 0.5 0.2 in the south are from 0.2 m on
    assert ground.equals(shapely.union_all([shapely.box(1, 1, 4, 2), shapely.box(2, 0, 4, 1),
                                            shapely.box(0, 0, 1, 1)]))  # fmt: skip
    grid = session.get_one(Release, told.depths).grid_sha256
    assert said["SHA-256 of the grid that was outlined"] == grid
    assert said["Source"] == "National Flood Centre"
    table = pyogrio.read_dataframe(io.BytesIO(viewer.get(links[0]).data), layer="shapes")
    assert set(table["low"].dropna()) == {0.2, 0.5, 1, 2}
    assert table[table["class"] == "not observed"].union_all().equals(shapely.box(1, 0, 2, 1))


def test_an_extent_is_taken_along_in_its_shapes(signed_in: SignedIn, told: Told) -> None:
    features, _said = _shapes(signed_in(Role.VIEWER), told.extent)

    [shape] = [shapely.from_geojson(json.dumps(each["geometry"])) for each in features]
    assert shape.equals(shapely.box(0.25, 0.25, 0.75, 0.75))


def test_too_many_pieces_for_a_file_are_read_elsewhere(
    signed_in: SignedIn, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MOST_PIECES", 3)

    answer = signed_in(Role.VIEWER).get(f"/hazards/{told.depths}/shapes.gpkg")

    assert answer.status_code == 409
    assert "a file takes 3; read them from the service" in answer.text


def test_what_is_not_outlined_yet_is_not_offered(
    signed_in: SignedIn, told: Told, session: Session
) -> None:
    session.get_one(Release, told.depths).outlined_at = None
    session.flush()

    viewer = signed_in(Role.VIEWER)

    assert "shapes.gpkg" not in viewer.get(f"/hazards/{told.depths}").text
    assert viewer.get(f"/hazards/{told.depths}/shapes.gpkg").status_code == 404
