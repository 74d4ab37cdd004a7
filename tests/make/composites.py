"""Depths of several days, received and published; and what is made of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from core.actor import Actor
from core.storage import keep_file
from geo.jobs.composites import compose
from geo.jobs.releases import publish
from geo.models.events import Event
from geo.models.releases import Release
from geo.services.composites import Composite, derive
from geo.services.releases import receive_release
from tests.make.files import depth_file
from tests.make.jobs import Silent
from tests.make.releases import DEPTH, published, read

N = -9999.0
DRY = [0.0, 0.0, 0.0, N]
THREE = (
    [[1.0, 0.6, 0.0, N], DRY],
    [[0.0, N, 0.0, N], DRY],
    [[2.0, 0.5, N, N], DRY],
)


def make_days(
    session: Session,
    event: Event,
    actor: Actor,
    folder: Path,
    days: Sequence[Sequence[Sequence[float]]] = THREE,
) -> list[Release]:
    """A published release for each day from the 19th on, each of a layer of its own."""
    releases = []
    for n, depths in enumerate(days):
        file = depth_file(folder / f"day{n}.tif", depths)
        got = receive_release(session, event.id, keep_file(file), file.name, actor=actor)
        read(session, got.release, actor)
        seen = DEPTH.observed_at + timedelta(days=n) if DEPTH.observed_at else None
        meaning = replace(DEPTH, layer=f"Day {n}", observed_at=seen)
        releases.append(published(session, got.release, actor, meaning))
    return releases


def made(session: Session, composite: Composite, name: str, actor: Actor) -> Release:
    """Make a composite and publish it, as the workers do."""
    release = derive(session, composite, name, actor=actor)
    compose(session, actor=actor, progress=Silent(), release_id=release.id)
    publish(session, actor=actor, progress=Silent(), release_id=release.id)
    session.refresh(release)
    return release
