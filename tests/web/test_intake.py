"""Hazard files on their way in: many at once, in parts, twice, and such as never arrive."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.auth.roles import Role
from core.actor import Actor
from core.jobs import Job
from geo.models.events import Event, EventState
from geo.models.releases import Release, ReleaseState
from tests.make.files import depth_file, shapes_file
from tests.make.geo import make_country, make_event
from tests.places import DATA
from tests.web.conftest import Browser
from tests.web.test_hazards import DEPTHS, MEANING, carry_out

SignIn = Callable[..., Browser]
GRENADA = DATA / "nasty"
PARTS = ("fiona_gre.dbf", "fiona_gre.shp", "fiona_gre.prj", "fiona_gre.shx", "fiona_gre.cpg")


@pytest.fixture
def analyst(signed_in: SignIn) -> Browser:
    return signed_in(Role.GIS_ANALYST)


@pytest.fixture
def depths(tmp_path: Path) -> Path:
    return depth_file(tmp_path / "depth.tif", DEPTHS)


def send(browser: Browser, event: Event, *files: tuple[str, bytes], **how: Any) -> TestResponse:
    streams = [(io.BytesIO(held), name) for name, held in files]
    return browser.act("/hazards/", event=event.id, file=streams, **how)


def held(*paths: Path) -> list[tuple[str, bytes]]:
    return [(path.name, path.read_bytes()) for path in paths]


def releases(session: Session) -> list[Release]:
    return list(session.scalars(select(Release).order_by(Release.id)))


def stored(storage: Path) -> set[Path]:
    return {path for path in storage.rglob("*") if path.is_file()}


def test_files_sent_at_once_are_releases_of_their_own_and_a_shapefile_is_one(
    analyst: Browser, session: Session, anybody: Actor, depths: Path
) -> None:
    event = make_event(session)

    page = send(analyst, event, *held(depths, *(GRENADA / name for name in PARTS))).text

    assert "2 files came in" in page
    assert [each.original_name for each in releases(session)] == ["depth.tif", "fiona_gre.zip"]
    assert len(session.scalars(select(Job)).all()) == 2
    carry_out(session, anybody)
    extent = releases(session)[1]
    assert extent.state is ReleaseState.READ, extent.refusal
    assert extent.found["features"] == 1


def test_the_parts_of_a_shapefile_are_the_same_file_in_any_order(
    analyst: Browser, session: Session
) -> None:
    event = make_event(session)
    parts = held(*(GRENADA / name for name in PARTS))
    send(analyst, event, *parts)

    again = send(analyst, event, *reversed(parts)).text

    assert "fiona_gre.zip is here already, byte by byte" in again
    assert len(releases(session)) == 1


def test_who_may_not_send_files_leaves_no_byte_behind(
    signed_in: SignIn, session: Session, storage: Path, tmp_path: Path
) -> None:
    event, file = make_event(session), depth_file(tmp_path / "viewer.tif", [[0.125, 0.25]])
    before = stored(storage)

    answer = send(signed_in(Role.VIEWER), event, *held(file))

    assert answer.status_code == 403
    assert stored(storage) == before


def test_an_event_that_is_closed_takes_no_byte(
    analyst: Browser, session: Session, storage: Path, tmp_path: Path
) -> None:
    event = make_event(session, state=EventState.CLOSED)
    before = stored(storage)

    answer = send(analyst, event, *held(depth_file(tmp_path / "late.tif", [[0.5, 0.75]])))

    assert answer.status_code == 409
    assert stored(storage) == before


def test_of_files_of_which_one_is_refused_none_is_kept(
    analyst: Browser, session: Session, storage: Path, tmp_path: Path
) -> None:
    event, before = make_event(session), stored(storage)
    good = depth_file(tmp_path / "good.tif", [[0.375, 0.625]])

    answer = send(analyst, event, *held(good), ("empty.tif", b""))

    assert answer.status_code == 422
    assert "empty.tif: The file is empty (0 bytes)" in answer.text
    assert "None of the files was taken" in answer.text
    assert releases(session) == []
    assert stored(storage) == before


def test_a_form_without_a_file_says_so(analyst: Browser, session: Session) -> None:
    answer = analyst.act("/hazards/", event=make_event(session).id)

    assert answer.status_code == 422
    assert "No file was chosen" in answer.text


def test_the_same_bytes_for_another_event_say_so_and_lend_their_meaning(
    analyst: Browser, session: Session, anybody: Actor, depths: Path
) -> None:
    make_country(session)
    first, second = make_event(session), make_event(session, "Flood of the Tana")
    send(analyst, first, *held(depths))
    carry_out(session, anybody)
    known = releases(session)[0]
    analyst.act(f"/hazards/{known.id}/meaning", **MEANING, follow=False)

    send(analyst, second, *held(depths))
    carry_out(session, anybody)
    other = releases(session)[1]
    page = analyst.get(f"/hazards/{other.id}").text

    assert other.event_id == second.id
    assert "The same bytes are already Water depth of Flood of the Oru." in page
    assert 'value="National Flood Centre"' not in page
    lent = analyst.get(f"/hazards/{other.id}?like={known.id}").text
    assert 'value="National Flood Centre"' in lent
    assert other.state is ReleaseState.READ


def _zipped(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def _nested(content: bytes, levels: int) -> bytes:
    for _level in range(levels):
        content = _zipped({"inner.zip": content})
    return content


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("bomb.zip", lambda: _zipped({"zeros.asc": bytes(300 << 20)}), "more than we accept"),
        ("escape.zip", lambda: _zipped({"../../etc/flood.tif": b"x"}), "leads out of the archive"),
        ("deep.zip", lambda: _nested(_zipped({"flood.asc": b"x"}), 3), "deep.zip"),
        ("not.zip", lambda: b"PK\x03\x04 and no more", "cannot be unpacked"),
    ],
)
def test_an_archive_that_means_ill_is_a_refusal_with_its_sentence(
    analyst: Browser,
    session: Session,
    anybody: Actor,
    name: str,
    content: Callable[[], bytes],
    said: str,
) -> None:
    send(analyst, make_event(session), (name, content()))
    carry_out(session, anybody)
    release = releases(session)[0]

    assert release.state is ReleaseState.REFUSED
    assert release.refusal is not None
    assert said in release.refusal
    assert said in analyst.get(f"/hazards/{release.id}").text


def test_a_file_may_be_dropped_on_every_page_of_the_desk(
    analyst: Browser, session: Session, anybody: Actor, tmp_path: Path
) -> None:
    make_country(session)
    event = make_event(session)
    send(analyst, event, *held(depth_file(tmp_path / "depth.tif", DEPTHS)))
    release = releases(session)[0]
    unread = analyst.get(f"/hazards/{release.id}").text
    carry_out(session, anybody)
    read = analyst.get(f"/hazards/{release.id}").text
    analyst.act(f"/hazards/{release.id}/meaning", **MEANING, follow=False)
    confirmed = analyst.get(f"/hazards/{release.id}").text
    release.state = ReleaseState.PUBLISHED
    release.number, release.published_at = 1, release.created_at
    session.flush()
    published = analyst.get(f"/hazards/{release.id}").text

    pages = (analyst.get("/hazards/").text, analyst.get("/hazards/new").text)
    for page in (*pages, unread, read, confirmed, published):
        assert 'data-module="upload"' in page
        assert "multiple" in page


def test_shapes_beside_a_table_of_the_same_name_stay_apart(
    analyst: Browser, session: Session, tmp_path: Path
) -> None:
    shapes = shapes_file(tmp_path / "flood.geojson", (shapely.box(0, 0, 1, 1), {}))

    send(analyst, make_event(session), *held(shapes), ("flood.csv", b"pcode,depth\nX11,2\n"))

    assert len(releases(session)) == 2
