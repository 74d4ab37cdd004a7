"""An installation with a little in it, and an empty one on the same server."""

import io
import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, text

from app.backup.installation import Installation, database_beside
from core import settings as kept
from core.actor import Actor
from core.db import new_session, transaction
from core.storage import keep
from registry.models.imports import ImportKind
from registry.services.imports import upload
from tests.conftest import server
from tests.make.registry import make_household

Send = Callable[[str], str]


@pytest.fixture
def ours(apart: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """Three households, and two files sent for import; secrets beside them."""
    monkeypatch.setenv("STORAGE", str(tmp_path / "files"))
    monkeypatch.setenv("SECRET_KEY", "of the cookies")
    kept.settings.cache_clear()
    (tmp_path / "var").mkdir()
    (tmp_path / "var/keys.json").write_text('{"postgres": "old door", "web": "of the cookies"}')
    (tmp_path / "var/environment").write_text("TIMEZONE=Asia/Manila\nREDIS_URL=unix:///old\n")
    yield _installation(new_session.kw["bind"].url, tmp_path, "of the cookies")
    kept.settings.cache_clear()


@pytest.fixture
def filled(ours: Installation, send: Send) -> Installation:
    """The installation with three households and two files in it."""
    with transaction() as session:
        for name in ("Doro", "Sero", "Beli"):
            make_household(session, name=name)
    send("code,size\n1,5\n")
    send("code,size\n2,7\n")
    return ours


@pytest.fixture
def send(ours: Installation, anybody: Actor) -> Send:
    """`send("code\\n1\\n")` has a file sent for import, and answers its SHA-256."""

    def sent(content: str) -> str:
        with transaction() as session:
            stored = keep(io.BytesIO(content.encode()))
            upload(session, stored, "list.csv", ImportKind.HOUSEHOLDS, actor=anybody)
        return stored.sha256

    return sent


@pytest.fixture
def theirs(ours: Installation, tmp_path: Path) -> Iterator[Installation]:
    """Another machine, on which nothing has been done yet."""
    name = f"test_{os.getpid()}_{uuid.uuid4().hex[:8]}"
    with server().connect() as at:
        at.execute(text(f'create database "{name}"'))
    folder = tmp_path / "theirs"
    (folder / "var").mkdir(parents=True)
    (folder / "var/keys.json").write_text('{"postgres": "new door", "web": "made at setup"}')
    (folder / "var/environment").write_text("REDIS_URL=unix:///new\nSECRET_KEY=made at setup\n")
    yield _installation(server().url.set(database=name), folder, "made at setup")
    with server().connect() as at:
        at.execute(text(f'drop database if exists "{name}" with (force)'))


def _installation(url: URL, folder: Path, secret: str) -> Installation:
    database = url.render_as_string(hide_password=False)
    where = database_beside(database, str(url.database))
    return Installation(
        database=where,
        storage=folder / "files",
        var=folder / "var",
        heads=folder / "audit-heads.jsonl",
        secrets={"SECRET_KEY": secret, "AUDIT_KEY": ""},
        sealing=None,
    )
