"""Composites: what a release was made of, and what may be put together."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.composites import ReleaseParent
from geo.models.events import Layer
from geo.models.releases import Release
from geo.permissions import May
from geo.queries.clauses import ASKABLE


@dataclass(frozen=True)
class Parent:
    """A release another one was made of, or could be, and the name of its layer."""

    release: Release
    layer: str


def parents_of(session: Session, release_id: int) -> list[Parent]:
    """The releases one was made of, in their order."""
    made_of = (
        select(Release, Layer.name)
        .join(Layer, Layer.id == Release.layer_id)
        .join(ReleaseParent, ReleaseParent.parent_id == Release.id)
        .where(ReleaseParent.release_id == release_id)
        .order_by(ReleaseParent.place)
    )
    return [Parent(release, layer) for release, layer in session.execute(made_of)]


def latest_sent(maps: Sequence[Parent]) -> Release | None:
    """The one observed last of those that were sent, not made of others; if none was, of all."""
    sent = [each.release for each in maps if each.release.operation is None]
    return next(reversed(sent or [each.release for each in maps]), None)


def to_put_together(session: Session, event_id: int, *, actor: Actor) -> list[Parent]:
    """The releases of an event that can be put together, in the order they were observed.

    Raises:
        Forbidden
    """
    actor.require(May.DERIVE_RELEASES)
    askable = (
        select(Release, Layer.name)
        .join(Layer, Layer.id == Release.layer_id)
        .where(Release.event_id == event_id, Release.state.in_(ASKABLE))
        .where(Release.most_sha256.is_(None))
        .order_by(Release.observed_at, Release.id)
    )
    return [Parent(release, layer) for release, layer in session.execute(askable)]
