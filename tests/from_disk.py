"""A page that was saved as a file, opened from disk: whatever else it asks for is a fault."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.places import ROOT

AXE = (ROOT / "tests" / "js" / "vendor" / "axe.min.js").read_text()
RUN_AXE = """axe.run({resultTypes: ['violations']}).then(({violations}) =>
  violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 99)).join(' | ')}`))"""
BOXES = (ROOT / "tests" / "web" / "faults.js").read_text()
WITHIN = ("file:", "data:")


@contextmanager
def opened_from_disk(context: BrowserContext, file: Path) -> Iterator[Page]:
    """The page of a file; at the end it must have asked nobody and complained of nothing."""
    page = context.new_page()
    met: list[str] = []
    page.on(
        "request", lambda asked: None if asked.url.startswith(WITHIN) else met.append(asked.url)
    )
    page.on("console", lambda message: met.append(message.text))
    page.on("pageerror", lambda error: met.append(str(error)))
    page.goto(file.as_uri())
    yield page
    page.close()
    assert met == []


def faults_of(page: Page) -> list[Any]:
    """What axe finds, and what is cut off or runs out of its box, at the window's size."""
    page.evaluate(AXE)
    return [*page.evaluate(RUN_AXE), *page.evaluate(BOXES)]
