"""What the command line tells of changes, and applying one from there."""

import pytest

from app.auth.roles import Role
from app.cli.changes import apply, list_all
from core.db import transaction
from core.errors import Forbidden
from registry.models.changes import ChangeRequest, ChangeState
from tests.cli.conftest import Run
from tests.make.changes import make_approved_change, make_asked
from tests.make.geo import make_country
from tests.make.registry import make_household, make_location


@pytest.fixture
def numbers(apart: None) -> list[str]:
    """A change that was validated, and one that waits and changes the same."""
    with transaction() as session:
        areas = make_country(session)
        place = make_location(session, 0.5, 1.0, area_id=areas["X11"].id)
        home = make_household(session, place).number
        first = make_approved_change(session, "edit_group", home, answers={"address": "Quay 2"})
        second = make_asked(session, "edit_group", home, answers={"address": "Mill Lane 4"})
        return [first.number, second.number]


def test_what_waits_is_listed_and_applied(run: Run, numbers: list[str]) -> None:
    first, second = run(list_all, role=Role.REGISTRY_SUPERVISOR).stdout.splitlines()
    assert first.split()[:3] == [numbers[0], "approved", "edit_group"]
    assert second.split()[:2] == [numbers[1], "local"]
    assert all("another changes the same" in line for line in (first, second))

    done = run(apply, numbers[0], role=Role.REGISTRY_SUPERVISOR).stdout
    assert done == f"{numbers[0]}: 1 lines are done\n"
    left = run(list_all, "--state", "applied", role=Role.REGISTRY_SUPERVISOR).stdout
    assert left.split()[0] == numbers[0]


def test_who_may_not_apply_does_not(run: Run, numbers: list[str]) -> None:
    refused = run(apply, numbers[0], role=Role.REGISTRAR)
    assert isinstance(refused.exception, Forbidden)
    with transaction() as session:
        found = session.query(ChangeRequest).filter_by(number=numbers[0]).one()
        assert found.state is ChangeState.APPROVED
