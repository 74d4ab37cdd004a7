"""Pages of context layers: a file is sent, what is counted is said, and the release page tells."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from core.actor import Actor
from core.jobs import Job, JobState
from core.storage import keep_file
from geo.jobs.context import load_layer, read_layer
from geo.models.context import ContextLayer, ContextState, Counted
from geo.models.releases import Release
from geo.services.areas import shape_areas
from geo.services.releases import receive_release
from tests.make.context import make_layer, make_unloaded
from tests.make.files import depth_file
from tests.make.geo import make_country, make_event
from tests.make.jobs import Silent
from tests.make.releases import DEPTH, DEPTHS, published, read
from tests.web.conftest import Browser

SITES = "name,people\nX11,5\nX12,7\n"
SAID = {"part": "1", "counted": "number", "value_field": "people", "measure": "Teachers"}


@pytest.fixture
def flood(session: Session, anybody: Actor, tmp_path: Path) -> Release:
    """Depths over the made country."""
    make_country(session)
    shape_areas(session)
    kept = keep_file(depth_file(tmp_path / "depth.tif", DEPTHS))
    event = make_event(session)
    release = receive_release(session, event.id, kept, "depth.tif", actor=anybody).release
    read(session, release, anybody)
    return published(session, release, anybody, DEPTH)


def test_a_table_is_sent_counted_and_told_on_the_page_of_a_release(
    session: Session, anybody: Actor, signed_in: Callable[..., Browser], flood: Release
) -> None:
    browser = signed_in(Role.GIS_ANALYST)

    page = browser.act(
        "/layers/", file=(io.BytesIO(SITES.encode()), "people.csv"), name="Teachers 2026"
    )
    layer = session.scalars(select(ContextLayer)).one()
    read_layer(session, actor=anybody, progress=Silent(), **_done(session, "read_layer"))
    session.flush()
    asked = browser.get(f"/layers/{layer.id}").text
    wrong = browser.act(f"/layers/{layer.id}/counting", **SAID | {"value_field": ""})
    browser.act(f"/layers/{layer.id}/counting", **SAID, source="Ministry")
    load_layer(session, actor=anybody, progress=Silent(), **_done(session, "load_layer"))

    assert page.status_code == 200
    assert "What is counted" in asked
    assert "Table by area, 2 rows" in asked
    assert (wrong.status_code, "Choose the column" in wrong.text) == (422, True)
    assert layer.state is ContextState.LOADED
    shown = browser.get(f"/layers/{layer.id}").text
    assert "Teachers: 12" in " ".join(shown.split())
    of_release = browser.get(f"/hazards/{flood.id}").text
    assert "Teachers: not observed" in of_release


def _done(session: Session, work: str) -> dict[str, int]:
    """What the last job of a kind is to do; it counts as done."""
    last = select(Job).where(Job.work.endswith(f".{work}")).order_by(Job.id.desc()).limit(1)
    job = session.scalars(last).one()
    job.state = JobState.DONE
    return dict(job.args)


def test_what_stands_in_a_release_is_taken_along(
    session: Session,
    anybody: Actor,
    signed_in: Callable[..., Browser],
    flood: Release,
    tmp_path: Path,
) -> None:
    heads = depth_file(tmp_path / "p.tif", [[10, 20, 30, 40], [50, 60, 70, 80]])
    layer = make_layer(session, heads, Counted.NUMBER, anybody)

    taken = signed_in(Role.VIEWER).get(f"/hazards/{flood.id}/areas.geojson?level=2").json

    assert taken is not None
    by_area = {each["properties"]["pcode"]: each["properties"] for each in taken["features"]}
    column = f"layer_{layer.id}_people"
    held = [by_area["X12"][f"{column}_{part}"] for part in ("total", "hit", "not_observed")]
    assert held == [80, 20, 60]
    assert "Census" in taken["provenance"]["Layer People"]


def test_a_grid_is_drawn_in_its_classes_and_clear_where_it_holds_nothing(
    session: Session,
    anybody: Actor,
    signed_in: Callable[..., Browser],
    flood: Release,
    tmp_path: Path,
) -> None:
    heads = depth_file(tmp_path / "p.tif", [[0, 20, 30, 40], [-9999, 60, 70, 80]])
    layer = make_layer(session, heads, Counted.NUMBER, anybody)

    tile = signed_in(Role.VIEWER).get(f"/tiles/layers/{layer.id}/6/32/31.png")

    picture = np.asarray(Image.open(io.BytesIO(tile.data)).convert("RGBA"))  # of 5.6 degrees
    north, south, west, east = (256 - 68, 256 - 23, slice(15, 30), (68, 159))
    assert not picture[north, west, 3].any()
    assert not picture[south, west, 3].any()  # what is not known is not hatched: it is no hazard
    little, much = picture[north, east]
    assert little[3] == much[3] == 255
    assert little.tolist() != much.tolist()


def test_every_map_offers_the_layers_that_are_loaded(
    session: Session,
    anybody: Actor,
    signed_in: Callable[..., Browser],
    flood: Release,
    tmp_path: Path,
) -> None:
    heads = depth_file(tmp_path / "p.tif", [[1, 2, 3, 4]])
    layer = make_layer(session, heads, Counted.NUMBER, anybody, name="People of 2026")
    make_unloaded(session, heads, anybody, "Not loaded yet")
    browser = signed_in(Role.COORDINATOR)

    for address in ("/", "/select", "/areas/", f"/hazards/{flood.id}"):
        page = browser.get(address, follow_redirects=True).text
        assert f'value="layer-{layer.id}"' in page, address
        assert "People of 2026" in page, address
        assert "Not loaded yet" not in page, address


def test_a_layer_is_removed_with_a_reason(
    session: Session,
    anybody: Actor,
    signed_in: Callable[..., Browser],
    flood: Release,
    tmp_path: Path,
) -> None:
    heads = depth_file(tmp_path / "p.tif", [[1, 2, 3, 4]])
    layer = make_layer(session, heads, Counted.NUMBER, anybody)
    browser = signed_in(Role.GIS_ANALYST)

    refused = browser.act(f"/layers/{layer.id}/removal", reason=" ")
    removed = browser.act(f"/layers/{layer.id}/removal", reason="The census is out of date")

    assert refused.status_code == 422
    assert "was removed from the maps" in removed.text
    assert "The census is out of date" in browser.get(f"/layers/{layer.id}").text
    assert browser.get(f"/tiles/layers/{layer.id}/6/32/31.png").status_code == 404
    assert f'value="layer-{layer.id}"' not in browser.get("/areas/").text


def test_who_may_not_load_layers_sees_them_and_no_form(
    session: Session, signed_in: Callable[..., Browser]
) -> None:
    browser = signed_in(Role.VIEWER)

    page = browser.get("/layers/").text

    assert "No layer is loaded yet" in page
    assert "<form" not in page.partition("<main")[2]
    file = (io.BytesIO(b"a,b\n1,2\n"), "a.csv")
    assert browser.act("/layers/", file=file, name="A").status_code == 403
