"""What the tests of the registry stand on."""

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from geo.models.areas import Area
from geo.models.releases import Release
from registry.models.household_cells import StaleCell
from registry.services.household_cells import count_release
from tests.make.counted import EDGES, settle_people
from tests.make.geo import make_country, make_release


@pytest.fixture
def areas(session: Session) -> dict[str, Area]:
    """The country X of provinces X1 and X2, with districts X11, X12, X21, X22 from west to east."""
    return make_country(session)


@pytest.fixture
def counted(session: Session, areas: dict[str, Area]) -> Release:
    """A release whose households were counted by cell, with all notes of changes worked off."""
    release = make_release(session, floor=0.1, unit="m", histogram_edges=EDGES)
    settle_people(session, areas, release)
    count_release(session, release, lambda _done, _total: None)
    session.execute(delete(StaleCell))
    return release
