"""What the look at every page takes for a fault, and what not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

FAULTS = Path(__file__).with_name("faults.js").read_text()
LONG = "a long sentence that asks for its room"


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": 360, "height": 780})
    yield page
    page.close()


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<div style='width:500px'>wide</div>", "wider than its window"),
        (f"<p style='width:90px;overflow:hidden;white-space:nowrap'>{LONG}</p>", "cut"),
        (f"<p style='width:90px;height:20px;overflow:clip'>{LONG}</p>", "cut"),
        (f"<div style='width:90px;overflow:hidden'><b><nobr>{LONG}</nobr></b></div>", "cut"),
        (f"<div style='width:90px'><i><nobr>{LONG}</nobr></i></div>", "runs out of its box"),
    ],
)
def test_a_fault_is_found(page: Page, body: str, fault: str) -> None:
    page.set_content(body)

    [found] = page.evaluate(FAULTS)

    assert found.startswith(fault)


@pytest.mark.parametrize(
    "body",
    [
        f"<p>{LONG}</p>",
        f"<div style='width:90px;overflow:auto'><nobr>{LONG}</nobr></div>",
        f"<div style='width:1px;height:1px;overflow:hidden'><nobr>{LONG}</nobr></div>",
        f"<p hidden style='width:90px;overflow:hidden'><nobr>{LONG}</nobr></p>",
        "<div style='width:200px;overflow:auto'><div style='width:500px'>wide</div></div>",
    ],
)
def test_what_can_be_read_is_no_fault(page: Page, body: str) -> None:
    page.set_content(body)

    assert page.evaluate(FAULTS) == []
