"""The live map: keyboard, address, layers, scale, table, and what is left without WebGL."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from tests.front.conftest import Tab

# where the whole event lies on the screen, and what floats over the map
WHOLE_EVENT = """async () => {
  const element = document.querySelector('.map');
  const { mapOf } = await import(document.querySelector('link[href$="js/map/map.js"]').href);
  const { map, settings } = await mapOf(element);
  const [west, south, east, north] = settings.bounds;
  const [from, to] = [map.project([west, north]), map.project([east, south])];
  const { left, top } = element.getBoundingClientRect();
  const over = [...element.querySelectorAll(':scope > .on')];
  const floats = over.map((each) => each.getBoundingClientRect().toJSON());
  return [
    { left: left + from.x, top: top + from.y, right: left + to.x, bottom: top + to.y },
    floats.filter((box) => box.width),
  ];
}"""


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


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1000, 640), (820, 700)])
def test_the_whole_event_lies_under_nothing_that_floats_over_the_map(
    tab: Callable[..., Tab], width: int, height: int
) -> None:
    page = tab(width, height).open("/situation")

    event, floats = page.evaluate(WHOLE_EVENT)

    assert len(floats) == 3  # tools, legend, scale
    for box in floats:
        beside = box["left"] >= event["right"] or box["right"] <= event["left"]
        assert beside or box["top"] >= event["bottom"] or box["bottom"] <= event["top"]


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
