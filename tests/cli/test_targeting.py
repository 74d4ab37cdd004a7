"""Why a household is helped, or is not, is told to programs and on the command line."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import keys
from app.auth.roles import Role
from app.cli.targeting import why
from core.actor import Actor
from core.audit import Look
from core.db import transaction
from core.errors import NotFound
from programs.services.cycles import enrol
from tests.cli.conftest import Run
from tests.make.programs import DARA, make_cycle, make_family, make_program
from tests.make.users import make_user
from tests.web.conftest import Browser, browser, web  # noqa: F401 - fixtures

SAID = "People of the household: 2, at least 5 needed"


@pytest.fixture
def asked(apart: None) -> tuple[str, str]:
    """The number of a program that takes five people and more, and of a household of two."""
    with transaction(DARA) as session:
        program, home = make_program(session, eligibility="people >= 5"), make_family(session, 2)
        enrol(session, make_cycle(session, program, home).id, actor=DARA)
        return program.number, home.number


def test_why_is_told_on_the_command_line_and_the_look_is_noted(
    run: Run, asked: tuple[str, str]
) -> None:
    program, home = asked

    told = run(why, program, "1", home, role=Role.PROGRAM_MANAGER).stdout.splitlines()

    assert told[0] == "It is left out: Does not meet the rule."
    assert f"  - {SAID}" in told
    assert "  + It is in the registry." in told
    with transaction() as session:
        assert len(session.scalars(select(Look).where(Look.what == "targeting why")).all()) == 1


def test_a_cycle_that_is_not_there_is_none(run: Run, asked: tuple[str, str]) -> None:
    done = run(why, asked[0], "2", asked[1], role=Role.PROGRAM_MANAGER)

    assert isinstance(done.exception, NotFound)


def test_why_is_told_to_a_program(session: Session, browser: Browser) -> None:  # noqa: F811
    program, home = make_program(session, eligibility="people >= 5"), make_family(session, 2)
    enrol(session, make_cycle(session, program, home).id, actor=DARA)
    user = make_user(session, Role.PROGRAM_MANAGER)
    key = keys.make(session, "Model", 1, actor=Actor(user.id, user.name, frozenset()))

    path = f"/api/programs/{program.number}/cycles/1/why/{home.number}"
    told = browser.get(path, headers={"Authorization": f"Bearer {key}"}).json

    assert told is not None
    assert (told["state"], told["reason"]) == ("not_eligible", "rule")
    rule = next(part for part in told["rules"] if part["rule"] == "All of this has to hold")
    assert rule["checks"] == [{"passes": False, "said": SAID, "condition": None}]
