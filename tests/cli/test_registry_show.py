"""What the command line tells of a household, to whom, and that it is noted."""

import pytest
from sqlalchemy import select

from app.auth.roles import Role
from app.cli.registry_show import show
from core.audit import Look
from core.db import transaction
from core.errors import Forbidden
from registry.queries.registrants import RegistrantUnknown
from tests.cli.conftest import Run
from tests.make.geo import make_country
from tests.make.registry import make_household, make_location, make_person


@pytest.fixture
def number(apart: None) -> str:
    """A household of one in X11, with a phone."""
    with transaction() as session:
        areas = make_country(session)
        place = make_location(session, 0.5, 1.0, area_id=areas["X11"].id)
        home = make_household(session, place, name="Amina Doro", phone="+254 712 345 678")
        make_person(session, home, relation="head", name="Amina Doro")
        return home.number


def test_a_household_is_told_and_the_look_is_noted(run: Run, number: str) -> None:
    told = run(show, number.lower(), role=Role.REGISTRAR).stdout

    for line in ("state       active", "head  Amina Doro", "+254 712 345 678", "X11  Area X11"):
        assert line in told
    assert "place       1.000000, 0.500000" in told
    with transaction() as session:
        (look,) = session.scalars(select(Look)).all()
        assert (look.what, look.number) == ("registry show", 2)


def test_who_may_not_see_points_is_told_the_area(run: Run, number: str) -> None:
    told = run(show, number, role=Role.ADMINISTRATOR).stdout

    assert "X11" in told
    assert "place" not in told


def test_who_may_not_read_people_is_told_nothing(run: Run, number: str) -> None:
    refused = run(show, number, role=Role.VIEWER)
    unknown = run(show, "HG-AAAAAAAA", role=Role.REGISTRAR)

    assert isinstance(refused.exception, Forbidden)
    assert isinstance(unknown.exception, RegistrantUnknown)
    assert (refused.stdout, unknown.stdout) == ("", "")
