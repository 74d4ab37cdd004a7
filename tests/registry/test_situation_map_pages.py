"""The situation map in a real browser, opened from disk: on a desk, on a phone, and on paper."""

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize
from sqlalchemy.orm import Session

from core.actor import Actor
from core.storage import path_of
from core.words import PSEUDO, SOURCE, language_of, speaking
from registry.services.situation_maps import make_map
from tests.from_disk import faults_of, opened_from_disk
from tests.make.situation_maps import make_mapped_list
from tests.web.sentences import raw_words

DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 780}
SIZES = [DESK, PHONE]
A4 = (842, 595)  # points, across
NAMES = {"Karsa", "Area", "Flood", "the"}  # of the country, its areas and the event
CIRCLES = "path.ring, path.disc"


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport=DESK)
    yield context
    context.close()


def _file(session: Session, actor: Actor, folder: Path, language: str = SOURCE) -> Path:
    """The situation map of the list of tests.make.situation_maps, saved to disk."""
    with speaking(language_of(language)):
        roster = make_mapped_list(session, actor)
        made = make_map(session, roster.id, actor=actor).map
    file = folder / "map.html"
    file.write_bytes(path_of(made.sha256).read_bytes())
    return file


@pytest.fixture
def file(session: Session, anybody: Actor, tmp_path: Path) -> Path:
    return _file(session, anybody, tmp_path)


@pytest.fixture
def page(context: BrowserContext, file: Path) -> Iterator[Page]:
    """The map on a desk; at the end it must have asked nobody for anything."""
    with opened_from_disk(context, file) as page:
        yield page


def test_it_opens_from_disk_and_asks_nobody(page: Page, context: BrowserContext) -> None:
    context.set_offline(True)
    page.reload()
    assert page.inner_text("h1") == "Karsa: Flood of the Oru"
    assert page.locator("path.water").count() == 1
    assert page.locator("path.unseen").count() == 1
    assert page.locator("path.question").count() == 2  # on the map and in its legend
    assert page.locator(f".folium-map :is({CIRCLES})").count() == 2


def test_its_figures_are_read_as_they_were_counted(page: Page) -> None:
    assert page.inner_text(".large") == "6\nhouseholds in the flooded area"
    rows = [row.split("\t") for row in page.inner_text("table tbody").split("\n")]
    assert rows == [["Area X1", "6", "0", "1", "0", "0"], ["Area X2", "0", "1", "2", "1", "0"]]
    listed = page.inner_text(".answers-list").split()
    assert page.inner_text(".answers-list .why") == "1 no data"
    assert [word for word in listed if word.isdigit()] == ["6", "1", "3", "1", "1", "0"]


def test_it_says_more_under_the_pointer_and_no_name_becomes_a_tag(page: Page) -> None:
    page.locator(".folium-map path.disc").hover()
    tooltip = page.locator(".leaflet-tooltip")
    assert tooltip.inner_text() == "7 households: 6 in, 0 not observed"
    assert page.locator("oru, flood").count() == 0


def _share_of_frame(page: Page) -> float:
    """How much of the frame the area asked about takes, which must lie wholly in it."""
    frame, shape = (
        page.locator(part).bounding_box() for part in (".map", ".folium-map path.question")
    )
    assert frame
    assert shape
    assert frame["x"] <= shape["x"]
    assert frame["y"] <= shape["y"]
    assert shape["x"] + shape["width"] <= frame["x"] + frame["width"]
    assert shape["y"] + shape["height"] <= frame["y"] + frame["height"]
    return max(shape["width"] / frame["width"], shape["height"] / frame["height"])


def test_what_it_is_about_fills_the_frame_on_any_screen_and_on_paper(page: Page) -> None:
    for size in SIZES:
        page.set_viewport_size(size)
        page.reload()
        assert _share_of_frame(page) > 0.8
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert _share_of_frame(page) > 0.8


@pytest.mark.parametrize("language", [SOURCE, PSEUDO])
def test_it_is_whole_and_accessible_on_a_desk_and_on_a_phone(
    session: Session, anybody: Actor, context: BrowserContext, tmp_path: Path, language: str
) -> None:
    with opened_from_disk(context, _file(session, anybody, tmp_path, language)) as page:
        for size in SIZES:
            page.set_viewport_size(size)
            page.reload()
            assert faults_of(page) == [], size["width"]


def test_it_is_read_from_the_right_where_the_language_is_but_the_map_is_not_turned(
    session: Session, anybody: Actor, context: BrowserContext, tmp_path: Path
) -> None:
    with opened_from_disk(context, _file(session, anybody, tmp_path, PSEUDO)) as page:
        side, stage = page.locator("aside").bounding_box(), page.locator(".map").bounding_box()
        west, east = page.locator(".name", has_text="X1"), page.locator(".name", has_text="X2")
        west_box, east_box = west.bounding_box(), east.bounding_box()
        assert side
        assert stage
        assert side["x"] < stage["x"]
        assert west_box
        assert east_box
        assert west_box["x"] < east_box["x"]
        assert set(raw_words(page.content())) <= NAMES


def test_on_paper_it_is_one_sheet_of_a4(page: Page, tmp_path: Path) -> None:
    printed = tmp_path / "map.pdf"
    page.pdf(path=printed, prefer_css_page_size=True)
    document = pypdfium2.PdfDocument(printed)
    assert len(document) == 1
    assert tuple(round(side) for side in document[0].get_size()) == A4
    text = document[0].get_textpage().get_text_bounded()
    assert "To check it by" in text
    assert "Area X2" in text
