"""Programs read the pairs that wait, and decide about them."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.auth import keys
from app.auth.roles import Role
from core.actor import Actor
from core.jobs import Job
from geo.models.areas import Area
from registry.models.duplicates import DuplicatePair
from registry.models.registrants import Registrant, RegistrantState
from tests.make.duplicates import make_pair
from tests.make.registry import make_person
from tests.make.users import make_user
from tests.web.conftest import Browser

Call = Callable[..., TestResponse]
PATH = "/api/duplicates"


@pytest.fixture
def two(session: Session, taken_back: None) -> tuple[Registrant, Registrant, DuplicatePair]:
    """Amina twice, in X11, and the pair of both."""
    area_id = session.scalars(select(Area.id).where(Area.pcode == "X11")).one()
    one, other = (make_person(session, name=n, area_id=area_id) for n in ("Amina D", "A Doro"))
    return one, other, make_pair(session, one, other)


@pytest.fixture
def call(session: Session, browser: Browser) -> Call:
    """A program of a supervisor of the registry."""
    user = make_user(session, Role.REGISTRY_SUPERVISOR)
    key = keys.make(session, "Model", 1, actor=Actor(user.id, user.name, frozenset()))

    def call(method: str, path: str, **sent: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {key}", "Act-Key": str(uuid.uuid4())}
        return browser.open(f"{PATH}{path}", method=method, headers=headers, **sent)

    return call


def test_the_pairs_that_wait_are_listed_with_their_reasons(
    two: tuple[Registrant, Registrant, DuplicatePair], call: Call
) -> None:
    one, other, pair = two
    told: Any = call("GET", "/").json
    assert told["after"] is None
    (row,) = told["pairs"]
    assert (row["id"], row["reasons"]) == (pair.id, ["same_name", "same_birth"])
    assert {row["left"]["number"], row["right"]["number"]} == {one.number, other.number}
    assert call("GET", "/?area=X11").json == told
    assert call("GET", "/?area=X21").json == {"pairs": [], "after": None}
    assert call("GET", "/?state=merged").json == {"pairs": [], "after": None}
    assert call("GET", "/?state=perhaps").status_code == 400


def test_two_who_are_two_are_said_to_be_so_and_looked_at_again(
    two: tuple[Registrant, Registrant, DuplicatePair], call: Call
) -> None:
    path = f"/{two[2].id}/ruling"
    told: Any = call("POST", path, json={"ruling": "two", "because": "Cousins"}).json
    assert (told["state"], told["because"]) == ("not_duplicate", "Cousins")
    assert call("POST", path, json={"ruling": "two"}).status_code == 409
    again: Any = call("POST", path, json={"ruling": "again"}).json
    assert again["state"] == "open"


def test_two_who_are_one_are_merged_and_taken_apart_again(
    session: Session, two: tuple[Registrant, Registrant, DuplicatePair], call: Call
) -> None:
    one, other, pair = two
    said = {"ruling": "one", "stays": other.number, "take": ["name"]}
    told: Any = call("POST", f"/{pair.id}/ruling", json=said).json
    assert told["state"] == "merged"
    session.expire_all()
    assert (one.state, one.merged_into_id) == (RegistrantState.MERGED, other.id)
    assert other.name == "Amina D"

    back: Any = call("POST", f"/apart/{one.number}").json
    assert (back["number"], back["state"]) == (one.number, "active")
    session.expire_all()
    assert other.name == "A Doro"
    assert call("POST", f"/apart/{one.number}").status_code == 404


@pytest.mark.parametrize(
    "said",
    [
        None,
        {},
        {"ruling": "maybe"},
        {"ruling": "one"},
        {"ruling": "one", "stays": "HG-AAAAAAAA"},
        {"ruling": "one", "stays": "left", "take": "name"},
    ],
)
def test_what_is_no_ruling_is_refused(
    two: tuple[Registrant, Registrant, DuplicatePair], call: Call, said: Any
) -> None:
    assert call("POST", f"/{two[2].id}/ruling", json=said).status_code == 422


def test_fields_that_are_none_are_not_taken(
    two: tuple[Registrant, Registrant, DuplicatePair], call: Call
) -> None:
    said = {"ruling": "one", "stays": two[0].number, "take": ["state"]}
    answer = call("POST", f"/{two[2].id}/ruling", json=said)
    assert answer.status_code == 422
    assert "`take`" in answer.text


def test_a_worker_is_told_to_look(session: Session, taken_back: None, call: Call) -> None:
    told: Any = call("POST", "/look", json={"kind": "model"}).json
    assert session.get_one(Job, told["job"]).work.endswith("look_for_duplicates")
    assert call("POST", "/look", json={"kind": "magic"}).status_code == 422
    assert call("POST", "/look", json={"program": 4711}).status_code == 404
    assert call("POST", "/look", json={"program": "x"}).status_code == 422
