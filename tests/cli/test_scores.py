"""Scores are listed and reckoned from the command line."""

from datetime import date

import pytest

from app.auth.roles import Role
from app.cli.scores import compare, listed
from app.cli.scores import run as reckon
from core.clock import today
from core.db import transaction
from core.errors import Forbidden
from registry.queries.scores import NoneInForce
from tests.cli.conftest import Run
from tests.make.registry import make_household, make_person
from tests.make.scores import make_score


@pytest.fixture
def homes(apart: None) -> None:
    """Two women and a man, and a household of one; and a score in force."""
    with transaction() as session:
        home, alone = make_household(session), make_household(session)
        for whose, sex in ((home, "female"), (home, "female"), (home, "male"), (alone, "male")):
            make_person(session, whose, sex=sex, birth_date=date(1990, 1, 1))
        make_score(session)


def test_everybody_is_reckoned_and_classes_are_counted(run: Run, homes: None) -> None:
    """-0.8 and 0.35 for each of three and 1 for two women is 1.25; of one man it is -0.45."""
    told = run(reckon, "PMT", role=Role.PROGRAM_MANAGER).stdout.splitlines()

    assert told[0] == "PMT version 1: 2 households, 2 with a score"
    assert {line.split()[1]: line.split()[0] for line in told[1:]} == {"poor": "1", "better": "1"}
    assert run(listed, role=Role.PROGRAM_MANAGER).stdout.splitlines() == [
        "code\tversion\tstate\treckoned",
        f"PMT\t1\tactive\t{today()}",
    ]


def test_a_score_that_nobody_put_in_force_is_not_reckoned(run: Run, homes: None) -> None:
    answer = run(reckon, "FCS", role=Role.PROGRAM_MANAGER)

    assert isinstance(answer.exception, NoneInForce)


def test_who_may_not_see_scores_reckons_none(run: Run, homes: None) -> None:
    assert isinstance(run(reckon, "PMT", role=Role.DISTRIBUTOR).exception, Forbidden)


def test_two_versions_are_compared(run: Run, homes: None) -> None:
    run(reckon, "PMT", role=Role.PROGRAM_MANAGER)

    told = run(compare, "PMT", "1", "1", role=Role.PROGRAM_MANAGER).stdout.splitlines()

    assert told[0] == "2 households, 0 in another class"
    assert {" ".join(line.split()) for line in told[1:]} == {
        "1 poor -> poor",
        "1 better -> better",
    }
