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
    """The address of two rasters of depths at a host that is listed, without its last part."""
    content = depth_file(tmp_path / "depth.tif", DEPTHS).read_bytes()
    other = depth_file(tmp_path / "other.tif", [[0.5, 1.0]]).read_bytes()
    files = {"/flood/depth.tif": file_of(content), "/flood/other.tif": file_of(other)}
    with ExitStack() as stack:
        host = stack.enter_context(serving(tmp_path, NAME, files))
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


def test_several_addresses_on_a_line_each_are_fetched_and_read_each_by_itself(
    signed_in: SignIn, session: Session, anybody: Actor, published: str
) -> None:
    analyst, event = signed_in(Role.GIS_ANALYST), make_event(session)
    both = f"{published}/depth.tif\r\n\r\n {published}/other.tif \r\n{published}/depth.tif"

    page = analyst.act("/hazards/fetches/", event=event.id, address=both)

    assert "2 files are being fetched" in page.text
    jobs = session.scalars(select(Job).order_by(Job.id)).all()
    assert [job.args["url"] for job in jobs] == [f"{published}/depth.tif", f"{published}/other.tif"]
    do_all(session, anybody)
    names = [(each.original_name, each.state) for each in releases(session)]
    assert names == [("depth.tif", ReleaseState.READ), ("other.tif", ReleaseState.READ)]


def test_of_several_addresses_of_which_one_is_refused_none_is_fetched(
    signed_in: SignIn, session: Session, published: str
) -> None:
    analyst, event = signed_in(Role.GIS_ANALYST), make_event(session)
    both = f"{published}/depth.tif\nhttps://elsewhere.org/depth.tif"

    answer = analyst.act("/hazards/fetches/", event=event.id, address=both)
    none = analyst.act("/hazards/fetches/", event=event.id, address=" \n ")

    assert (answer.status_code, none.status_code) == (422, 422)
    assert "No address was written" in none.text
    assert session.scalars(select(Job)).all() == []


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
    assert "Fetch files from their addresses" in analyst.get("/hazards/").text
    assert "Fetch files from their addresses" in analyst.get("/hazards/new").text

    monkeypatch.setenv("FETCH_HOSTS", "")
    kept.settings.cache_clear()

    assert "Fetch files from their addresses" not in analyst.get("/hazards/").text
