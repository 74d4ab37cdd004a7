"""People with real browsers on a whole platform; nothing of ours is replaced."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from tests.journeys.person import Person
from tests.running import Platform, started


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """An empty platform for the tests of one module."""
    with started("journey", tmp_path_factory.mktemp("platform")) as platform:
        yield platform


@pytest.fixture
def people(chromium: Browser, platform: Platform) -> Iterator["People"]:
    """`people("Lena")` is a person at a browser of their own, looked after until the test ends."""
    with ExitStack() as stack:
        yield People(chromium, platform, stack)


@dataclass(frozen=True)
class People:
    """Gives out persons; at the end none of them may have met a fault in their browser."""

    chromium: Browser
    platform: Platform
    stack: ExitStack

    def __call__(self, name: str, width: int = 1440, height: int = 900) -> Person:
        context = self.chromium.new_context(viewport={"width": width, "height": height})
        self.stack.callback(context.close)
        person = Person(name, context.new_page(), self.platform.address)
        self.stack.callback(person.met_no_fault)
        return person
