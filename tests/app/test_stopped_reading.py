"""A reading that is stopped halfway leaves nothing behind but the record of it."""

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from affine import Affine
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text
from sqlalchemy.orm import Session

from app import worker
from app.auth.models import RoleGrant, User
from app.auth.roles import Role
from core.actor import Actor
from core.db import transaction
from core.jobs import Job, JobState, defer
from core.storage import keep_file
from geo.jobs.releases import publish, read_release
from geo.models.releases import Release, ReleaseState
from geo.services.meanings import confirm_release
from geo.services.releases import receive_release
from tests.make.files import depth_file, shapes_file
from tests.make.geo import make_country, make_event
from tests.make.releases import DEPTH

STOP = """
    create function stop() returns trigger language plpgsql as $$
    begin
        new.cancel := new.cancel or new.done >= {done};
        return new;
    end $$;
    create trigger stop before update on jobs for each row execute function stop();
"""


def stop_at(done: int) -> None:
    """Somebody stops every job as soon as it tells that it has come so far."""
    with transaction() as session:
        session.execute(text("drop trigger if exists stop on jobs"))
        session.execute(text("drop function if exists stop"))
        session.execute(text(STOP.format(done=done)))


def stored(storage: Path) -> set[Path]:
    return {path for path in storage.rglob("*") if path.is_file()}


@pytest.fixture
def unpacking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which work lays what it needs for a while."""
    folder = tmp_path / "for a while"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def analyst(apart: None, unpacking: Path) -> Actor:
    worker.load_works()
    with transaction() as session:
        user = User(name="Ines Aro", email="ines@example.org", password_hash="x")
        session.add(user)
        session.flush()
        session.add(RoleGrant(user_id=user.id, role=Role.GIS_ANALYST))
        make_country(session)
        may = frozenset({"release:upload", "release:confirm", "release:publish"})
        return Actor(user.id, user.name, may, national=True)


def received(file: Path, actor: Actor) -> int:
    with transaction() as session:
        event = make_event(session, file.name)
        return receive_release(
            session, event.id, keep_file(file), file.name, actor=actor
        ).release.id


def do(work: Callable[..., object], release_id: int, actor: Actor) -> JobState:
    with transaction() as session:
        job_id = defer(session, work, actor=actor, release_id=release_id)
    worker.do(job_id)
    with transaction() as session:
        return session.get_one(Job, job_id).state


def seen(release_id: int, look: Callable[[Session, Release], object]) -> object:
    with transaction() as session:
        return look(session, session.get_one(Release, release_id))


def rows_of(table: str, session: Session, _release: Release) -> object:
    return session.scalar(text(f"select count(*) from {table}"))  # noqa: S608 - named below


def grid(folder: Path) -> Path:
    """1,200 x 1,200 cells that differ: more than one piece."""
    cells = np.random.default_rng(4).random((1200, 1200), dtype=np.float32)
    fine = Affine(1 / 400, 0, 0, 0, -1 / 600, 2)
    return depth_file(folder / "depth.tif", cells.tolist(), tiled=True, transform=fine)


def extent(folder: Path) -> Path:
    squares: list[tuple[BaseGeometry, dict[str, Any]]] = [
        (shapely.box(n / 10, 0, n / 10 + 0.05, 1), {}) for n in range(30)
    ]
    return shapes_file(folder / "extent.geojson", *squares)


@pytest.mark.parametrize("make", [grid, extent])
@pytest.mark.parametrize("done", [1, 41, 100])
def test_a_reading_that_is_cancelled_leaves_nothing_but_its_record(
    analyst: Actor,
    storage: Path,
    unpacking: Path,
    tmp_path: Path,
    make: Callable[[Path], Path],
    done: int,
) -> None:
    release_id = received(make(tmp_path), analyst)
    before = stored(storage)
    stop_at(done)

    assert do(read_release, release_id, analyst) is JobState.CANCELLED

    assert stored(storage) == before
    assert list(unpacking.iterdir()) == []
    assert seen(release_id, lambda _s, release: (release.state, release.found)) == (
        ReleaseState.RECEIVED,
        {},
    )
    for table in ("release_parts", "release_observed", "file_parts"):
        assert seen(release_id, partial(rows_of, table)) == 0
    stop_at(1000)
    assert do(read_release, release_id, analyst) is JobState.DONE
    assert seen(release_id, lambda _s, release: release.state) is ReleaseState.READ


@pytest.mark.parametrize("done", [10, 70])
def test_a_publication_that_is_cancelled_leaves_the_release_as_it_was_confirmed(
    analyst: Actor, storage: Path, tmp_path: Path, done: int
) -> None:
    release_id = received(grid(tmp_path), analyst)
    do(read_release, release_id, analyst)
    with transaction() as session:
        confirm_release(session, release_id, DEPTH, actor=analyst)
    before = stored(storage)
    stop_at(done)

    assert do(publish, release_id, analyst) is JobState.CANCELLED

    assert stored(storage) == before
    assert seen(release_id, lambda _s, release: (release.state, release.number)) == (
        ReleaseState.CONFIRMED,
        None,
    )
