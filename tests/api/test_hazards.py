"""Programs send hazard files, follow the work on them, and stop it."""

import io
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.auth import keys
from app.auth.roles import Role
from core import settings as kept
from core.actor import Actor
from core.jobs import Job, JobState
from geo.models.releases import Release
from geo.services.releases import refuse_release, withdraw_release
from tests.api.conftest import Told
from tests.make.files import depth_file
from tests.make.geo import make_event
from tests.make.releases import DEPTH, published, read
from tests.make.users import make_user
from tests.web.conftest import Browser

Call = Callable[..., TestResponse]


@pytest.fixture
def calls(session: Session, browser: Browser, told: Told) -> Callable[[Role], Call]:
    """`calls(Role.COORDINATOR)` is a program of somebody with that role."""

    def of(role: Role) -> Call:
        user = make_user(session, role)
        key = keys.make(session, "Model", 1, actor=Actor(user.id, user.name, frozenset()))

        def call(method: str, path: str, act_key: str = "", **sent: Any) -> TestResponse:
            headers = {"Authorization": f"Bearer {key}"}
            headers |= {"Act-Key": act_key or str(uuid.uuid4())} if method != "GET" else {}
            return browser.open(path, method=method, headers=headers, **sent)

        return call

    return of


def form(event_id: int, *files: tuple[str, bytes]) -> dict[str, Any]:
    return {"event": event_id, "file": [(io.BytesIO(held), name) for name, held in files]}


def depths(tmp_path: Path, value: float) -> bytes:
    return depth_file(tmp_path / "made.tif", [[value, 1.0]]).read_bytes()


def test_a_program_sends_files_and_follows_their_reading(
    calls: Callable[[Role], Call], session: Session, tmp_path: Path, taken_back: None
) -> None:
    call, event = calls(Role.COORDINATOR), make_event(session, "Flood of the Tana")
    files = ("a.tif", depths(tmp_path, 3.5)), ("b.tif", depths(tmp_path, 4.5))

    answer = call("POST", "/api/hazards/files", data=form(event.id, *files))

    assert answer.status_code == 202
    first, second = answer.get_json()["releases"]
    assert (first["name"], first["state"], first["known"]) == ("a.tif", "received", False)
    assert answer.get_json()["job"] == second["job"] > first["job"]
    job = call("GET", f"/api/jobs/{first['job']}").get_json()
    assert (job["work"], job["state"], job["done"]) == ("read_release", "waiting", 0)
    release = call("GET", f"/api/hazards/releases/{first['id']}").get_json()
    assert release["event"] == {"id": event.id, "name": "Flood of the Tana"}
    assert release["file"]["bytes"] == len(files[0][1])
    assert release["job"] == first["job"]
    assert release["page"].endswith(f"/hazards/{first['id']}")

    again = call("POST", "/api/hazards/files", data=form(event.id, files[0])).get_json()
    assert again["releases"][0] | {"job": 0} == first | {"known": True, "job": 0}
    assert again["job"] is None


def test_bytes_that_were_set_aside_are_read_and_published_anew(
    calls: Callable[[Role], Call],
    session: Session,
    anybody: Actor,
    tmp_path: Path,
    taken_back: None,
) -> None:
    call, event = calls(Role.COORDINATOR), make_event(session, "Flood of the Tana")
    sent = ("a.tif", depths(tmp_path, 2.5))
    path = "/api/hazards/files"
    one = call("POST", path, data=form(event.id, sent)).get_json()["releases"][0]
    read(session, session.get_one(Release, one["id"]), anybody)
    refuse_release(session, one["id"], "Of another flood", actor=anybody)

    two = call("POST", path, data=form(event.id, sent)).get_json()["releases"][0]

    assert (two["known"], two["state"]) == (False, "received")
    assert two["id"] > one["id"]
    release = session.get_one(Release, two["id"])
    read(session, release, anybody)
    published(session, release, anybody, DEPTH)
    told = call("GET", f"/api/hazards/releases/{two['id']}").get_json()
    assert (told["state"], told["number"], told["measure"]) == ("published", 1, "Water depth")
    again = call("POST", path, data=form(event.id, sent)).get_json()["releases"][0]
    assert (again["id"], again["known"], again["state"]) == (two["id"], True, "published")
    withdraw_release(session, two["id"], "Of another flood after all", actor=anybody)
    third = call("POST", path, data=form(event.id, sent)).get_json()["releases"][0]
    assert (third["known"], third["state"]) == (False, "received")


