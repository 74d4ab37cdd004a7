"""The desk's page of a file: its parts, its codes, where it lies, its values, answers of before."""

from pathlib import Path

import pytest
import rasterio
import shapely
from sqlalchemy.orm import Session

from app.auth.roles import Role
from core.actor import Actor
from geo.models.product_answers import ProductAnswer
from geo.models.releases import ReleaseState
from geo.products.meaning import Means
from geo.queries.readings import classes_read
from tests.make.files import depth_file, shapes_file
from tests.make.geo import make_country, make_event
from tests.make.products import GFM, code_file, zip_of
from tests.web.conftest import Browser
from tests.web.test_hazards import DEPTHS, MEANING, SignIn, carry_out, only_release, send

FLOOD = {**MEANING, "measure": "Flooded", "layer": "Flood extent", "unit": "", "floor": ""}


@pytest.fixture
def analyst(signed_in: SignIn) -> Browser:
    return signed_in(Role.GIS_ANALYST)


def gfm_zip(folder: Path) -> Path:
    flood = code_file(folder / GFM, [[0, 1, 0, 255]], nodata=255)
    town = code_file(
        folder / GFM.replace("ENSEMBLE_FLOOD", "EXCLUSION_MASK"), [[0, 0, 1, 0]], nodata=255
    )
    return zip_of(folder / "gfm.zip", flood, town)


def taken_in(browser: Browser, session: Session, actor: Actor, file: Path) -> str:
    """Send a file and let it be read; answers the address of its page."""
    send(browser, make_event(session), file)
    carry_out(session, actor)
    return f"/hazards/{only_release(session).id}"


def test_the_least_number_of_32_bits_may_mean_no_data(
    analyst: Browser, session: Session, anybody: Actor, tmp_path: Path
) -> None:
    least = -3.4028234663852886e38
    grid = depth_file(tmp_path / "ash.tif", [[1.0, least], [2.0, 0.0]], nodata=least)

    assert "-3.40282E38" in analyst.get(taken_in(analyst, session, anybody, grid)).text


def test_the_form_is_filled_in_by_what_the_product_says(
    analyst: Browser, session: Session, anybody: Actor, tmp_path: Path
) -> None:
    address = taken_in(analyst, session, anybody, gfm_zip(tmp_path))

    page = analyst.get(address).text

    assert '<h1 class="break">GFM flood extent, 13 Nov 2020</h1>' in page
    assert '<option value="Flooded" selected>' in page
    assert 'value="Copernicus GFM, Sentinel-1"' in page
    assert "Its reference water mask is missing" in page
    assert "Where it cannot tell" in page
    assert "EXCLUSION_MASK" in page
    assert '<option value="not_observed" selected>' in page  # of the code 255
    assert "25.0 %" in page  # one cell of four is flooded


def test_what_a_code_means_is_changed_on_the_page(
    analyst: Browser, session: Session, anybody: Actor, tmp_path: Path
) -> None:
    address = taken_in(analyst, session, anybody, gfm_zip(tmp_path))

    analyst.act(f"{address}/meaning", means_0="not_observed", **FLOOD)

    release = only_release(session)
    assert release.state is ReleaseState.CONFIRMED
    means = {one.code: one.means for one in classes_read(session, release.id)}
    assert means == {"0": Means.NOT_OBSERVED, "1": Means.IN, "255": Means.NOT_OBSERVED}


def test_a_part_is_picked_by_its_picture(
    analyst: Browser, session: Session, anybody: Actor, tmp_path: Path
) -> None:
    files = [
        shapes_file(tmp_path / f"{name}.geojson", (shapely.box(0, 0, size, 1), {}))
        for name, size in (("small", 1), ("large", 2))
    ]
    address = taken_in(analyst, session, anybody, zip_of(tmp_path / "two.zip", *files))

    page = analyst.get(address).text
    assert "Pick what is meant" in page
    picture = analyst.get(f"{address}/parts/1.png")
    assert (picture.mimetype, picture.data[:4]) == ("image/png", b"\x89PNG")
    analyst.act(f"{address}/choice", part=2)
    carry_out(session, anybody)

    assert "An extent of 12,3" in analyst.get(address).text  # one square degree, the second file


