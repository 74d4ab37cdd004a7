"""What the tests of the registry stand on."""

import pytest
from sqlalchemy.orm import Session

from geo.models.areas import Area
from tests.make.geo import make_country


@pytest.fixture
def areas(session: Session) -> dict[str, Area]:
    """The country X of provinces X1 and X2, with districts X11, X12, X21, X22 from west to east."""
    return make_country(session)
