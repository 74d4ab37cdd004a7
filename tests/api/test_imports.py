"""Programs ask how far an import has come, and have its merge undone."""

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.auth import keys
from app.auth.roles import Role
from core.actor import Actor
from core.jobs import Job
from registry.models.imports import Import
from tests.make.imports import household, take_households
from tests.make.users import make_user
from tests.web.conftest import Browser

Call = Callable[[str, str], TestResponse]


@pytest.fixture
def merged(session: Session, tmp_path: Path, anybody: Actor, taken_back: None) -> Import:
    """A file of one household that is in the registry."""
    return take_households(session, tmp_path, anybody, household())


@pytest.fixture
def calls(session: Session, browser: Browser) -> Callable[[Role], Call]:
    """`calls(Role.REGISTRAR)` is a program of somebody with that role."""

    def of(role: Role) -> Call:
        user = make_user(session, role)
        key = keys.make(session, "Model", 1, actor=Actor(user.id, user.name, frozenset()))

        def call(method: str, path: str) -> TestResponse:
            headers = {"Authorization": f"Bearer {key}", "Act-Key": str(uuid.uuid4())}
            return browser.open(path, method=method, headers=headers)

        return call

    return of


def test_an_import_is_told_and_its_merge_undone(
    session: Session, merged: Import, taken_back: None, calls: Callable[[Role], Call]
) -> None:
    call = calls(Role.REGISTRAR)

    told = call("GET", f"/api/imports/{merged.id}").json
    answer = call("DELETE", f"/api/imports/{merged.id}/merge")

    assert told is not None
    assert (told["state"], told["counts"]["create"]) == ("merged", 1)
    assert told["undone_until"] > told["merged_at"]
    assert answer.status_code == 202
    assert answer.json is not None
    assert session.get_one(Job, answer.json["job"]).work == "programs.jobs.imports.undo_import"


def test_who_may_not_undo_is_refused(
    session: Session, merged: Import, taken_back: None, calls: Callable[[Role], Call]
) -> None:
    assert calls(Role.VIEWER)("DELETE", f"/api/imports/{merged.id}/merge").status_code == 403
    undone = select(Job).where(Job.work == "programs.jobs.imports.undo_import")
    assert session.scalars(undone).all() == []
