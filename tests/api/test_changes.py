"""Programs ask for changes and for how far one has come."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.auth import keys
from app.auth.roles import Role
from core.actor import Actor
from geo.models.areas import Area
from registry.models.changes import ChangeRequest
from registry.models.registrants import Registrant
from tests.make.changes import make_asked
from tests.make.registry import make_household, make_location, make_person
from tests.make.users import make_user
from tests.web.conftest import Browser

Call = Callable[..., TestResponse]


@pytest.fixture
def home(session: Session, taken_back: None) -> Registrant:
    """Amina and her son Idris, in X11."""
    area_id = session.scalars(select(Area.id).where(Area.pcode == "X11")).one()
    home = make_household(session, make_location(session, 0.5, 1.0, area_id=area_id))
    for name, relation in (("Amina Doro", "head"), ("Idris Doro", "child")):
        make_person(session, home, relation=relation, name=name)
    return home


@pytest.fixture
def calls(session: Session, browser: Browser) -> Callable[[Role], Call]:
    """`calls(Role.REGISTRAR)` is a program of somebody with that role."""

    def of(role: Role) -> Call:
        user = make_user(session, role)
        key = keys.make(session, "Model", 1, actor=Actor(user.id, user.name, frozenset()))

        def call(method: str, path: str, act_key: str = "", **sent: Any) -> TestResponse:
            headers = {"Authorization": f"Bearer {key}", "Act-Key": act_key or str(uuid.uuid4())}
            return browser.open(path, method=method, headers=headers, **sent)

        return call

    return of


def said(answer: TestResponse) -> Any:
    """What was answered."""
    return answer.json


def test_a_change_is_asked_for_once_and_told_line_by_line(
    session: Session, home: Registrant, taken_back: None, calls: Callable[[Role], Call]
) -> None:
    idris = session.scalars(select(Registrant).where(Registrant.name == "Idris Doro")).one()
    call, key = calls(Role.REGISTRAR), str(uuid.uuid4())
    sent = {
        "kind": "split_household",
        "of": home.number,
        "answers": {f"goes-{idris.number}": "head"},
        "source_number": "G-17",
    }
    first, second = (call("POST", "/api/changes/", key, json=sent) for _ in range(2))
    assert (first.status_code, said(first)["state"], said(first)) == (201, "local", said(second))
    assert session.scalar(select(func.count()).select_from(ChangeRequest)) == 1

    told = said(call("GET", f"/api/changes/{said(first)['number']}"))
    assert (told["of"], told["whole"], told["conflicts"]) == (home.number, True, [])
    lines = [(line["edit"], line["registrant"], line["other"]) for line in told["lines"]]
    assert lines == [
        ("new_group", None, home.number),
        ("leave", home.number, idris.number),
        ("join", "new:0", idris.number),
    ]
    assert told["lines"][1]["before"] == "child"


def test_a_draft_is_only_written_down(
    home: Registrant, taken_back: None, calls: Callable[[Role], Call]
) -> None:
    sent = {"kind": "edit_group", "of": home.number, "answers": {"address": "Quay 2"}}
    made = calls(Role.REGISTRAR)("POST", "/api/changes/", json={**sent, "draft": True})
    assert said(made)["state"] == "draft"


@pytest.mark.parametrize("sent", [None, [], {"kind": "edit_group"}, {"answers": 3, "of": "x"}])
def test_what_is_no_change_is_refused_with_its_shape(
    taken_back: None, calls: Callable[[Role], Call], sent: Any
) -> None:
    answer = calls(Role.REGISTRAR)("POST", "/api/changes/", json=sent)
    assert answer.status_code == 422
    assert "`answers`" in answer.text


def test_a_key_that_may_not_see_points_is_told_there_is_one(
    session: Session, home: Registrant, taken_back: None, calls: Callable[[Role], Call]
) -> None:
    answers = {"latitude": "0.5", "longitude": "2.5"}
    moves = make_asked(session, "move_house", home.number, answers=answers)
    told = said(calls(Role.COORDINATOR)("GET", f"/api/changes/{moves.number}"))
    assert (told["lines"][0]["before"], told["lines"][0]["after"]) == ("a point", "a point")
