"""A small world as programs elsewhere ask for it, made once, and browsers to ask with."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import shapely
from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.auth.roles import Role
from core.storage import keep_file
from geo.jobs.release_outlines import outline_release
from geo.models.releases import Release
from geo.services.areas import shape_areas
from geo.services.releases import receive_release
from tests.make.files import depth_file, shapes_file
from tests.make.geo import make_country, make_event
from tests.make.jobs import Silent
from tests.make.programs import DARA
from tests.make.registry import make_household, make_location
from tests.make.releases import DEPTH, DEPTHS, FLOOD, published, read
from tests.make.users import PASSWORD, make_user
from tests.together import one_transaction, undone
from tests.web.conftest import Browser, web  # noqa: F401 - a fixture

ROLES = (Role.VIEWER, Role.COORDINATOR, Role.DISTRIBUTOR)
HOMES = (("X11", 0.5, 0.5, 6), ("X12", 1.5, 1.5, 3), ("X21", 2.5, 1.5, 7))


@dataclass(frozen=True)
class Told:
    """The keys of what is published."""

    depths: int
    extent: int


def make_told(session: Session) -> Told:
    """The made country; depths of 2 m in the south of X11 and 0.4 in the north of X12, floor 0.2;
    an extent; six households in the south of X11, three in the north of X12, seven in X21."""
    areas = make_country(session)
    shape_areas(session)
    for pcode, lon, lat, count in HOMES:
        for _each in range(count):
            make_household(session, make_location(session, lon, lat, area_id=areas[pcode].id))
    event = make_event(session)
    with tempfile.TemporaryDirectory() as folder:
        depths = _release(session, event.id, depth_file(Path(folder) / "depth.tif", DEPTHS))
        published(session, depths, DARA, DEPTH)
        outline_release(session, actor=DARA, progress=Silent(), release_id=depths.id)
        extent = _release(session, event.id, _flooded(Path(folder)))
        published(session, extent, DARA, replace(FLOOD, layer="Extent"))
    return Told(depths.id, extent.id)


def _flooded(folder: Path) -> Path:
    return shapes_file(folder / "extent.geojson", (shapely.box(0.25, 0.25, 0.75, 0.75), {}))


def _release(session: Session, event_id: int, file: Path) -> Release:
    release = receive_release(session, event_id, keep_file(file), file.name, actor=DARA).release
    read(session, release, DARA)
    return release


@pytest.fixture(scope="module")
def session(connection: Connection) -> Iterator[Session]:
    """One transaction for all tests of a module."""
    with one_transaction(connection) as session:
        yield session


@pytest.fixture(scope="module")
def told(session: Session) -> Told:
    return make_told(session)


@pytest.fixture
def taken_back(session: Session, told: Told) -> Iterator[None]:
    """Whatever the test does is undone."""
    with undone(session):
        yield


@pytest.fixture(scope="module")
def signed_in(session: Session, web: Flask) -> Callable[..., Browser]:  # noqa: F811
    """`signed_in(Role.VIEWER)` is a browser in which somebody with that role is signed in."""
    browsers = {role: _signed_in(session, web, role) for role in ROLES}
    return browsers.__getitem__


def _signed_in(session: Session, web: Flask, role: Role) -> Browser:  # noqa: F811
    user, browser = make_user(session, role), web.test_client()
    assert isinstance(browser, Browser)
    browser.act("/sign-in", email=user.email, password=PASSWORD)
    return browser


@pytest.fixture
def browser(web: Flask, session: Session) -> Browser:  # noqa: F811
    """A browser in which nobody is signed in."""
    client = web.test_client()
    assert isinstance(client, Browser)
    return client


@pytest.fixture
def viewer(signed_in: Callable[..., Browser], told: Told) -> Browser:
    return signed_in(Role.VIEWER)
