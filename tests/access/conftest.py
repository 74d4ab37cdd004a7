"""The marked world, made once for all questions; what a question changes is taken back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tests.access.people import Person, make_people
from tests.access.world import World, make_world
from tests.together import one_transaction, undone
from tests.web.conftest import web  # noqa: F401 - a fixture

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The world is made once: all who look at it look in one process.

    The crawl is last, after those who ask for every page by itself: it takes the answers they got.
    """
    places = [at for at, item in enumerate(items) if item.path.is_relative_to(HERE)]
    ours = sorted((items[at] for at in places), key=lambda item: item.path.stem == "test_crawl")
    for at, item in zip(places, ours, strict=True):
        items[at] = item
        item.add_marker(pytest.mark.xdist_group("access"))


@pytest.fixture(scope="package")
def session(connection: Connection) -> Iterator[Session]:
    """One transaction for all tests of this folder, which stay on one worker for it."""
    with one_transaction(connection) as session:
        yield session


@pytest.fixture(scope="package")
def world(session: Session) -> World:
    return make_world(session)


@pytest.fixture(scope="package")
def people(session: Session, web: Flask, world: World) -> list[Person]:  # noqa: F811
    return make_people(session, web, world)


@pytest.fixture
def taken_back(session: Session, people: list[Person]) -> Iterator[None]:
    """Whatever the test does is undone, and whoever signed out by it is signed in as before."""
    kept = [(person.browser, person.browser.get_cookie("session")) for person in people]
    with undone(session):
        yield
    for browser, cookie in kept:
        assert cookie is not None
        browser.set_cookie(cookie.key, cookie.value)
