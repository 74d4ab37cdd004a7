"""A file is fetched from an address: asked for on the desk, brought by a worker, read like any."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from core import settings as kept
from core.actor import Actor
from core.jobs import Job, JobState, works
from geo.models.releases import Release, ReleaseState
from tests.make.files import depth_file
from tests.make.geo import make_event
from tests.make.https import file_of, serving
from tests.make.jobs import Silent
from tests.web.conftest import Browser
from tests.web.test_hazards import DEPTHS, carry_out
from tests.web.test_intake import held, releases, send

SignIn = Callable[..., Browser]
NAME = "data.example.org"


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a raster of depths at a host that is listed, without its last slash part."""
    content = depth_file(tmp_path / "depth.tif", DEPTHS).read_bytes()
    with ExitStack() as stack:
        host = stack.enter_context(serving(tmp_path, NAME, {"/flood/depth.tif": file_of(content)}))
        monkeypatch.setenv("SSL_CERT_FILE", str(host.certificate))
        monkeypatch.setenv("FETCH_HOSTS", f"{NAME}:{host.port}=127.0.0.1")
        kept.settings.cache_clear()
        yield f"https://{NAME}:{host.port}/flood"
    monkeypatch.undo()
    kept.settings.cache_clear()


def do_all(session: Session, actor: Actor) -> None:
    """Do the work that waits, in the order it was put off, as a worker would."""
    waits = select(Job).where(Job.state == JobState.WAITING).order_by(Job.id)
    while (job := session.scalars(waits.limit(1)).first()) is not None:
        job.result = works[job.work](session, actor=actor, progress=Silent(), **job.args)
        job.state = JobState.DONE
        session.flush()


def test_two_files_and_an_address_become_three_releases(
    signed_in: SignIn, session: Session, anybody: Actor, published: str, tmp_path: Path
) -> None:
    analyst, event = signed_in(Role.GIS_ANALYST), make_event(session)
    files = (depth_file(tmp_path / f"{n}.tif", [[n / 4, 1.0]]) for n in (1, 2))

    send(analyst, event, *held(*files))
    page = analyst.act("/hazards/fetches/", event=event.id, address=f"{published}/depth.tif")
    assert "Fetching a file" in page.text
    do_all(session, anybody)

    assert [each.original_name for each in releases(session)] == ["1.tif", "2.tif", "depth.tif"]
    assert {each.state for each in releases(session)} == {ReleaseState.READ}
    fetched = releases(session)[2]
    assert fetched.original_url == f"{published}/depth.tif"
    followed = analyst.get(page.request.path)
    assert followed.headers["Location"] == f"/hazards/{fetched.id}"
    assert published in analyst.get(f"/hazards/{fetched.id}").text


def test_an_address_of_a_file_that_is_here_leads_to_its_release(
    signed_in: SignIn, session: Session, anybody: Actor, published: str, tmp_path: Path
) -> None:
    analyst, event = signed_in(Role.GIS_ANALYST), make_event(session)
    send(analyst, event, *held(tmp_path / "depth.tif"))
    carry_out(session, anybody)

    page = analyst.act("/hazards/fetches/", event=event.id, address=f"{published}/depth.tif")
    do_all(session, anybody)

    assert len(releases(session)) == 1
    location = analyst.get(page.request.path).headers["Location"]
    assert location == f"/hazards/{releases(session)[0].id}"


def test_an_address_beyond_the_list_is_refused_before_anything_is_put_off(
    signed_in: SignIn, session: Session, published: str
) -> None:
    analyst, event = signed_in(Role.GIS_ANALYST), make_event(session)

    answer = analyst.act(
        "/hazards/fetches/", event=event.id, address="https://elsewhere.org/depth.tif"
    )

    assert answer.status_code == 422
    assert f"only from {NAME}" in answer.text
    assert session.scalars(select(Job)).all() == []


def test_who_may_not_send_files_may_not_have_them_fetched(
    signed_in: SignIn, session: Session, published: str
) -> None:
    event = make_event(session)

    answer = signed_in(Role.VIEWER).act(
        "/hazards/fetches/", event=event.id, address=f"{published}/depth.tif"
    )

    assert answer.status_code == 403
    assert session.scalars(select(Release)).all() == []


def test_the_desk_offers_addresses_only_where_a_host_is_named(
    signed_in: SignIn, session: Session, published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    analyst = signed_in(Role.GIS_ANALYST)
    make_event(session)
    assert "Fetch a file from an address" in analyst.get("/hazards/").text
    assert "Fetch a file from an address" in analyst.get("/hazards/new").text

    monkeypatch.setenv("FETCH_HOSTS", "")
    kept.settings.cache_clear()

    assert "Fetch a file from an address" not in analyst.get("/hazards/").text
