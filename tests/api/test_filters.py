"""Programs count by a filter: sixteen households, six in X11, three in X12, seven in X21."""

import uuid
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.auth import keys
from app.auth.roles import Role
from core.actor import Actor
from tests.api.conftest import Told
from tests.make.users import make_user
from tests.web.conftest import Browser

ADDRESS = "/api/filters/count"


def _ask(session: Session, browser: Browser, role: Role, sent: Any, address: str = ADDRESS) -> Any:
    user = make_user(session, role)
    key = keys.make(session, f"Model {uuid.uuid4()}", 1, actor=Actor(user.id, "", frozenset()))
    headers = {"Authorization": f"Bearer {key}"}
    return browser.open(address, method="POST", headers=headers, json=sent)


@pytest.mark.parametrize(
    ("written", "households"),
    [
        ("area_in('X1')", 9),
        ("level_2_pcode = 'X21' AND NOT size > 0", 7),
        ({"op": "not", "args": [{"op": "area_in", "args": ["X21"]}]}, 9),
        ("", 16),
    ],
)
def test_a_filter_is_counted_as_text_or_as_json(
    session: Session, browser: Browser, told: Told, written: Any, households: int
) -> None:
    answer = _ask(session, browser, Role.REGISTRAR, {"filter": written})

    assert answer.status_code == 200
    assert answer.json == {"households": households, "of": 16, "about": False}


def test_people_are_counted_where_they_are_asked_for(
    session: Session, browser: Browser, told: Told
) -> None:
    answer = _ask(session, browser, Role.REGISTRAR, {"filter": "age < 5", "subject": "people"})

    assert answer.json == {"people": 0, "of": 0, "about": False}


def test_who_may_only_count_is_told_about_how_many(
    session: Session, browser: Browser, told: Told
) -> None:
    found = _ask(session, browser, Role.VIEWER, {"filter": "area_in('X12')"}).json

    assert found["about"] is True
    assert found["households"] in (0, 5)  # of three, where five is the fewest that is told


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"filter": "sise > 3"}, "perhaps size is meant"),
        ({"filter": "size >"}, "cannot be read"),
        ({}, "Send JSON with"),
        (["size > 3"], "Send JSON with"),
        ({"filter": 5}, "Send JSON with"),
        ({"filter": "", "subject": "cats"}, "Send JSON with"),
    ],
)
def test_what_is_no_filter_is_refused_with_a_sentence(
    session: Session, browser: Browser, told: Told, sent: Any, said: str
) -> None:
    answer = _ask(session, browser, Role.REGISTRAR, sent)

    assert answer.status_code == 422
    assert said in answer.json["title"]


def test_who_may_not_count_is_told_so(session: Session, browser: Browser, told: Told) -> None:
    assert _ask(session, browser, Role.DISTRIBUTOR, {"filter": ""}).status_code == 403


def test_those_meant_are_told_by_area(session: Session, browser: Browser, told: Told) -> None:
    sent = {"filter": "NOT area_in('X12')"}
    answer = _ask(session, browser, Role.REGISTRAR, sent, "/api/filters/where?area=X1")

    areas = {each["pcode"]: (each["households"], each["of"]) for each in answer.json["areas"]}
    assert areas == {"X11": (6, 6), "X12": (0, 3)}
    assert (answer.json["households"], answer.json["of"], answer.json["pcode"]) == (6, 9, "X1")
    assert (answer.json["level"], answer.json["about"]) == (2, False)
    nowhere = _ask(session, browser, Role.REGISTRAR, sent, "/api/filters/where?area=Q")
    assert nowhere.status_code == 404