def test_a_call_sent_twice_with_its_key_counts_once(
    calls: Callable[[Role], Call], session: Session, tmp_path: Path, taken_back: None
) -> None:
    call, event, key = calls(Role.COORDINATOR), make_event(session, "Tana"), str(uuid.uuid4())
    sent = ("a.tif", depths(tmp_path, 5.5))

    one = call("POST", "/api/hazards/files", key, data=form(event.id, sent))
    two = call("POST", "/api/hazards/files", key, data=form(event.id, sent))

    assert one.get_json() == two.get_json()
    counted = select(func.count()).where(Release.event_id == event.id)
    assert session.scalar(counted) == 1


def test_a_call_without_its_key_is_told_what_to_send(
    calls: Callable[[Role], Call], session: Session, tmp_path: Path, taken_back: None
) -> None:
    answer = calls(Role.COORDINATOR)("POST", "/api/hazards/files", "none", data=form(1))

    assert answer.status_code == 422
    assert "Send the header Act-Key" in answer.get_json()["title"]


def test_a_program_stops_the_work_it_asked_for(
    calls: Callable[[Role], Call], session: Session, tmp_path: Path, taken_back: None
) -> None:
    call, event = calls(Role.COORDINATOR), make_event(session, "Tana")
    sent = form(event.id, ("a.tif", depths(tmp_path, 6.5)))
    job_id = call("POST", "/api/hazards/files", data=sent).get_json()["job"]

    stopped = call("DELETE", f"/api/jobs/{job_id}")

    assert (stopped.status_code, stopped.get_json()["state"]) == (202, "cancelled")
    assert session.get_one(Job, job_id).state is JobState.CANCELLED
    late = call("DELETE", f"/api/jobs/{job_id}")
    assert (late.status_code, late.content_type) == (409, "application/problem+json")


def test_who_may_not_send_files_sends_none_by_program_either(
    calls: Callable[[Role], Call], session: Session, tmp_path: Path, taken_back: None
) -> None:
    viewer, event = calls(Role.VIEWER), make_event(session, "Tana")

    sent = viewer(
        "POST", "/api/hazards/files", data=form(event.id, ("a.tif", depths(tmp_path, 7.5)))
    )

    assert (sent.status_code, sent.get_json()["type"]) == (403, "Forbidden")
    waits = calls(Role.COORDINATOR)(
        "POST", "/api/hazards/files", data=form(event.id, ("a.tif", depths(tmp_path, 7.5)))
    ).get_json()
    assert viewer("GET", f"/api/jobs/{waits['job']}").status_code == 404
    assert viewer("DELETE", f"/api/jobs/{waits['job']}").status_code == 404
    unpublished = f"/api/hazards/releases/{waits['releases'][0]['id']}"
    assert viewer("GET", unpublished).status_code == 404


def test_a_program_names_an_address_and_follows_the_fetching(
    calls: Callable[[Role], Call],
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    taken_back: None,
) -> None:
    monkeypatch.setenv("FETCH_HOSTS", "data.example.org")
    kept.settings.cache_clear()
    call, event = calls(Role.COORDINATOR), make_event(session, "Tana")
    path, url = "/api/hazards/files", "https://data.example.org/extent.zip"

    answer = call("POST", path, json={"event": event.id, "url": url})

    assert answer.status_code == 202
    assert answer.get_json()["releases"] == []
    job = call("GET", f"/api/jobs/{answer.get_json()['job']}").get_json()
    assert (job["work"], job["state"], job["release"]) == ("fetch_release", "waiting", None)
    for said, sentence in (
        ({"event": event.id, "url": "https://169.254.169.254/"}, "only from data.example.org"),
        ({"event": event.id, "url": "file:///etc/passwd"}, "has to begin with https://"),
        ({"event": event.id}, "JSON with `url`"),
        ({"event": "1", "url": url}, "JSON with `url`"),
        ([url], "JSON with `url`"),
    ):
        refused = call("POST", path, json=said)
        assert refused.status_code == 422
        assert sentence in refused.get_json()["title"]
    kept.settings.cache_clear()


@pytest.mark.parametrize("event", ["", "no", "99999999999999999999"])
def test_files_for_no_event_are_refused(
    calls: Callable[[Role], Call], tmp_path: Path, event: Any, taken_back: None
) -> None:
    sent = form(event, ("a.tif", depths(tmp_path, 8.5)))

    answer = calls(Role.COORDINATOR)("POST", "/api/hazards/files", data=sent)

    assert answer.status_code == 404
