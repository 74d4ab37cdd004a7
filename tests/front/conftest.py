"""A real Chromium on the demo site: nothing is asked of another host, nothing is refused."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from tests.front import demo

HERE = Path(__file__).parent
WATCH = """
window.refusals = [];
document.addEventListener('securitypolicyviolation', (e) =>
  window.refusals.push(`${e.violatedDirective} ${e.blockedURI}`));
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The valley's tiles are made once: all who look at them look in one process."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.xdist_group("front"))


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of the demo site."""
    server = make_server("127.0.0.1", 0, demo.create_demo(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()


@dataclass
class Tab:
    """A page that remembers what it asked for, and what went wrong on it."""

    page: Page
    site: str
    asked: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Open a path and wait until all it asks for has started and its map has drawn."""
        self.page.goto(self.site + path)
        self.page.wait_for_selector("[data-module]:not([data-started])", state="detached")
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until the map has drawn."""
        self.page.wait_for_selector(".map[data-ready], main:not(:has(.map))", timeout=60_000)

    @property
    def strangers(self) -> list[str]:
        """Addresses asked for on other hosts."""
        return [url for url in self.asked if not url.startswith((self.site, "data:", "blob:"))]


@pytest.fixture
def tab(chromium: Browser, site: str) -> Iterator[Callable[..., Tab]]:
    """`tab(width=360)` opens a fresh tab; what goes wrong on any of them fails the test."""
    opened: list[Tab] = []

    def make(width: int = 1100, height: int = 700, **options: Any) -> Tab:
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        context.add_init_script(WATCH)
        made = Tab(context.new_page(), site)
        made.page.on("request", lambda request: made.asked.append(request.url))
        made.page.on("pageerror", lambda error: made.wrong.append(str(error)))
        made.page.on("console", lambda m: made.wrong.append(m.text) if m.type == "error" else None)
        opened.append(made)
        return made

    demo.LOG.clear()
    yield make
    for made in opened:
        assert made.page.evaluate("window.refusals") == []
        assert made.strangers == []
        assert made.wrong == []
        made.page.context.close()
