"""What tests of places and hazards share."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.storage import keep_file
from geo.models.events import Event
from geo.models.releases import Release
from geo.services.releases import receive_release
from tests.make.geo import make_event
from tests.make.releases import read


@pytest.fixture
def received(session: Session, anybody: Actor) -> Callable[..., Release]:
    """Send a file to an event and let it be read."""

    def send(path: Path, event: Event | None = None) -> Release:
        event = event or session.scalars(select(Event)).first() or make_event(session)
        got = receive_release(session, event.id, keep_file(path), path.name, actor=anybody)
        read(session, got.release, anybody)
        return got.release

    return send
