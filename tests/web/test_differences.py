"""The page of a difference: figures for who may see a few, areas for everybody, and its table."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy.orm import Session

from app.auth.roles import Role
from core.storage import keep_file
from geo.models.releases import Release
from geo.services.areas import shape_areas
from geo.services.meanings import Meaning
from geo.services.releases import receive_release
from tests.make.files import depth_file
from tests.make.geo import make_country, make_event
from tests.make.programs import DARA
from tests.make.registry import make_household, make_location
from tests.make.releases import DEPTH, published, read
from tests.web.conftest import Browser

SignedIn = Callable[..., Browser]
NO = -9999.0
FIRST = [[0.0, 0.4, 0.6, 1.5], [2.0, NO, 0.5, 0.2]]
SECOND = [[0.7, 0.0, 1.2, NO], [2.0, 0.8, 0.0, 0.2]]


@dataclass(frozen=True)
class Two:
    """Two releases of one layer; a household in the middle of each of the eight cells."""

    first: int
    second: int


@pytest.fixture
def two(session: Session) -> Two:
    areas = make_country(session)
    shape_areas(session)
    for column, pcode in enumerate(("X11", "X12", "X21", "X22")):
        for lat in (0.5, 1.5):
            place = make_location(session, column + 0.5, lat, area_id=areas[pcode].id)
            make_household(session, place)
    event = make_event(session)
    first, second = (_release(session, event.id, depths) for depths in (FIRST, SECOND))
    return Two(first.id, second.id)


def _release(
    session: Session, event_id: int, depths: list[list[float]], meaning: Meaning = DEPTH
) -> Release:
    with tempfile.TemporaryDirectory() as folder:
        file = depth_file(Path(folder) / "depth.tif", depths)
        release = receive_release(session, event_id, keep_file(file), file.name, actor=DARA).release
        read(session, release, DARA)
        return published(session, release, DARA, meaning)


def _figures(page: BeautifulSoup) -> dict[str, int]:
    words = [one.text for one in page.select(".difference > span")]
    figures = [int(one.text) for one in page.select(".difference > b")]
    return dict(zip(words, figures, strict=True))


def test_the_page_says_what_becomes_of_households_and_areas(signed_in: SignedIn, two: Two) -> None:
    """At 0.5 m, cell by cell from the north-west: enters; stays out; 0.6 to 1.2 changes class;
    was in; stays in; now in; leaves; stays out."""
    coordinator = signed_in(Role.COORDINATOR)
    page = BeautifulSoup(coordinator.get(f"/hazards/{two.second}/difference?min=0.5").text, "lxml")

    assert _figures(page) == {
        "Enter": 1,
        "Leave": 1,
        "Change class": 1,
        "Now observed: in": 1,
        "Now observed: out": 0,
        "No longer observed: were in": 1,
        "No longer observed: were out": 0,
    }
    [lede] = page.select("p.lede")
    assert lede.text == "1 households enter water depth of at least 0.5 m, 1 leave it."
    published_page = coordinator.get(f"/hazards/{two.second}").text
    assert f"/hazards/{two.second}/difference" in published_page


def test_who_may_not_see_a_few_is_told_of_areas_alone(signed_in: SignedIn, two: Two) -> None:
    text = signed_in(Role.VIEWER).get(f"/hazards/{two.second}/difference").text
    page = BeautifulSoup(text, "lxml")

    assert not page.select(".difference")
    assert "Your role compares areas alone." in page.text
    assert len(page.select("tbody tr")) == 2  # the provinces


def test_its_table_is_taken_along(signed_in: SignedIn, two: Two) -> None:
    address = f"/hazards/{two.second}/difference.geojson?before={two.first}&min=0.5&level=2"
    document = json.loads(signed_in(Role.COORDINATOR).get(address).data)
    rows = {one["properties"]["pcode"]: one["properties"] for one in document["features"]}

    assert {pcode: row["change"] for pcode, row in rows.items()} == {
        "X11": "stay_in",  # its southern half, which is the larger one, then all of it
        "X12": "stay_in",  # all that was seen, then the southern half
        "X21": "change_class",  # all of it, then the northern half
        "X22": "stay_in",
    }
    assert rows["X11"]["households_enter"] == 1
    assert rows["X21"]["households_change_class"] == rows["X21"]["households_leave"] == 1
    unseen = [(side, code) for side in ("before", "after") for code in ("X12", "X22")]
    counts = [rows[code][f"households_not_observed_{side}_nodata"] for side, code in unseen]
    assert counts == [1, 0, 0, 1]
    said = document["provenance"]
    assert (said["before: Release"], said["after: Release"]) == ("1", "2")
    of_viewer = json.loads(signed_in(Role.VIEWER).get(address).data)["features"][0]["properties"]
    assert not [name for name in of_viewer if "household" in name]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("difference?before=999999", 404),
        ("difference?min=0.01", 422),  # below the floor
        ("difference.pdf", 404),
    ],
)
def test_what_cannot_be_compared_is_said(
    signed_in: SignedIn, two: Two, path: str, status: int
) -> None:
    answer = signed_in(Role.COORDINATOR).get(f"/hazards/{two.second}/{path}")

    assert answer.status_code == status


def test_the_map_is_coloured_by_what_becomes_of_its_smallest_areas(
    signed_in: SignedIn, two: Two
) -> None:
    page = BeautifulSoup(
        signed_in(Role.VIEWER).get(f"/hazards/{two.second}/difference").text, "lxml"
    )
    [settings] = page.select('script[data-part="settings"]')

    assert json.loads(settings.text)["changes"] == {
        "level": 2,
        "shades": {"X11": "--h2", "X12": "--h2", "X21": "--h3", "X22": "--h2"},
    }
    key = page.select_one(".legend .key")
    assert key is not None
    assert [word for word in key.text.split("\n") if word.strip()] == ["Change classStay in"]


def _choices(page: BeautifulSoup) -> list[tuple[Any, str]]:
    """What can be chosen to compare with, and the words beside it."""
    labels = [(label.find("input"), label.text.strip()) for label in page.select("label.choice")]
    return [(box, words) for box, words in labels if box and box.get("name") == "before"]


def test_the_first_release_asks_what_to_compare_it_with(signed_in: SignedIn, two: Two) -> None:
    answer = signed_in(Role.COORDINATOR).get(f"/hazards/{two.first}/difference")

    page = BeautifulSoup(answer.text, "lxml")
    offered = {one["value"]: label for one, label in _choices(page)}
    assert list(offered) == [str(two.second)]
    assert offered[str(two.second)].endswith("release 2")
    turned = signed_in(Role.COORDINATOR).get(f"/hazards/{two.first}/difference?before={two.second}")
    assert turned.status_code == 200


def test_a_release_of_another_layer_that_tells_of_the_same_is_offered(
    session: Session, signed_in: SignedIn, two: Two
) -> None:
    event_id = session.get_one(Release, two.first).event_id
    other = _release(session, event_id, FIRST[::-1], replace(DEPTH, layer="Modelled depth"))
    _release(session, event_id, SECOND[::-1], replace(DEPTH, layer="In centimetres", unit="cm"))

    text = signed_in(Role.COORDINATOR).get(f"/hazards/{other.id}/difference").text

    page = BeautifulSoup(text, "lxml")
    offered = [label for _one, label in _choices(page)]
    assert [words.split(":")[0] for words in offered] == ["Water depth", "Water depth"]


def test_where_there_is_no_other_release_the_page_says_so(
    session: Session, signed_in: SignedIn
) -> None:
    make_country(session)
    only = _release(session, make_event(session).id, FIRST)
    browser = signed_in(Role.COORDINATOR)

    page = browser.get(f"/hazards/{only.id}/difference")

    assert page.status_code == 200
    assert "There is nothing to compare it with yet" in page.text
    assert "/difference" not in browser.get(f"/hazards/{only.id}").text
