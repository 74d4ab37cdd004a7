"""A database of its own for what has to be committed: two people at the same moment."""

import os
from collections.abc import Iterator

import pytest
from sqlalchemy import URL, create_engine, text

from core.db import new_session
from tests.conftest import server, template


@pytest.fixture
def apart(database: URL) -> Iterator[None]:
    """Transactions commit into a database that is dropped after the test."""
    name = f"test_{os.getpid()}_apart"
    with server().connect() as at:
        at.execute(text(f'create database "{name}" template "{template()}"'))
    before = new_session.kw.get("bind")
    own = create_engine(database.set(database=name), pool_size=12)
    new_session.configure(bind=own)
    yield
    new_session.configure(bind=before)
    own.dispose()
    with server().connect() as at:
        at.execute(text(f'drop database "{name}" with (force)'))
