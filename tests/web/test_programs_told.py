"""Programs elsewhere read programs, cycles and who is in them; the command line tells the same."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.auth import keys
from app.auth.roles import Role
from core.actor import Actor
from geo.models.areas import Area
from programs.models.programs import Program
from tests.make.geo import make_country
from tests.make.programs import (
    make_approved,
    make_family,
    make_prepared,
    make_program,
)
from tests.make.registry import make_location
from tests.make.users import make_user
from tests.web.conftest import Browser

Ask = Callable[..., Any]


@pytest.fixture
def areas(session: Session) -> dict[str, Area]:
    """Two provinces."""
    return make_country(session)


@pytest.fixture
def program(session: Session, areas: dict[str, Area]) -> Program:
    """Rule: three people. Of X11 and X21 a family of three each is enrolled, one of two left out;
    70 each is approved."""
    program = make_program(session, eligibility="people >= 3", fund=1000)
    homes = [
        make_family(session, size, make_location(session, 0.5, 0.5, area_id=areas[pcode].id))
        for pcode, size in (("X11", 3), ("X21", 3), ("X11", 2))
    ]
    for home, number in zip(homes, ("A", "B", "C"), strict=True):
        home.name = f"Family {number}"
    make_approved(session, program, *homes)
    return program


@pytest.fixture
def ask(session: Session, browser: Browser) -> Ask:
    """`ask("/path", Role.X, in_area)`: what the service answers to somebody of a role."""

    def ask(path: str, role: Role = Role.PROGRAM_MANAGER, area: Area | None = None) -> Any:
        bounds: dict[str, Any] = {"area_id": area.id} if area else {}
        user = make_user(session, role, **bounds)
        key = keys.make(session, "Model", 1, actor=Actor(user.id, user.name, frozenset()))
        answer = browser.get(f"/api/programs{path}", headers={"Authorization": f"Bearer {key}"})
        return answer.json if answer.status_code == 200 else answer.status_code

    return ask


def test_a_program_tells_its_money_and_its_cycles(program: Program, ask: Ask) -> None:
    (line,) = ask("/")["programs"]
    assert (line["number"], line["state"], line["free"]) == (program.number, "active", "860.00")

    told = ask(f"/{program.number}")

    assert (told["target"], told["purposes"]) == ("group", program.purposes)
    assert told["fund"] == {"posted": "1000.00", "bound": "140.00", "free": "860.00"}
    assert told["cycles"] == [
        {"number": 1, "name": "November", "state": "approved", "households": 2, "due": "140.00"}
    ]
    assert ask("/PROG-1999-00000001") == 404
    assert ask("/?archived=yes") == {"programs": []}


def test_a_cycle_tells_people_amounts_and_what_is_open(program: Program, ask: Ask) -> None:
    told = ask(f"/{program.number}/cycles/1")

    assert told["state"] == "approved"
    assert told["members"]["asked"] == 3
    assert told["members"]["enrolled"] == 2
    assert told["members"]["left_out"] == [{"reason": "rule", "program": None, "households": 1}]
    assert told["entitlements"] == {"approved": {"number": 2, "total": "140.00"}}
    assert (told["due"], told["paid"]) == ("140.00", "0.00")
    assert told["open"] == {"orders": 0, "vouchers": 0, "amounts": 2}
    assert ask(f"/{program.number}/cycles/2") == 404


def test_members_are_told_within_reach_with_their_state_and_reason(
    session: Session, program: Program, areas: dict[str, Area], ask: Ask
) -> None:
    path = f"/{program.number}/cycles/1/members"
    whole = {row["name"]: (row["state"], row["reason"]) for row in ask(path)["members"]}
    assert whole == {
        "Family A": ("enrolled", None),
        "Family B": ("enrolled", None),
        "Family C": ("not_eligible", "rule"),
    }
    near = ask(path, area=areas["X1"])["members"]
    assert {row["name"] for row in near} == {"Family A", "Family C"}
    (out,) = ask(f"{path}?reason=rule")["members"]
    assert out["name"] == "Family C"
    assert ask(f"{path}?reason=perhaps") == 400


def test_amounts_are_told_within_reach_and_by_state(
    program: Program, areas: dict[str, Area], ask: Ask
) -> None:
    path = f"/{program.number}/cycles/1/entitlements"
    due = ask(path)["entitlements"]
    assert [(row["amount"], row["state"], row["order"]) for row in due] == [
        ("70.00", "approved", None),
        ("70.00", "approved", None),
    ]
    assert [row["area"] for row in ask(path, area=areas["X2"])["entitlements"]] == ["X21"]
    assert ask(f"{path}?state=sent")["entitlements"] == []


def test_members_of_a_program_are_told_page_by_page(session: Session, ask: Ask) -> None:
    program = make_program(session)
    make_prepared(session, program, *(make_family(session, 1) for _ in range(60)))

    first = ask(f"/{program.number}/members")
    rest = ask(f"/{program.number}/members?after={first['after']}")

    numbers = [row["number"] for page in (first, rest) for row in page["members"]]
    assert (len(first["members"]), len(rest["members"]), rest["after"]) == (50, 10, None)
    assert numbers == sorted(set(numbers))
    assert ask(f"/{program.number}/members?state=paused")["members"] == []


def test_who_reads_no_names_reads_figures_alone(program: Program, ask: Ask) -> None:
    assert ask(f"/{program.number}/cycles/1", Role.FINANCE)["due"] == "140.00"
    assert ask(f"/{program.number}/cycles/1/members", Role.GIS_ANALYST) == 403
