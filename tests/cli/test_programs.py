"""Programs and cycles on the command line: read as JSON, and brought as far as amounts."""

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from app.auth.roles import Role
from app.cli import cycles, programs
from core.audit import Look
from core.db import transaction
from core.errors import Forbidden, NotFound
from programs.services.entitlements import NobodyEnrolled
from tests.cli.conftest import Run
from tests.make.programs import make_family, make_program, make_roster

MANAGER = Role.PROGRAM_MANAGER


@pytest.fixture
def asked(apart: None) -> tuple[str, str]:
    """The number of a program of three people and more, and the code of a list of three and two."""
    with transaction() as session:
        program = make_program(session, eligibility="people >= 3", fund=1000)
        roster = make_roster(session, make_family(session, 3), make_family(session, 2))
        return program.number, roster.code


def _lines(told: Any) -> list[dict[str, Any]]:
    assert told.exception is None, told.exception
    return [json.loads(line) for line in told.stdout.splitlines()]


def test_a_cycle_comes_from_a_list_to_its_amounts(run: Run, asked: tuple[str, str]) -> None:
    number, code = asked
    begun = ("--list", code, "--name", "November", "--on", "2026-11-20")
    (started,) = _lines(run(cycles.start, number, *begun, role=MANAGER))
    assert (started["number"], started["state"], started["list"]) == (1, "draft", code)

    (enrolled,) = _lines(run(cycles.enrol_all, number, 1, role=MANAGER))
    assert (enrolled["members"]["asked"], enrolled["members"]["enrolled"]) == (2, 1)
    (prepared,) = _lines(run(cycles.prepare, number, 1, role=MANAGER))
    assert prepared["entitlements"] == {"draft": {"number": 1, "total": "70.00"}}

    (shown,) = _lines(run(cycles.show, number, 1, role=MANAGER))
    assert shown == prepared
    (due,) = _lines(run(cycles.entitlements, number, 1, role=MANAGER))
    assert (due["amount"], due["state"]) == ("70.00", "draft")
    members = _lines(run(cycles.members, number, 1, role=MANAGER))
    assert sorted((row["people"], row["state"]) for row in members) == [
        (2, "not_eligible"),
        (3, "enrolled"),
    ]
    (standing,) = _lines(run(programs.members, number, "--state", "enrolled", role=MANAGER))
    assert standing["number"] == due["registrant"]
    with transaction() as session:
        looks = session.execute(select(Look.what, func.sum(Look.number)).group_by(Look.what)).all()
    assert {tuple(row) for row in looks} == {
        ("cycles entitlements", 1),
        ("cycles members", 2),
        ("programs members", 1),
    }


def test_programs_are_listed_and_one_is_told(run: Run, asked: tuple[str, str]) -> None:
    number, _code = asked
    (line,) = _lines(run(programs.list_all, role=MANAGER))
    assert (line["number"], line["posted"]) == (number, "1000.00")
    (told,) = _lines(run(programs.show, number.lower(), role=MANAGER))
    assert (told["eligibility"], told["cycles"]) == ("people >= 3", [])
    assert _lines(run(programs.list_all, "--archived", role=MANAGER)) == []


def test_what_may_not_be_done_is_refused_as_on_the_pages(run: Run, asked: tuple[str, str]) -> None:
    number, code = asked
    begun = ("--list", code, "--name", "November")
    assert isinstance(run(cycles.start, number, *begun, role=Role.FINANCE).exception, Forbidden)
    unknown = run(cycles.start, number, "--list", "NOLIST", "--name", "x", role=MANAGER)
    assert isinstance(unknown.exception, NotFound)
    assert isinstance(run(cycles.show, number, 1, role=MANAGER).exception, NotFound)
    _lines(run(cycles.start, number, *begun, role=MANAGER))
    early = run(cycles.prepare, number, 1, role=MANAGER)
    assert isinstance(early.exception, NobodyEnrolled)
