"""Counting by a filter from the command line."""

import pytest
from click import UsageError

from app.auth.roles import Role
from app.cli.filter import count, terms, where
from core.cql import TermMisspelt
from core.db import transaction
from registry.services.filters import keep_filter, share_filter
from tests.cli.conftest import Run
from tests.make.programs import DARA, make_family


@pytest.fixture
def families(apart: None) -> None:
    """Households of three, one and two people."""
    with transaction() as session:
        for size in (3, 1, 2):
            make_family(session, size)


def test_a_condition_is_counted(run: Run, families: None) -> None:
    told = run(count, "--text", "count_of(age > 30) >= 2", role=Role.REGISTRAR)

    assert told.stdout == "2 of 3 households\n"


def test_a_kept_filter_is_counted(run: Run, families: None) -> None:
    with transaction() as session:
        kept = keep_filter(session, "Alone", "people = 1", actor=DARA)
        code = share_filter(session, kept.code, actor=DARA).code

    assert run(count, "--code", code, role=Role.REGISTRAR).stdout == "1 of 3 households\n"


def test_people_are_counted_instead(run: Run, families: None) -> None:
    told = run(count, "--people", "--text", "group_of(people > 1)", role=Role.REGISTRAR)

    assert told.stdout == "5 of 6 people\n"


def test_where_they_live_is_told_by_area(run: Run, families: None) -> None:
    told = run(where, "--text", "people >= 2", role=Role.REGISTRAR).stdout.splitlines()

    assert told[0].split("\t") == ["pcode", "name", "households", "people", "registered"]
    assert told[-1].split("\t")[2:] == ["2", "5", "3"]


def test_what_is_not_understood_is_refused(run: Run, families: None) -> None:
    assert isinstance(run(count, "--text", "peeple > 1").exception, TermMisspelt)
    assert isinstance(run(count).exception, UsageError)


def test_the_terms_are_listed_to_who_may_use_them(run: Run, families: None) -> None:
    assert "in_program" in run(terms, role=Role.REGISTRAR).stdout
    assert "in_program" not in run(terms, role=Role.VIEWER).stdout
