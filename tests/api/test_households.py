"""Where single households stand: for who may see exact places, for a purpose, and noted."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyogrio
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.auth.roles import Role
from core.audit import AuditEntry, Look
from registry.models.registrants import Registrant, RegistrantState
from registry.services.field_values import fill_in
from tests.api.conftest import Told
from tests.api.test_keys import _bearing, _made
from tests.make.country import make_decided
from tests.make.fields import make_fields
from tests.make.programs import DARA
from tests.web.conftest import Browser

pytestmark = pytest.mark.usefixtures("taken_back")
SignedIn = Callable[..., Browser]
HERE = "/api/ogc/collections/households"
ITEMS = f"{HERE}/items"
STREET = (13, 4084, 4107)  # zoom, row, column: holds 0.5 east, 0.5 north


@pytest.fixture
def coordinator(signed_in: SignedIn, told: Told) -> Browser:
    return signed_in(Role.COORDINATOR)


@pytest.fixture
def asking(session: Session) -> None:
    make_decided(session, ask_purpose=["registrants"])


def _features(answer: TestResponse) -> list[Any]:
    assert answer.status_code == 200, answer.text
    found: list[Any] = json.loads(answer.data)["features"]
    return found


def test_whoever_may_see_exact_places_is_told_where_households_stand(coordinator: Browser) -> None:
    features = _features(coordinator.get(f"{ITEMS}?limit=100"))

    places = [tuple(each["geometry"]["coordinates"]) for each in features]
    assert sorted(set(places)) == [(0.5, 0.5), (1.5, 1.5), (2.5, 1.5)]
    assert [places.count(at) for at in sorted(set(places))] == [6, 3, 7]
    said = features[0]["properties"]
    assert said.keys() == {"number", "pcode", "area", "accuracy_m", "source", "taken_at"}
    assert features[0]["id"] == said["number"]
    listed = coordinator.get("/api/ogc/collections").get_json()["collections"]
    assert "households" in [each["id"] for each in listed]


def test_nobody_else_is_told_that_there_are_any(viewer: Browser, told: Told) -> None:
    quad = f"{HERE}/tiles/WebMercatorQuad"
    for path in (HERE, ITEMS, f"{ITEMS}/HG-1", f"{HERE}/queryables", quad, f"{quad}/tilejson",
                 f"{quad}/13/4084/4107"):  # fmt: skip
        answer = viewer.get(path)
        assert (answer.status_code, answer.get_json()["type"]) == (404, "CollectionUnknown"), path
    listed = viewer.get("/api/ogc/collections").get_json()["collections"]
    assert "households" not in {each["id"] for each in listed}


def test_hazards_and_areas_choose_households(coordinator: Browser, told: Told) -> None:
    def count(condition: str) -> int:
        asked = {"filter": condition, "limit": 100}
        return len(_features(coordinator.get(ITEMS, query_string=asked)))

    assert count(f"hazard_status({told.depths}, 0.5) = 'in'") == 13  # X11's 2 m, X21's 0.5 m
    assert count(f"hazard_status({told.depths}, 0.6) = 'in'") == 6
    assert count(f"hazard({told.depths}) < 0.5") == 3
    assert count("area_in('X2')") == 7
    assert count("S_INTERSECTS(geometry, POINT(1.5 1.5))") == 3


def test_who_does_not_count_any_more_is_not_shown(coordinator: Browser, session: Session) -> None:
    features = _features(coordinator.get(f"{ITEMS}?limit=100"))
    gone = session.scalars(select(Registrant).where(Registrant.number == features[0]["id"])).one()
    gone.state = RegistrantState.EXITED
    session.flush()

    assert len(_features(coordinator.get(f"{ITEMS}?limit=100"))) == len(features) - 1
    assert coordinator.get(f"{ITEMS}/{gone.number}").status_code == 404


def test_every_look_is_noted_with_whom_it_showed(coordinator: Browser, session: Session) -> None:
    page = _features(coordinator.get(f"{ITEMS}?limit=5"))
    coordinator.get(f"{ITEMS}/{page[0]['id']}")
    zoom, row, column = STREET
    coordinator.get(f"{HERE}/tiles/WebMercatorQuad/{zoom}/{row}/{column}")
    session.expire_all()

    looks = session.scalars(select(Look).where(Look.what.startswith("ogc")).order_by(Look.id)).all()

    assert [(look.what, look.number) for look in looks] == [
        ("ogc.items", 5),
        ("ogc.item", 1),
        ("ogc_tiles.tile", 6),
    ]
    numbers = [each["id"] for each in page]
    ids = session.scalars(select(Registrant.id).where(Registrant.number.in_(numbers))).all()
    assert set(looks[0].registrant_ids) == set(ids)


def test_describing_the_collection_shows_nobody_and_notes_nothing(
    coordinator: Browser, session: Session
) -> None:
    for path in (HERE, f"{HERE}/queryables", f"{HERE}/tiles/WebMercatorQuad/tilejson"):
        assert coordinator.get(path).status_code == 200

    assert session.scalars(select(Look).where(Look.what.startswith("ogc"))).all() == []


def test_tiles_show_them_from_street_zoom_on(coordinator: Browser, tmp_path: Path) -> None:
    zoom, row, column = STREET
    quad = f"{HERE}/tiles/WebMercatorQuad"
    answer = coordinator.get(f"{quad}/{zoom}/{row}/{column}")
    file = tmp_path / "tile.mvt"
    file.write_bytes(answer.data)
    tile = pyogrio.read_dataframe(f"MVT:{file}", X=str(column), Y=str(row), Z=str(zoom))

    assert len(tile) == 6
    assert set(tile.columns) >= {"number", "pcode"}
    assert coordinator.get(f"{quad}/{zoom - 1}/{row // 2}/{column // 2}").status_code == 204
    assert coordinator.get(f"{quad}/tilejson").get_json()["minzoom"] == 13


def test_where_a_purpose_is_asked_for_it_is_stated_first(
    coordinator: Browser, session: Session, asking: None
) -> None:
    zoom, row, column = STREET
    tile = f"{HERE}/tiles/WebMercatorQuad/{zoom}/{row}/{column}"
    for path in (ITEMS, f"{ITEMS}/HG-1", tile):
        answer = coordinator.get(path)
        assert (answer.status_code, answer.get_json()["type"]) == (403, "PurposeFirst"), path
    coordinator.act("/purpose/", purpose="complaint", words="C-17", next="/", follow=False)

    assert len(_features(coordinator.get(ITEMS))) == 10
    session.expire_all()
    look = session.scalars(select(Look).where(Look.what == "ogc.items")).one()
    assert look.purpose == "answering a complaint: C-17"


def test_a_key_sees_them_only_if_it_was_made_for_a_purpose(
    coordinator: Browser, browser: Browser, session: Session, asking: None
) -> None:
    plain = _made(coordinator)
    meant = _made(coordinator, name="Map", days="31", purpose=" Damage  survey ")

    assert _bearing(browser, plain, ITEMS).status_code == 404
    assert len(_features(_bearing(browser, meant, ITEMS))) == 10
    session.expire_all()
    [look] = session.scalars(select(Look).where(Look.what == "ogc.items")).all()
    assert look.purpose == "Damage survey"
    made = select(AuditEntry).where(AuditEntry.action == "keys.make").order_by(AuditEntry.id)
    assert [each.figures["purpose"] for each in session.scalars(made)] == [None, "Damage survey"]
    assert "It sees single households: Damage survey" in coordinator.get("/me").text


def test_a_key_that_sees_places_is_short_lived(coordinator: Browser) -> None:
    answer = coordinator.act("/me/keys", name="Map", days="32", purpose="Survey")

    assert answer.status_code == 422
    assert "from one day to 31 days; 32 were asked for" in answer.text


def test_who_sees_no_places_makes_no_key_that_does(viewer: Browser) -> None:
    answer = viewer.act("/me/keys", name="Map", days="1", purpose="Survey")

    assert answer.status_code == 403


def test_only_who_may_see_places_is_asked_what_a_key_looks_at_them_for(
    coordinator: Browser, viewer: Browser
) -> None:
    assert 'name="purpose"' in coordinator.get("/me").text
    assert 'name="purpose"' not in viewer.get("/me").text


def test_own_fields_are_told_and_asked_of_households(
    coordinator: Browser, session: Session
) -> None:
    make_fields(session)
    number = _features(coordinator.get(ITEMS))[0]["id"]
    fill_in(session, number, {"roof": "metal", "rooms": "4"}, actor=DARA)

    found = _features(coordinator.get(f"{ITEMS}?filter=roof='metal' AND rooms > 3"))

    assert [each["id"] for each in found] == [number]
    assert (found[0]["properties"]["roof"], found[0]["properties"]["rooms"]) == ("metal", 4)
    assert "roof" in coordinator.get(f"{HERE}/queryables").get_json()["properties"]
