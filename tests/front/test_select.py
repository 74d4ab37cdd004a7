"""Selecting households: draw, pick, upload, slide; the question is in the address."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page
from pyproj import Geod
from shapely.geometry import Polygon

from tests.front import demo
from tests.front.conftest import Tab

SQUARE = [(0.3, 0.3), (0.6, 0.3), (0.6, 0.6), (0.3, 0.6)]  # shares of the map's width and height
START = "/select?at=9/17.6/121.7"
LOOKS = 100  # a tenth of a second apart


def spot(page: Page, x: float, y: float) -> tuple[float, float]:
    """A share of the map as a point of the window."""
    box = page.locator(".maplibregl-canvas").bounding_box()
    assert box
    return box["x"] + box["width"] * x, box["y"] + box["height"] * y


def click(page: Page, x: float, y: float, button: Any = "left") -> None:
    """Move to a spot and click, as a hand does."""
    page.mouse.move(*spot(page, x, y), steps=3)
    page.mouse.down(button=button)
    page.mouse.up(button=button)
    page.wait_for_timeout(60)


def draw(page: Page, corners: list[tuple[float, float]], *, close: bool = True) -> None:
    """Set corners by mouse, and the first again to close."""
    for x, y in [*corners, *corners[:1]] if close else corners:
        click(page, x, y)


def said(page: Page, part: str) -> str:
    return page.inner_text(f"[data-part=live] [data-part={part}]")


def last_question(page: Page, bearing: str = "") -> dict[str, Any]:
    """What was asked last, once the answer has come; once a question bears what it is to bear."""
    page.wait_for_timeout(200)
    for _look in range(LOOKS):
        page.wait_for_selector("#result:not(.asking) .figure")
        if not bearing or demo.LOG[-1][bearing]:
            break
        page.wait_for_timeout(100)
    return demo.LOG[-1]


@pytest.fixture
def page(tab: Callable[..., Tab]) -> Page:
    return tab().open(START)


def test_a_polygon_drawn_by_mouse_is_asked_and_measured(page: Page) -> None:
    draw(page, SQUARE)

    [[ring]] = last_question(page, "shapes")["shapes"]["coordinates"]
    area, _length = Geod(ellps="WGS84").geometry_area_perimeter(Polygon(ring))
    assert len(ring) == 5
    assert said(page, "corners") == "4"
    assert abs(float(said(page, "area").replace(",", "")) - abs(area) / 1e6) < 1


def test_an_open_drawing_counts_as_if_closed(page: Page) -> None:
    draw(page, SQUARE[:3], close=False)

    [[ring]] = last_question(page, "shapes")["shapes"]["coordinates"]
    assert len(ring) == 4
    assert said(page, "state") == "not closed; counted as if closed"


def test_a_side_that_would_cross_is_refused_while_drawing(page: Page) -> None:
    draw(page, [(0.3, 0.3), (0.6, 0.3), (0.6, 0.6), (0.45, 0.2)], close=False)

    assert "would cross" in page.inner_text("[data-part=drawing-refused]")
    assert said(page, "corners") == "3"


def test_backspace_takes_the_last_corner_back_and_escape_all(page: Page) -> None:
    draw(page, SQUARE, close=False)

    page.keyboard.press("Backspace")
    assert said(page, "corners") == "3"
    page.keyboard.press("Escape")

    assert said(page, "corners") == "0"
    assert last_question(page)["shapes"] is None


def test_a_corner_is_dragged_and_the_drag_is_undone_and_redone(page: Page) -> None:
    draw(page, SQUARE)
    before = said(page, "area")

    page.mouse.move(*spot(page, 0.6, 0.6), steps=3)
    page.mouse.down()
    page.mouse.move(*spot(page, 0.75, 0.7), steps=6)
    page.mouse.up()
    after = said(page, "area")
    page.click("[data-do=undo]")
    undone = said(page, "area")
    page.click("[data-do=redo]")

    assert after != before
    assert undone == before
    assert said(page, "area") == after


def test_a_midpoint_becomes_a_corner_and_a_right_click_takes_it_away(page: Page) -> None:
    draw(page, SQUARE)

    page.mouse.move(*spot(page, 0.45, 0.3), steps=3)
    page.mouse.down()
    page.mouse.move(*spot(page, 0.45, 0.15), steps=6)
    page.mouse.up()
    assert said(page, "corners") == "5"
    click(page, 0.45, 0.15, button="right")

    assert said(page, "corners") == "4"


def test_several_areas_are_drawn_and_all_are_asked(page: Page) -> None:
    draw(page, SQUARE)
    page.click("[data-do=another]")
    draw(page, [(0.1, 0.4), (0.2, 0.4), (0.2, 0.7)])

    assert len(last_question(page, "shapes")["shapes"]["coordinates"]) == 2
    assert said(page, "state") == "2 areas"


def test_the_question_opens_again_from_its_address(tab: Callable[..., Tab]) -> None:
    here = tab()
    page = here.open(START)
    draw(page, SQUARE)
    page.fill("#least", "1.2")
    page.click("#way-pick")
    click(page, 0.5, 0.5)
    asked = last_question(page)

    here.open(page.url.removeprefix(here.site))

    again = last_question(page)
    assert again["clause"] == asked["clause"] == {"release": 3, "at_least": 1.2}
    assert again["areas"] == asked["areas"] != []
    for old, new in zip(*(q["shapes"]["coordinates"][0][0] for q in (asked, again)), strict=True):
        assert new == pytest.approx(old, abs=1e-5)


def test_an_area_is_picked_by_click_and_given_back_by_another(page: Page) -> None:
    page.click("#way-pick")

    click(page, 0.5, 0.5)
    [picked] = last_question(page)["areas"]
    click(page, 0.5, 0.5)

    assert len(picked) == 9  # a municipality: PH and seven digits
    assert last_question(page)["areas"] == []


def test_an_area_is_picked_by_name_with_the_keyboard_and_left_out_by_code(page: Page) -> None:
    page.click("#way-pick")

    page.fill("#find-area", "Cagayan")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("Enter")
    page.check("[data-part=leave-out]")
    page.fill("#find-area", "PH0201527")
    page.wait_for_selector("[role=option]:has-text('Solana')")
    page.keyboard.press("Enter")

    asked = last_question(page)
    assert (asked["areas"], asked["exclude"]) == (["PH02015"], {"areas": ["PH0201527"]})
    assert page.inner_text(".chips").split("\n") == ["Cagayan", "without Solana"]


def test_corners_are_typed_without_a_mouse(page: Page) -> None:
    page.click("text=Without a mouse")
    page.fill("#typed-corners", "17.5, 121.6\n17.5, 121.9\n17.8, 121.9")
    page.click("text=Use these corners")

    [[ring]] = last_question(page, "shapes")["shapes"]["coordinates"]
    assert ring[:3] == [[121.6, 17.5], [121.9, 17.5], [121.9, 17.8]]


def test_typed_corners_that_cross_or_are_no_places_are_refused(page: Page) -> None:
    page.click("text=Without a mouse")

    page.fill("#typed-corners", "17.5, 121.6\nhere\n17.8, 121.9")
    page.click("text=Use these corners")
    assert "Line 2 is no place" in page.inner_text("[data-part=coordinates] .error")
    page.fill("#typed-corners", "17.5, 121.6\n17.8, 121.9\n17.8, 121.6\n17.5, 121.9")
    page.click("text=Use these corners")

    assert "would cross" in page.inner_text("[data-part=coordinates] .error")


def test_the_answer_follows_the_slider_and_only_the_last_is_shown(page: Page) -> None:
    page.click("#way-pick")
    page.fill("#find-area", "Cagayan")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("Enter")
    last_question(page)
    before = len(demo.LOG)

    page.focus(".hist input[type=range]")
    for _ in range(20):
        page.keyboard.press("ArrowRight")

    assert last_question(page)["clause"]["at_least"] == 2.5
    assert len(demo.LOG) - before < 20
    assert "min=2.5" in page.url


def test_an_uploaded_shape_keeps_its_hole_and_is_kept_as_a_draft(tab: Callable[..., Tab]) -> None:
    here = tab()
    page = here.open(START)
    outer = [[121.6, 17.5], [121.9, 17.5], [121.9, 17.8], [121.6, 17.8], [121.6, 17.5]]
    hole = [[121.7, 17.6], [121.7, 17.7], [121.8, 17.7], [121.8, 17.6], [121.7, 17.6]]
    polygon = {"type": "Polygon", "coordinates": [outer, hole]}
    body = json.dumps({"type": "Feature", "properties": {}, "geometry": polygon}).encode()

    page.click("#way-upload")
    page.set_input_files(
        "#shape-file", {"name": "ring.geojson", "mimeType": "application/geo+json", "buffer": body}
    )
    page.wait_for_url("**draft=D*")
    here.open(page.url.removeprefix(here.site))

    assert last_question(page, "shapes")["shapes"]["coordinates"] == [[outer, hole]]


def test_a_drawing_of_more_than_fifty_corners_is_kept_as_a_draft(page: Page) -> None:
    steps = [f"{17 + i / 100:.2f}, {121.5 + (i % 2) / 100:.2f}" for i in range(50)]
    page.click("text=Without a mouse")

    page.fill("#typed-corners", "\n".join([*steps, "17.49, 121.9", "17, 121.9"]))
    page.click("text=Use these corners")

    page.wait_for_url("**draft=D*")
    assert "poly=" not in page.url


def test_a_row_of_the_table_lights_its_area_and_the_map_its_row(page: Page) -> None:
    page.click("#way-pick")
    page.fill("#find-area", "Cagayan")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("Enter")
    last_question(page)

    page.hover("tr[data-area=PH02015] th")

    page.wait_for_selector("tr.linked[data-area=PH02015]")


def test_drawing_and_areas_meet_where_that_is_asked(page: Page) -> None:
    draw(page, SQUARE)
    page.click("#way-pick")
    click(page, 0.5, 0.5)

    page.click("text=only where both meet")

    assert last_question(page)["combine"] == "intersection"
    assert "combine=intersection" in page.url
