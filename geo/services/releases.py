"""Releases: a hazard file is received, published, and if need be withdrawn."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Conflict, Invalid, NotFound
from core.storage import Kept
from core.words import _
from geo.finding_words import said
from geo.models.events import Event, EventState, Layer
from geo.models.releases import Release, ReleaseState
from geo.permissions import May
from geo.queries.release_findings import forbidding
from geo.services.events import EventClosed, EventUnknown

OVER = (ReleaseState.REFUSED, ReleaseState.WITHDRAWN)
OPEN = (ReleaseState.ASKED, ReleaseState.READ, ReleaseState.CONFIRMED)
FARTHEST = 1 << 63  # no key is as large
IN_ORDER = (ReleaseState.PUBLISHED, ReleaseState.SUPERSEDED)  # one of each layer is in force


class ReleaseUnknown(NotFound):
    """There is no release {release}; choose one from the hazard desk."""


class ReleaseNotInState(Conflict):
    """This release is {state}; that can be done only while it is {wanted}. Reload the page."""


class NotLookedOver(Conflict):
    """This release was not looked over yet; wait until that is done, then publish it."""


class FindingsOpen(Conflict):
    """Something about this release is odd, and nobody took it on them ({codes}): {says}"""


class ReasonMissing(Invalid):
    """Say why, in a few words: whoever used the release will read it."""


@dataclass(frozen=True)
class Received:
    """The release a file became, or the one of the event it already was."""

    release: Release
    known: bool


def ask_receipt(session: Session, event_id: int, *, actor: Actor) -> Event:
    """Whether an event takes files of the actor, before a byte of one is kept; answers the event.

    Raises:
        EventUnknown, EventClosed
    """
    actor.require(May.UPLOAD_RELEASES)
    event = session.get(Event, event_id) if 0 < event_id < FARTHEST else None
    if event is None:
        raise EventUnknown(event=event_id)
    if event.state is EventState.CLOSED:
        raise EventClosed(name=event.name)
    return event


def receive_release(
    session: Session,
    event_id: int,
    file: Kept,
    name: str,
    *,
    actor: Actor,
    url: str | None = None,
) -> Received:
    """Take a file for an event, fetched from `url` if it was.

    The same bytes again are the release they already are. The reading is put off by who calls
    (`geo.jobs.releases.read_release`).

    Raises:
        EventUnknown, EventClosed
    """
    actor.require(May.UPLOAD_RELEASES)
    event = ask_receipt(session, event_id, actor=actor)
    same = select(Release).filter_by(event_id=event_id, original_sha256=file.sha256)
    known = session.scalars(same.where(Release.state.not_in(OVER))).first()
    if known is not None:
        return Received(known, known=True)
    release = Release(
        event_id=event_id,
        original_name=name,
        original_sha256=file.sha256,
        original_bytes=file.size,
        original_url=url,
        uploaded_by=actor.id,
    )
    with audit.act(session, actor, "releases.receive", release) as figures:
        session.add(release)
        figures.update(name=name, sha256=file.sha256, bytes=file.size, event=event.name)
        if url:
            figures.update(address=url)
    return Received(release, known=False)


def ask_publication(session: Session, release_id: int, *, actor: Actor) -> None:
    """Whether a release can be published now, before the work of it is put off.

    Raises:
        ReleaseUnknown, ReleaseNotInState, EventClosed, NotLookedOver, FindingsOpen
    """
    actor.require(May.PUBLISH_RELEASES)
    release = locked(session, release_id, {ReleaseState.CONFIRMED})
    _open_event(session, release)
    if release.looked_over_at is None:
        raise NotLookedOver
    _refuse_what_is_odd(session, release)


def publish_release(session: Session, release_id: int, *, actor: Actor) -> Release:
    """Make a confirmed release, already asked about places and areas, what everybody sees.

    It takes the next number of its layer. In force is the layer's release that was observed last:
    one that is late supersedes nothing, and is superseded as it comes.

    Raises:
        ReleaseUnknown, ReleaseNotInState, EventClosed, FindingsOpen
    """
    actor.require(May.PUBLISH_RELEASES)
    release = locked(session, release_id, {ReleaseState.CONFIRMED})
    _open_event(session, release)
    _refuse_what_is_odd(session, release)
    session.get_one(Layer, release.layer_id, with_for_update=True)
    of_layer = select(func.coalesce(func.max(Release.number), 0))
    before = session.scalar(of_layer.where(Release.layer_id == release.layer_id)) or 0
    with audit.act(session, actor, "releases.publish", release) as figures:
        release.number, release.state = before + 1, ReleaseState.PUBLISHED
        release.published_at = func.now()
        in_force = _put_in_force(session, release)
        figures.update(number=release.number, sha256=release.original_sha256, in_force=in_force)
    return release


def withdraw_release(session: Session, release_id: int, reason: str, *, actor: Actor) -> int | None:
    """Take a release back: nothing can be asked of it any more, and why is said.

    The one of its layer that was observed last of the others is in force then; answers its number.

    Raises:
        ReleaseUnknown, ReleaseNotInState, ReasonMissing
    """
    actor.require(May.PUBLISH_RELEASES)
    release = locked(session, release_id, IN_ORDER)
    if not reason.strip():
        raise ReasonMissing
    session.get_one(Layer, release.layer_id, with_for_update=True)
    with audit.act(session, actor, "releases.withdraw", release) as figures:
        release.state, release.withdrawn_because = ReleaseState.WITHDRAWN, reason.strip()
        in_force = _put_in_force(session, release)
        figures.update(reason=reason.strip(), in_force=in_force)
    return in_force


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


def _refuse_what_is_odd(session: Session, release: Release) -> None:
    """Refuse what nobody took on them of what was found odd, and what nobody can."""
    if odd := forbidding(session, release.id):
        codes = ", ".join(each.code for each in odd)
        raise FindingsOpen(
            codes=codes, says=" ".join(said(each, release.unit or "") for each in odd)
        )


def _put_in_force(session: Session, release: Release) -> int | None:
    """Of a release's layer let the one observed last be in force; answers its number, if any."""
    session.flush()
    of_layer = Release.layer_id == release.layer_id, Release.state.in_(IN_ORDER)
    last = Release.observed_at.desc().nulls_last(), Release.number.desc()
    latest = select(Release.id).where(*of_layer).order_by(*last).limit(1).scalar_subquery()
    in_force = case(
        (Release.id == latest, ReleaseState.PUBLISHED.value), else_=ReleaseState.SUPERSEDED.value
    )
    turned = update(Release).where(*of_layer, Release.state != in_force).values(state=in_force)
    session.execute(turned.execution_options(synchronize_session="fetch"))
    return session.scalar(select(Release.number).where(Release.id == latest))


def _open_event(session: Session, release: Release) -> None:
    event = session.get_one(Event, release.event_id)
    if event.state is EventState.CLOSED:
        raise EventClosed(name=event.name)
