"""Hazard files on their way through the acts: read, given a meaning, published, asked."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.jobs.releases import publish, read_release
from geo.models.locations import Location
from geo.models.releases import ObservedRule, Release
from geo.queries.selections import Question, answered
from geo.services.meanings import Meaning, confirm_release
from tests.make.jobs import Silent

DEPTHS = [[0.0, 0.4, 0.5, 1.5], [2.0, -9999.0, 0.5, 0.2]]
DEPTH = Meaning(
    layer="Water depth",
    measure="Water depth",
    unit="m",
    observed_at=datetime(2026, 11, 19, 6, tzinfo=UTC),
    source="National Flood Centre",
    licence="CC BY 4.0",
    floor=0.2,
)
FLOOD = replace(
    DEPTH,
    layer="Flood extent",
    measure="Flooded",
    unit="",
    floor=None,
    observed_rule=ObservedRule.BOX,
)


def read(session: Session, release: Release, actor: Actor) -> None:
    """Read a received file, as the worker does."""
    read_release(session, actor=actor, progress=Silent(), release_id=release.id)


def published(session: Session, release: Release, actor: Actor, meaning: Meaning) -> Release:
    """Confirm what a release means, and publish it."""
    confirm_release(session, release.id, meaning, actor=actor)
    publish(session, actor=actor, progress=Silent(), release_id=release.id)
    session.refresh(release)
    return release


def answers(session: Session, release: Release, **clause: Any) -> dict[float, str]:
    """What a release says, by the longitude of the place."""
    asked = answered(Question(release_id=release.id, **clause)).subquery()
    rows = select(Location.lon, asked.c.status).join(asked, asked.c.location_id == Location.id)
    return {row.lon: row.status for row in session.execute(rows)}
