"""Looking for duplicates from the command line."""

import pytest
from sqlalchemy import select

from app.auth.roles import Role
from app.cli.registry_duplicates import duplicates
from app.loading import WorkFailed
from core.db import transaction
from registry.models.duplicates import DuplicatePair
from tests.cli.conftest import Run
from tests.make.registry import make_household, make_person


@pytest.fixture
def twice(apart: None) -> None:
    """One woman in two households."""
    with transaction() as session:
        for name in ("Kofi Mensah", "Esi Boateng"):
            make_person(session, make_household(session, name=name), name="Amina Yusuf")


def test_what_was_compared_is_told(run: Run, twice: None) -> None:
    told = run(duplicates, role=Role.REGISTRAR).stdout

    assert "4 records, 1 alike, 1 new" in told
    with transaction() as session:
        assert len(session.scalars(select(DuplicatePair)).all()) == 1


def test_who_may_not_decide_looks_for_nothing(run: Run, twice: None) -> None:
    refused = run(duplicates, role=Role.VIEWER)

    assert isinstance(refused.exception, WorkFailed)
    assert "You may not do that" in str(refused.exception)
