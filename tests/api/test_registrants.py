"""Programs register households and ask for them by their number."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.auth import keys
from app.auth.roles import Role
from core.actor import Actor
from core.audit import Look
from registry.models.registrants import Individual
from tests.make.fields import make_fields
from tests.make.users import make_user
from tests.together import undone
from tests.web.conftest import Browser

Call = Callable[..., TestResponse]
DORO: dict[str, Any] = {
    "people": [
        {
            "name": "Amina Doro",
            "relation": "head",
            "sex": "female",
            "birth_date": "1990-03-14",
            "phone": "+254 712 345 678",
            "wg_seeing": 4,
        },
        {"name": "Idris Doro", "relation": "child", "birth_date": "2021-07-01", "exact": False},
    ],
    "place": {"longitude": 0.5, "latitude": 1.0, "accuracy_m": 6, "source": "gps"},
    "stated_size": 2,
}


@pytest.fixture
def calls(session: Session, browser: Browser) -> Callable[[Role], Call]:
    """`calls(Role.REGISTRAR)` is a program of somebody with that role."""

    def of(role: Role) -> Call:
        user = make_user(session, role)
        key = keys.make(session, "Model", 1, actor=Actor(user.id, user.name, frozenset()))

        def call(method: str, path: str, act_key: str = "", **sent: Any) -> TestResponse:
            headers = {"Authorization": f"Bearer {key}"}
            headers |= {"Act-Key": act_key or str(uuid.uuid4())} if method != "GET" else {}
            return browser.open(path, method=method, headers=headers, **sent)

        return call

    return of


@pytest.fixture
def fields(session: Session) -> Iterator[None]:
    with undone(session):
        make_fields(session)
        yield


def said(answer: TestResponse) -> Any:
    """What was answered."""
    return answer.json


def registered(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Individual)) or 0


def test_a_household_is_registered_once_and_told_by_its_number(
    session: Session, taken_back: None, calls: Callable[[Role], Call]
) -> None:
    call, key = calls(Role.REGISTRAR), str(uuid.uuid4())
    first, second = (call("POST", "/api/registrants/", key, json=DORO) for _ in range(2))

    assert (first.status_code, said(first)) == (201, said(second))
    assert registered(session) == 2
    told = said(call("GET", f"/api/registrants/{said(first)['number']}"))
    assert told["name"] == "Amina Doro"
    assert [(m["name"], m["relation"]) for m in told["members"]] == [
        ("Amina Doro", "head"),
        ("Idris Doro", "child"),
    ]
    assert told["place"] == {"pcode": "X11"}
    amina = said(call("GET", f"/api/registrants/{told['members'][0]['number']}"))
    assert (amina["sex"], amina["birth_date"], amina["disabled"]) == ("female", "1990-03-14", True)
    assert amina["contacts"] == [{"kind": "phone", "value": "+254712345678"}]
    session.flush()
    assert set(session.scalars(select(Look.what))) == {"api_registrants.show"}


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        "Amina",
        {},
        {"people": "Amina"},
        {"people": [1]},
        {"people": [{"name": ["Amina"], "relation": {}}]},
        {"people": [{"name": "A", "birth_date": "yesterday"}]},
        {"people": [{"name": "A", "birth_date": 1990}]},
        {"people": [{"name": "A", "occupation": 5}]},
        {"people": [{"name": "A\0"}]},
        {"people": [{"name": "A"}], "stated_size": 10**30},
        {"people": [{"name": "A"}], "place": {"longitude": "east", "latitude": 1}},
        {"people": [{"name": "A"}], "place": {"longitude": 1e999, "latitude": 1}},
        {"people": [{"name": "A"}], "place": [0.5, 1.0]},
        {"people": [{"name": "A"}], "place": {"pcode": "X11", "source": "guess"}},
        {"people": [{"name": "A"}], "code": ["C"]},
        {"people": [{"name": "A"}], "colour": "blue"},
    ],
)
def test_what_makes_no_household_is_refused_with_a_sentence(
    session: Session, taken_back: None, calls: Callable[[Role], Call], sent: Any
) -> None:
    answer = calls(Role.REGISTRAR)("POST", "/api/registrants/", json=sent)

    assert answer.status_code == 422
    assert said(answer)["title"]
    assert registered(session) == 0


def test_who_may_not_write_registers_nobody(
    session: Session, taken_back: None, calls: Callable[[Role], Call]
) -> None:
    assert calls(Role.VIEWER)("POST", "/api/registrants/", json=DORO).status_code == 403
    assert registered(session) == 0


def test_a_point_is_told_to_who_may_see_it_and_to_no_key(
    session: Session,
    taken_back: None,
    calls: Callable[[Role], Call],
    signed_in: Callable[..., Browser],
) -> None:
    number = said(calls(Role.REGISTRAR)("POST", "/api/registrants/", json=DORO))["number"]

    told = said(signed_in(Role.COORDINATOR).get(f"/api/registrants/{number}"))
    assert told["place"] == {
        "pcode": "X11",
        "longitude": 0.5,
        "latitude": 1.0,
        "accuracy_m": 6.0,
        "source": "gps",
        "taken_at": None,
    }


def test_own_fields_are_described_sent_and_told(
    calls: Callable[[Role], Call], fields: None
) -> None:
    call = calls(Role.REGISTRAR)
    asked = said(call("GET", "/api/fields/"))["group"]["properties"]

    made = call("POST", "/api/registrants/", json={**DORO, "roof": "straw", "rooms": 3})
    held = said(call("GET", f"/api/registrants/{said(made)['number']}"))["fields"]

    assert asked["roof"]["enum"] == ["metal", "straw"]
    assert (asked["rooms"]["type"], asked["rooms"]["maximum"]) == ("integer", 20.0)
    assert (held["roof"], held["rooms"], held["well"]) == ("straw", 3, None)


def test_a_program_is_told_what_does_not_fit_an_own_field(
    calls: Callable[[Role], Call], fields: None
) -> None:
    answer = calls(Role.REGISTRAR)("POST", "/api/registrants/", json={**DORO, "rooms": 21})

    assert (answer.status_code, said(answer)["type"]) == (422, "ValueMisfit")


def test_own_fields_are_filled_in_and_what_does_not_fit_is_refused(
    calls: Callable[[Role], Call], fields: None
) -> None:
    call = calls(Role.REGISTRAR)
    number = said(call("POST", "/api/registrants/", json=DORO))["number"]
    path = f"/api/registrants/{number}/fields"

    answer = call("POST", path, json={"rooms": 3, "well": True, "assets": ["straw", "metal"]})
    assert said(answer)["fields"]["rooms"] == 3
    again = said(call("POST", path, json={"rooms": None, "land": 2.5}))["fields"]
    assert (again["rooms"], again["land"], again["well"]) == (None, 2.5, True)

    wrong = call("POST", path, json={"rooms": 99})
    assert (wrong.status_code, "at most 20" in said(wrong)["title"]) == (422, True)
    assert call("POST", path, json=["rooms"]).status_code == 422
    assert call("POST", path, json={"stairs": 1}).status_code == 422
    assert calls(Role.VIEWER)("POST", path, json={"rooms": 1}).status_code == 403
