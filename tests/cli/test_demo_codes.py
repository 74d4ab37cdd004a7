"""The codes of the demonstration: no wall for whoever looks around, and no way in elsewhere."""

import pytest
from click.testing import CliRunner, Result

from app.auth import proofs, second_factor
from app.auth.models import SignIn, User
from app.auth.roles import Role
from app.auth.sign_ins import Browser, begin
from app.cli.demo import PASSWORD, TEAM, CodeJustUsed, NoCodeAsked, NotInTheTeam, code
from app.loading import make_team
from core.db import transaction

APPROVER = "approver@kesara.example"


@pytest.fixture(autouse=True)
def team(apart: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's clock runs on between two codes: a step may begin at any moment of a test."""
    step = second_factor.step_now()
    monkeypatch.setattr(second_factor, "step_now", lambda: step)
    make_team(TEAM, PASSWORD)


def _code(email: str) -> Result:
    return CliRunner().invoke(code, [email], standalone_mode=False)


def _sign_in(typed: str) -> bool:
    """Sign the approver in as the pages do; answers whether the sign-in is whole."""
    with transaction() as session:
        user = proofs.let_in(session, APPROVER, PASSWORD)
        half, _token = begin(session, user, Browser("127.0.0.1", ""), whole=False)
        proofs.give_code(session, half, typed)
        whole: SignIn = half
        return whole.whole


def test_the_code_printed_signs_in() -> None:
    assert _sign_in(_code(APPROVER).output.strip())


def test_the_code_after_it_is_another_and_signs_in_too() -> None:
    first = _code(APPROVER).output.strip()
    assert _sign_in(first)

    second = _code(APPROVER).output.strip()

    assert second != first
    assert _sign_in(second)
    assert isinstance(_code(APPROVER).exception, CodeJustUsed)


def test_who_is_asked_for_no_code_and_who_is_not_of_the_team_get_none() -> None:
    with transaction() as session:
        session.add(User(name="Ines Aro", email="ines@example.org"))

    assert isinstance(_code("viewer@kesara.example").exception, NoCodeAsked)
    assert isinstance(_code("ines@example.org").exception, NotInTheTeam)


def test_there_is_somebody_of_every_role() -> None:
    assert sorted(person.role for person in TEAM) == sorted(Role)
