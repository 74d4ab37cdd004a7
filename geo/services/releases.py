"""Releases: a hazard file is received, given its meaning, published, and if need be withdrawn."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Conflict, Invalid, NotFound
from core.storage import Kept
from core.words import _
from geo.measures import MEASURES
from geo.models.events import Event, EventState, Layer, LayerKind
from geo.models.releases import Direction, ObservedRule, Release, ReleaseState
from geo.permissions import May
from geo.services.events import EventClosed, EventUnknown

OVER = (ReleaseState.REFUSED, ReleaseState.WITHDRAWN)
OPEN = (ReleaseState.READ, ReleaseState.CONFIRMED)


class ReleaseUnknown(NotFound):
    """There is no release {release}; choose one from the hazard desk."""


class ReleaseNotInState(Conflict):
    """This release is {state}; that can be done only while it is {wanted}. Reload the page."""


class MeaningIncomplete(Invalid):
    """The meaning of the file is not complete: {says}"""


class LayerOfOtherKind(Conflict):
    """The layer {layer} of this event holds {measure} in {unit}; give the new one another name."""


class ReasonMissing(Invalid):
    """Say why, in a few words: whoever used the release will read it."""


@dataclass(frozen=True)
class Received:
    """The release a file became, or the one it already was."""

    release: Release
    known: bool


@dataclass(frozen=True)
class Choice:
    """What the analyst says of a file that does not speak for itself, so that it can be read."""

    layer: str | None = None
    band: int | None = None
    crs: str | None = None


@dataclass(frozen=True)
class Meaning:
    """What the analyst confirms of a release that was read.

    `layer` names the product among the event's. `zeros` says what cells with 0 are where the file
    does not declare nodata: "value", "unseen" or not said. `floor` is the value from which on
    (`direction`) places are kept; none: all above 0. `observed_file` is (name, what was kept).
    """

    layer: str
    measure: str
    unit: str
    observed_at: datetime | None
    source: str
    licence: str
    direction: Direction = Direction.AT_LEAST
    floor: float | None = None
    zeros: str = ""
    nodata: tuple[float, ...] = ()
    value_field: str | None = None
    observed_rule: ObservedRule | None = None
    observed_file: tuple[str, str] | None = None
    observed_layer: str | None = None


def receive_release(
    session: Session, event_id: int, file: Kept, name: str, *, actor: Actor
) -> Received:
    """Take a file for an event. The same bytes again are the release they already are.

    The reading is put off by who calls (`geo.jobs.releases.read_release`).

    Raises:
        EventUnknown, EventClosed
    """
    actor.require(May.UPLOAD_RELEASES)
    event = session.get(Event, event_id)
    if event is None:
        raise EventUnknown(event=event_id)
    if event.state is EventState.CLOSED:
        raise EventClosed(name=event.name)
    same = select(Release).where(Release.original_sha256 == file.sha256)
    known = session.scalars(same.where(Release.state.not_in(OVER)).order_by(Release.id)).first()
    if known is not None:
        return Received(known, known=True)
    release = Release(
        event_id=event_id,
        original_name=name,
        original_sha256=file.sha256,
        original_bytes=file.size,
        uploaded_by=actor.id,
    )
    with audit.act(session, actor, "releases.receive", release) as figures:
        session.add(release)
        figures.update(name=name, sha256=file.sha256, bytes=file.size, event=event.name)
    return Received(release, known=False)


def choose_in_file(session: Session, release_id: int, choice: Choice, *, actor: Actor) -> Release:
    """Say which part of a file is meant, so that it is read again.

    Raises:
        ReleaseUnknown, ReleaseNotInState
    """
    actor.require(May.UPLOAD_RELEASES)
    unread = {ReleaseState.RECEIVED, ReleaseState.REFUSED, ReleaseState.READ}
    release = locked(session, release_id, unread)
    with audit.act(session, actor, "releases.choose", release) as figures:
        release.layer_in_file, release.band, release.crs = choice.layer, choice.band, choice.crs
        release.state, release.refusal = ReleaseState.RECEIVED, None
        figures.update(layer=choice.layer, band=choice.band, crs=choice.crs)
    return release


def faults_of(release: Release, meaning: Meaning) -> dict[str, str]:
    """What is missing or wrong in a meaning, a sentence for each field."""
    units = MEASURES.get(meaning.measure, ())
    asked = {
        "measure": (meaning.measure in MEASURES, _("Choose what the numbers measure")),
        "unit": (not units or meaning.unit in units, _("Choose the unit of the values")),
        "layer": (meaning.layer.strip(), _("Name the layer")),
        "floor": (math.isfinite(meaning.floor or 0), _("Write the least value as a number")),
        "observed_at": (meaning.observed_at, _("Say when it was observed")),
        "nodata": (not any(map(math.isnan, meaning.nodata)), _("Write numbers, such as 255")),
        "source": (meaning.source.strip(), _("Say who made it, as it should be cited")),
    }
    faults = {field: sentence for field, (given, sentence) in asked.items() if not given}
    return faults | (_cell_faults if _is_raster(release) else _extent_faults)(release, meaning)


def confirm_release(
    session: Session, release_id: int, meaning: Meaning, *, actor: Actor
) -> Release:
    """Say what the numbers of a file mean. Nothing is published by it.

    Raises:
        ReleaseUnknown, ReleaseNotInState, MeaningIncomplete, LayerOfOtherKind
    """
    actor.require(May.CONFIRM_RELEASES)
    release = locked(session, release_id, OPEN)
    if faults := faults_of(release, meaning):
        raise MeaningIncomplete(says=next(iter(faults.values())))
    layer = _layer(session, release, meaning)
    with audit.act(session, actor, "releases.confirm", release) as figures:
        release.layer_id, release.confirmed_by = layer.id, actor.id
        release.state = ReleaseState.CONFIRMED
        _apply(release, meaning)
        figures.update(
            measure=meaning.measure,
            unit=meaning.unit,
            direction=meaning.direction,
            floor=meaning.floor,
            observed=release.observed_rule,
        )
    return release


def ask_publication(session: Session, release_id: int, *, actor: Actor) -> None:
    """Whether a release can be published now, before the work of it is put off.

    Raises:
        ReleaseUnknown, ReleaseNotInState, EventClosed
    """
    actor.require(May.PUBLISH_RELEASES)
    release = locked(session, release_id, {ReleaseState.CONFIRMED})
    _open_event(session, release)


def publish_release(session: Session, release_id: int, *, actor: Actor) -> Release:
    """Make a confirmed release, already asked about places and areas, what everybody sees.

    It takes the next number of its layer; the layer's releases before it are superseded.

    Raises:
        ReleaseUnknown, ReleaseNotInState, EventClosed
    """
    actor.require(May.PUBLISH_RELEASES)
    release = locked(session, release_id, {ReleaseState.CONFIRMED})
    _open_event(session, release)
    session.get_one(Layer, release.layer_id, with_for_update=True)
    of_layer = select(func.coalesce(func.max(Release.number), 0))
    before = session.scalar(of_layer.where(Release.layer_id == release.layer_id)) or 0
    with audit.act(session, actor, "releases.publish", release) as figures:
        session.execute(
            update(Release)
            .where(Release.layer_id == release.layer_id, Release.id != release.id)
            .where(Release.state == ReleaseState.PUBLISHED)
            .values(state=ReleaseState.SUPERSEDED)
        )
        release.number, release.state = before + 1, ReleaseState.PUBLISHED
        release.published_at = func.now()
        figures.update(number=release.number, sha256=release.original_sha256)
    return release


def withdraw_release(session: Session, release_id: int, reason: str, *, actor: Actor) -> Release:
    """Take a release back: nothing can be asked of it any more, and why is said.

    Raises:
        ReleaseUnknown, ReleaseNotInState, ReasonMissing
    """
    actor.require(May.PUBLISH_RELEASES)
    wanted = {ReleaseState.PUBLISHED, ReleaseState.SUPERSEDED}
    release = locked(session, release_id, wanted)
    if not reason.strip():
        raise ReasonMissing
    with audit.act(session, actor, "releases.withdraw", release) as figures:
        release.state, release.withdrawn_because = ReleaseState.WITHDRAWN, reason.strip()
        figures.update(reason=reason.strip())
    return release


def refuse_release(session: Session, release_id: int, reason: str, *, actor: Actor) -> Release:
    """Set a file aside that turned out not to be usable, and say why.

    Raises:
        ReleaseUnknown, ReleaseNotInState, ReasonMissing
    """
    actor.require(May.CONFIRM_RELEASES)
    release = locked(session, release_id, OPEN)
    if not reason.strip():
        raise ReasonMissing
    with audit.act(session, actor, "releases.refuse", release) as figures:
        release.state, release.refusal = ReleaseState.REFUSED, reason.strip()
        figures.update(reason=reason.strip())
    return release


def locked(session: Session, release_id: int, states: Collection[ReleaseState]) -> Release:
    """A release held for a change, if it is in one of these states.

    Raises:
        ReleaseUnknown, ReleaseNotInState
    """
    session.flush()
    release = session.get(Release, release_id, with_for_update=True, populate_existing=True)
    if release is None:
        raise ReleaseUnknown(release=release_id)
    if release.state not in states:
        wanted = _(" or ").join(sorted(states))
        raise ReleaseNotInState(state=release.state, wanted=wanted)
    return release


def _open_event(session: Session, release: Release) -> None:
    event = session.get_one(Event, release.event_id)
    if event.state is EventState.CLOSED:
        raise EventClosed(name=event.name)


def _is_raster(release: Release) -> bool:
    return release.kind is LayerKind.RASTER


def _cell_faults(release: Release, meaning: Meaning) -> dict[str, str]:
    if release.found.get("asks_zeros") and meaning.zeros not in {"value", "unseen"}:
        return {"zeros": _("Say what 0 means")}
    return {}


def _extent_faults(_release: Release, meaning: Meaning) -> dict[str, str]:
    if meaning.observed_rule is None:
        return {"observed_rule": _("Say what the image could see")}
    chosen = meaning.observed_file or meaning.observed_layer
    if meaning.observed_rule is ObservedRule.LAYER and not chosen:
        return {"observed_file": _("Add the file, or name the layer, of what the image could see")}
    return {}


def _layer(session: Session, release: Release, meaning: Meaning) -> Layer:
    """The layer of the event that is meant, made if it is new."""
    name = " ".join(meaning.layer.split())
    layer = session.scalar(select(Layer).filter_by(event_id=release.event_id, name=name))
    said = {"kind": release.kind, "measure": meaning.measure, "unit": meaning.unit}
    if layer is None:
        layer = Layer(event_id=release.event_id, name=name, **said)
        session.add(layer)
        session.flush()
    if any(getattr(layer, field) != value for field, value in said.items()):
        raise LayerOfOtherKind(layer=name, measure=layer.measure, unit=layer.unit)
    return layer


def _apply(release: Release, meaning: Meaning) -> None:
    release.measure, release.unit = meaning.measure, meaning.unit
    release.direction, release.floor = meaning.direction, meaning.floor
    release.observed_at = meaning.observed_at
    release.source, release.licence = meaning.source.strip(), meaning.licence.strip()
    release.value_field = meaning.value_field
    unseen = [*meaning.nodata, *([0.0] if meaning.zeros == "unseen" else [])]
    release.extra_nodata = unseen or None
    release.observed_rule = ObservedRule.CELLS if _is_raster(release) else meaning.observed_rule
    release.observed_name, release.observed_sha256 = meaning.observed_file or (None, None)
    release.observed_layer = meaning.observed_layer
