"""The live map: keyboard, address, layers, scale, table, and what is left without WebGL."""

import re
from collections.abc import Callable

from playwright.sync_api import Browser

from tests.front.conftest import Tab


def test_the_view_is_in_the_address_and_comes_back_from_it(tab: Callable[..., Tab]) -> None:
    here = tab()
    page = here.open("/situation?at=9/17.6/121.7")

    page.focus(".maplibregl-canvas")
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile(r"at=9/17\.6/121\.[89]"))
    moved = page.url
    here.open(moved.removeprefix(here.site))

    assert page.url == moved


def test_plus_and_minus_zoom_with_the_keyboard(tab: Callable[..., Tab]) -> None:
    page = tab().open("/situation?at=9/17.6/121.7")

    page.focus(".maplibregl-canvas")
    page.keyboard.press("+")

    page.wait_for_url(re.compile(r"at=10/17\.6/121\.7"))


def test_a_place_is_reached_by_its_coordinates(tab: Callable[..., Tab]) -> None:
    page = tab().open("/situation")

    page.click("[data-do=layers]")
    page.fill("#go-to", "17,6134 N; 121,7270 E")
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile(r"at=11/17\.6134/121\.727"))


def test_what_is_no_place_is_refused_with_a_sentence(tab: Callable[..., Tab]) -> None:
    page = tab().open("/situation")

    page.click("[data-do=layers]")
    page.fill("#go-to", "Tuguegarao")
    page.keyboard.press("Enter")

    assert "Write latitude and longitude" in page.inner_text(".layers .error")


def test_the_table_stands_in_for_the_map(tab: Callable[..., Tab]) -> None:
    page = tab().open("/situation")

    page.click("[data-do=table]")
    assert page.is_visible("#figures >> text=Cagayan")
    page.click("[data-do=map]")

    assert not page.is_visible("#figures")


def test_the_scale_is_a_round_length(tab: Callable[..., Tab]) -> None:
    page = tab().open("/situation?at=9/17.6/121.7")

    # 40,075 km x cos 17.6 / (512 x 2^9) = 0.1457 km a pixel: 10 km are 69 px, 20 km would be 137
    assert page.inner_text(".scale") == "10 km"
    assert page.evaluate("document.querySelector('.scale').style.inlineSize") == "69px"


def test_without_webgl_a_sentence_leads_to_the_table(
    launch: Callable[..., Browser], site: str
) -> None:
    browser = launch("--disable-3d-apis")
    page = browser.new_page()
    page.goto(f"{site}/situation")
    page.wait_for_selector(".map[data-ready]")

    assert "cannot draw the live map" in page.inner_text(".map .without")
    page.click("[data-do=table]")
    assert page.is_visible("#figures >> text=Cagayan")
    browser.close()
