"""The shared frame and parts, in a browser."""

from collections.abc import Callable

import pytest

from tests.front.conftest import Tab
from tests.places import ROOT

AXE = (ROOT / "tests" / "js" / "vendor" / "axe.min.js").read_text()
RUN_AXE = """axe.run().then(({violations}) => violations.map(
  (v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(' | ')}`))"""


@pytest.mark.parametrize("path", ["/parts", "/situation", "/select?areas=PH0201527"])
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (360, "dark")])
def test_axe_finds_nothing_on_a_page(
    tab: Callable[..., Tab], path: str, width: int, scheme: str
) -> None:
    page = tab(width=width, color_scheme=scheme).open(path)

    page.evaluate(AXE)

    assert page.evaluate(RUN_AXE) == []


@pytest.mark.parametrize("path", ["/parts", "/situation", "/select"])
def test_no_page_is_wider_than_a_small_phone(tab: Callable[..., Tab], path: str) -> None:
    page = tab(width=360, height=640).open(path)

    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_page_turns_from_right_to_left(tab: Callable[..., Tab]) -> None:
    page = tab().open("/select?lang=ar&dir=rtl")

    panel, stage = (page.locator(part).bounding_box() for part in (".panel", ".stage"))

    assert panel is not None
    assert stage is not None
    assert panel["x"] > stage["x"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 1100


def test_the_bar_opens_its_menus_and_escape_closes_them(tab: Callable[..., Tab]) -> None:
    page = tab().open("/parts")

    page.click("[popovertarget=person]")
    assert page.is_visible("text=Sign out")
    page.keyboard.press("Escape")

    assert not page.is_visible("text=Sign out")


def test_a_dialog_asks_first_and_keeping_changes_nothing(tab: Callable[..., Tab]) -> None:
    page = tab().open("/parts")

    page.click("[commandfor=withdraw]")
    assert page.is_visible("text=Withdraw release 3?")
    page.click("text=Keep it")

    assert not page.is_visible("text=Withdraw release 3?")
    assert page.url.endswith("/parts")


def test_a_chosen_file_is_named_with_its_size(tab: Callable[..., Tab]) -> None:
    page = tab().open("/parts")

    file = {"name": "flood.tif", "mimeType": "image/tiff", "buffer": b"x" * 1_234_567}
    page.set_input_files("#file", file)  # type: ignore[arg-type]

    page.wait_for_selector(".upload .file:has-text('flood.tif, 1.2 MB')")


def test_a_file_dropped_anywhere_on_the_page_is_taken(tab: Callable[..., Tab]) -> None:
    page = tab().open("/parts")
    page.wait_for_selector("#file")

    page.evaluate("""() => {
      const data = new DataTransfer();
      data.items.add(new File(['{}'], 'extent.geojson'));
      const send = (type) => document.querySelector('h1').dispatchEvent(
        new DragEvent(type, {dataTransfer: data, bubbles: true, cancelable: true}));
      send('dragenter'); send('dragover'); send('drop');
    }""")

    page.wait_for_selector(".upload .file:has-text('extent.geojson, 2 byte')")


def test_the_slider_and_the_field_say_the_same(tab: Callable[..., Tab]) -> None:
    page = tab().open("/parts")
    page.wait_for_selector("input[type=range][aria-valuetext='at least 0.5 m']")

    page.focus(".hist input[type=range]")
    for _ in range(7):
        page.keyboard.press("ArrowRight")

    assert page.input_value("#least") == "1.2"
    page.fill("#least", "2.35")
    assert page.get_attribute(".hist input", "aria-valuetext") == "at least 2.35 m"
    assert page.locator(".bin.below").count() == 19  # bars of 1/8 m that begin below 2.35 m
