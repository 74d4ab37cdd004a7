"""Several hazards on the page that selects households, in its address, its tiles and its lists."""

import json
from collections.abc import Callable
from pathlib import Path

import pyogrio
import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from geo.models.events import LayerKind
from registry.models.rosters import Roster
from tests.make.registry import make_household
from tests.make.several import DEEP, WINDY, Several, make_several
from tests.web.conftest import Browser

SignedIn = Callable[..., Browser]


@pytest.fixture
def world(session: Session) -> Several:
    """A household at each of the sixteen places."""
    world = make_several(session)
    world.flood.kind, world.flood.measure = LayerKind.RASTER, "Water depth"
    for place in world.places.values():
        make_household(session, place)
    return world


def address(world: Several, together: str = "all_of") -> str:
    return f"r={world.flood.id}&min={DEEP}&r2={world.storm.id}&min2={WINDY}&with={together}"


def text(page: str) -> str:
    return " ".join(BeautifulSoup(page, "html.parser").get_text(" ").split())


def test_the_page_answers_all_of_the_hazards_of_its_address(
    signed_in: SignedIn, world: Several
) -> None:
    page = signed_in(Role.COORDINATOR).get(f"/select?{address(world)}").text
    assert "1 households in, 3 probable, 7 out, 5 not observed, 0 unlocated" in page
    assert "in water depth of at least 0.5 m and wind speed of at least 25 m/s" in text(page)


def test_the_page_answers_the_worst_of_them(signed_in: SignedIn, world: Several) -> None:
    page = signed_in(Role.COORDINATOR).get(f"/select?{address(world, 'worst_of')}").text
    assert "7 households in, 5 probable, 1 out, 3 not observed, 0 unlocated" in page
    assert "in water depth of at least 0.5 m or wind speed of at least 25 m/s" in text(page)


def test_a_threshold_in_the_address_may_have_a_unit(signed_in: SignedIn, world: Several) -> None:
    asked = f"r={world.flood.id}&min=50cm&r2={world.storm.id}&min2=90+km/h"
    page = text(signed_in(Role.COORDINATOR).get(f"/select?{asked}").text)
    assert "in water depth of at least 0.5 m and wind speed of at least 25 m/s" in page


def test_the_hazards_of_the_address_stand_in_rows_that_can_be_changed(
    signed_in: SignedIn, world: Several
) -> None:
    page = signed_in(Role.COORDINATOR).get(f"/select?{address(world)}").text
    rows = BeautifulSoup(page, "html.parser").select("ul[data-part=hazards] > li")
    assert len(rows) == 1
    chosen = rows[0].select_one("option[selected]")
    least = rows[0].select_one("input[data-part=least]")
    assert chosen is not None
    assert least is not None
    assert (chosen["value"], least["value"]) == (str(world.storm.id), "25.0")
    units = json.loads(str(chosen["data-units"]))
    assert [unit for unit, _factor in units] == ["m/s", "km/h", "kt"]
    assert dict(units)["km/h"] * 90 == pytest.approx(25)


def test_an_unknown_hazard_in_the_address_is_not_found(signed_in: SignedIn, world: Several) -> None:
    page = signed_in(Role.COORDINATOR).get(f"/select?r={world.flood.id}&r2={world.storm.id + 99}")
    assert page.status_code == 404


def test_a_changed_question_is_asked_by_all_its_hazards(
    signed_in: SignedIn, world: Several
) -> None:
    browser = signed_in(Role.COORDINATOR)
    sent = {
        "clause": {"release": world.flood.id, "at_least": DEEP},
        "others": [{"release": world.storm.id, "at_least": WINDY}],
        "together": "worst_of",
    }
    answer = browser.post(
        "/selections/answer",
        data=json.dumps(sent),
        headers={"X-CSRFToken": browser.token(), "Content-Type": "application/json"},
    )
    assert "7 households in, 5 probable, 1 out, 3 not observed" in answer.text


def test_a_kept_list_tells_both_hazards_and_opens_as_its_question_again(
    signed_in: SignedIn, session: Session, world: Several
) -> None:
    world.storm.original_sha256 = "5" * 64
    browser = signed_in(Role.COORDINATOR)
    page = browser.get(f"/select?{address(world, 'worst_of')}").text
    sent = BeautifulSoup(page, "html.parser").select_one("#keep input[name=question]")
    assert sent is not None
    kept = text(browser.act("/rosters/", question=str(sent["value"]), name="Both").text)
    assert "7 households of 16 asked are in water depth of at least 0.5 m or wind speed" in kept
    assert "5" * 64 in kept
    roster = session.scalars(select(Roster)).one()
    code = browser.get(f"/rosters/{roster.id}").text.split("/selections/")[1].split('"')[0]
    again = browser.get(f"/selections/{code}").location
    assert again == f"/select?{address(world, 'worst_of')}"


def test_the_map_sorts_households_by_all_hazards(
    signed_in: SignedIn, world: Several, tmp_path: Path
) -> None:
    asked = f"release={world.flood.id}&at_least={DEEP}&r2={world.storm.id}&min2={WINDY}"
    tile = signed_in(Role.COORDINATOR).get(f"/tiles/households/6/32/31.mvt?{asked}&with=worst_of")
    path = tmp_path / "tile.mvt"
    path.write_bytes(tile.data)
    cells = pyogrio.read_dataframe(path, layer="households")
    assert (cells["in"].sum(), cells["probable"].sum()) == (7, 5)


def test_a_table_that_is_taken_along_names_each_hazard(signed_in: SignedIn, world: Several) -> None:
    world.storm.original_sha256 = "5" * 64
    answer = signed_in(Role.COORDINATOR).get(f"/select/table.geojson?{address(world, 'worst_of')}")
    said = json.loads(answer.data)["provenance"]
    assert said["Several hazards"] == "the worst of them"
    assert said["hazard 2: Threshold; the threshold itself counts as in"] == "25.0"
    assert said["hazard 2: SHA-256 of the original file"] == "5" * 64