def test_a_file_without_a_system_is_shown_where_it_would_lie(
    analyst: Browser, session: Session, anybody: Actor, tmp_path: Path
) -> None:
    make_country(session)
    file = depth_file(tmp_path / "depth.tif", DEPTHS, crs=None)
    address = taken_in(analyst, session, anybody, file)

    page = analyst.get(address).text
    assert "Where it would lie" in page
    assert 'value="EPSG:4326"' in page
    assert "meets the country, 0 km from its middle" in page
    analyst.act(f"{address}/choice", part=1, crs="EPSG:4326")
    carry_out(session, anybody)

    assert "What the numbers mean" in analyst.get(address).text


def test_the_value_at_a_place_is_told_with_why_it_has_none(
    analyst: Browser, session: Session, anybody: Actor, tmp_path: Path
) -> None:
    address = taken_in(analyst, session, anybody, depth_file(tmp_path / "depth.tif", DEPTHS))

    def said(lon: float, lat: float) -> tuple[float | None, str]:
        answer = analyst.get(f"{address}/value?lon={lon}&lat={lat}").get_json()
        return answer["value"], answer["says"]

    assert said(3.5, 1.5) == (1.5, "")
    assert said(1.5, 0.5) == (None, "no data")
    assert said(9, 0.5) == (None, "outside the grid")
    assert analyst.get(f"{address}/value?lon=north").status_code == 422


def test_numbers_that_may_be_no_data_are_asked_on_the_page(
    analyst: Browser, session: Session, anybody: Actor, tmp_path: Path
) -> None:
    file = depth_file(tmp_path / "depth.tif", [[0.5, 1.5, -9999.0, 0.2]] * 2, nodata=None)
    address = taken_in(analyst, session, anybody, file)

    unsaid = analyst.act(f"{address}/meaning", **MEANING)
    assert unsaid.status_code == 422
    assert "Say whether -9,999 is a value or no data" in unsaid.text
    analyst.act(f"{address}/meaning", suspect_0="unseen", **MEANING)

    assert only_release(session).extra_nodata == [-9999.0]


def test_a_unit_that_cannot_be_true_is_doubted(
    analyst: Browser, session: Session, anybody: Actor, tmp_path: Path
) -> None:
    file = depth_file(tmp_path / "flood_depth.tif", [[412.0, 30.5], [0.0, 7.25]])
    address = taken_in(analyst, session, anybody, file)

    page = analyst.get(address).text

    assert "412 m would be more than is ever measured." in page
    assert "In cm it is 4.12 m." in page


def test_a_picture_of_classes_is_read_once_each_colour_has_a_meaning(
    analyst: Browser, session: Session, anybody: Actor, tmp_path: Path
) -> None:
    file = code_file(tmp_path / "map.tif", [[1, 2, 2, 1]])
    with rasterio.open(file, "r+") as picture:
        picture.write_colormap(1, {1: (0, 0, 255, 255), 2: (200, 180, 120, 255)})
    address = taken_in(analyst, session, anybody, file)

    assert "#0000ff" in analyst.get(address).text
    unsaid = analyst.act(f"{address}/meaning", means_1="", means_2="", **FLOOD)
    assert "Say what each colour means" in unsaid.text
    analyst.act(f"{address}/meaning", means_1="in", means_2="out", **FLOOD)

    assert only_release(session).state is ReleaseState.CONFIRMED


def test_answers_are_offered_for_the_next_file_of_a_product_and_never_taken_silently(
    analyst: Browser, session: Session, anybody: Actor, tmp_path: Path
) -> None:
    event = make_event(session)
    send(analyst, event, gfm_zip(tmp_path))
    carry_out(session, anybody)
    first = only_release(session)
    analyst.act(f"/hazards/{first.id}/meaning", **{**FLOOD, "source": "GFM by the Ministry"})
    kept = session.get(ProductAnswer, "gfm")
    assert kept is not None
    (tmp_path / "next").mkdir()
    later = code_file(tmp_path / "next" / GFM.replace("20201113", "20201125"), [[1, 1]], nodata=255)
    send(analyst, event, later)
    carry_out(session, anybody)

    page = analyst.get(f"/hazards/{first.id + 1}").text
    assert "Answered for the last file of this product on" in page
    assert "GFM by the Ministry" in page
    assert 'value="Copernicus GFM, Sentinel-1"' in page
    filled = analyst.get(f"/hazards/{first.id + 1}?answers").text
    assert 'value="GFM by the Ministry"' in filled
