"""Household tiles as the map asks for them."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from app.auth.roles import Role
from tests.make.exposure import make_exposure
from tests.make.geo import make_country, make_release
from tests.make.registry import make_household, make_location
from tests.web.conftest import Browser


def test_a_tile_is_a_vector_tile_that_browsers_keep_for_a_moment(
    signed_in: Callable[..., Browser], session: Session
) -> None:
    make_country(session)
    release = make_release(session)
    place = make_location(session, 0.2, 1.0)
    make_household(session, place)
    make_exposure(session, release, {place: 1.0})
    browser = signed_in(Role.COORDINATOR)
    answer = browser.get(f"/tiles/households/6/32/31.mvt?release={release.id}&at_least=0.5")
    assert answer.mimetype == "application/vnd.mapbox-vector-tile"
    assert b"households" in answer.data
    assert answer.headers["Cache-Control"] == "private, max-age=30"
    empty = browser.get("/tiles/households/6/0/0.mvt")
    assert (empty.status_code, empty.data) == (200, b"")
