"""A file on the desk before it is published: in the reader's words, and as if it meant something
else."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from bs4 import BeautifulSoup
from PIL import Image
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.auth.roles import Role
from core.actor import Actor
from core.words import language_of, speaking
from geo.models.releases import Release
from tests.make.files import depth_file, shapes_file
from tests.make.geo import make_country
from tests.web.conftest import Browser
from tests.web.test_hazard_files import gfm_zip, taken_in
from tests.web.test_hazards import DEPTHS, MEANING, SignIn, carry_out, only_release

METRES = {"measure": "Water depth", "unit": "m", "direction": "at_least", "floor": ""}


@pytest.fixture
def analyst(signed_in: SignIn) -> Browser:
    return signed_in(Role.GIS_ANALYST)


def words_of(answer: TestResponse) -> str:
    return " ".join(BeautifulSoup(answer.text, "html.parser").get_text(" ").split())


def test_what_was_found_in_another_language_is_told_in_the_readers(
    analyst: Browser, session: Session, anybody: Actor, tmp_path: Path
) -> None:
    with speaking(language_of("en-XA")):
        product = taken_in(analyst, session, anybody, gfm_zip(tmp_path))
    session.expire_all()

    page = analyst.get(product)

    assert "GFM flood extent, 13 Nov 2020" in words_of(page)
    assert "Its reference water mask is missing" in words_of(page)
    assert "⟦" not in page.text


def test_why_a_file_was_refused_is_told_in_the_readers_language(
    analyst: Browser, session: Session, anybody: Actor, tmp_path: Path
) -> None:
    file = shapes_file(tmp_path / "sites.geojson", (shapely.Point(0, 0), {}))
    with speaking(language_of("en-XA")):
        refused = taken_in(analyst, session, anybody, file)
    session.expire_all()

    assert "load it as a layer for context" in words_of(analyst.get(refused))
    assert "⟦" not in analyst.get(refused).text


def test_a_change_of_the_unit_draws_histogram_legend_and_doubt_anew(
    analyst: Browser, session: Session, anybody: Actor, tmp_path: Path
) -> None:
    """Depths up to 200: in metres more than is ever measured, in centimetres ankles to heads."""
    deep = [[100 * depth for depth in row] for row in DEPTHS]
    address = taken_in(analyst, session, anybody, depth_file(tmp_path / "cm.tif", deep))

    page = analyst.get(address)
    as_metres = analyst.get(f"{address}/as-if", query_string=METRES)
    as_cm = analyst.get(f"{address}/as-if", query_string=METRES | {"unit": "cm", "floor": "20"})

    assert f'hx-get="{address}/as-if"' in page.text
    assert "Water depth (m)" in words_of(as_metres)
    assert "200 m would be more than is ever measured" in words_of(as_metres)
    assert "Water depth (cm)" in words_of(as_cm)
    assert "In cm it is 2 m" in words_of(as_cm)
    ramps = [ramp(as_metres), ramp(as_cm)]
    assert ramps[0] == [0, 0.1, 0.5, 1.0]
    assert ramps[1][0] == 20
    fractions = BeautifulSoup(as_cm.text, "html.parser").select("#values .bin")
    assert fractions
    assert 'id="legend-of-values" hx-swap-oob="true"' in as_cm.text
    assert only_release(session).unit is None, "nothing is kept of it"


def ramp(answer: TestResponse) -> list[float]:
    """Where the classes begin that the map is to draw."""
    told = BeautifulSoup(answer.text, "html.parser").select_one('[data-part="release"]')
    assert told is not None
    return [least for least, _token in json.loads(told.text)["ramp"]]


def test_the_cells_are_painted_as_they_are_said_to_be(
    analyst: Browser, session: Session, anybody: Actor, tmp_path: Path
) -> None:
    """A cell of 1.5 is over the waist in metres, and hardly wet in a file of centimetres to 200."""
    cells = [[150.0, 1.5]]
    address = taken_in(analyst, session, anybody, depth_file(tmp_path / "cm.tif", cells))
    release_id = address.rpartition("/")[2]

    def painted(**meant: str) -> list[list[int]]:
        tile = analyst.get(f"/tiles/releases/{release_id}/6/32/31.png", query_string=meant)
        with Image.open(io.BytesIO(tile.data)) as picture:
            cells = np.asarray(picture.convert("RGBA"))[256 - 68]
        return [cells[column].tolist() for column in (22, 68)]

    deep, shallow = painted(unit="m")
    much, little = painted(unit="cm")
    assert deep[3] == shallow[3] == 255
    assert much != little
    assert (deep, shallow) != (much, little)


def test_a_table_of_values_shows_how_much_ground_has_which(
    analyst: Browser, session: Session, anybody: Actor, tmp_path: Path
) -> None:
    make_country(session)
    file = tmp_path / "rain.csv"
    file.write_text("code,mm\nX11,100\nX12,300\nX21,50\n")
    page = analyst.get(taken_in(analyst, session, anybody, file))

    assert "square kilometres with each value" in page.text
    assert page.text.count('class="bin"') > 1


def test_shapes_with_values_show_theirs_and_are_asked_by_a_slider(
    analyst: Browser, session: Session, anybody: Actor, tmp_path: Path
) -> None:
    make_country(session)
    zones = [(shapely.box(lon, 0, lon + 1, 1), {"gust": 20.0 + 10 * lon}) for lon in range(3)]
    file = shapes_file(tmp_path / "zones.geojson", *zones)
    address = taken_in(analyst, session, anybody, file)
    meaning = MEANING | {"measure": "Wind speed", "layer": "Wind", "unit": "m/s", "floor": "20"}
    analyst.act(f"{address}/meaning", **meaning, value_field="gust", observed_rule="box")
    carry_out(session, anybody)

    assert "square kilometres with each value" in analyst.get(address).text
    analyst.act(f"{address}/publication", accepted=["half_country"])
    carry_out(session, anybody)
    release = session.get_one(Release, int(address.rpartition("/")[2]))
    select = analyst.get(f"/select?r={release.id}&min=30").text
    assert 'type="range"' in select
    assert 'value="30' in select


def test_who_may_not_look_at_a_file_is_not_told_what_it_may_be(
    signed_in: SignIn, session: Session, anybody: Actor, analyst: Browser, tmp_path: Path
) -> None:
    address = taken_in(analyst, session, anybody, depth_file(tmp_path / "d.tif", DEPTHS))
    assert signed_in(Role.VIEWER).get(f"{address}/as-if").status_code == 404
