"""The hazard desk: events with their releases, and all there is to know of one release."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import NotFound
from core.jobs import LIVE, Job, JobState
from geo.models.areas import Area
from geo.models.events import Event, EventState, Layer
from geo.models.exposure import AreaExposure
from geo.models.releases import Release, ReleasePart, ReleaseState
from geo.permissions import May
from geo.queries.areas import in_force
from geo.queries.clauses import ASKABLE
from geo.queries.composites import Parent, parents_of
from geo.queries.exposure import KM2_APART
from geo.queries.reach import within_reach

PUBLIC = (ReleaseState.PUBLISHED, ReleaseState.SUPERSEDED, ReleaseState.WITHDRAWN)


@dataclass(frozen=True)
class OnDesk:
    """A release as the desk lists it: with the name of its layer, once it has one."""

    release: Release
    layer: str | None

    @property
    def can_go_together(self) -> bool:
        """Whether it can be put together with others."""
        return self.release.state in ASKABLE and self.release.most_sha256 is None


@dataclass(frozen=True)
class EventOnDesk:
    """An event and its releases, the newest first."""

    event: Event
    releases: tuple[OnDesk, ...]

    @property
    def is_open(self) -> bool:
        """Whether it takes files."""
        return self.event.state is not EventState.CLOSED


@dataclass(frozen=True)
class Elsewhere:
    """A release of another event that is the same bytes, and was given a meaning."""

    release_id: int
    layer: str
    event: str


@dataclass(frozen=True)
class ReleasePage:
    """One release, and what its page needs beside it.

    `job_id` is the work going on for it, `trouble` why the last work came to nothing. `number` is
    the one it has or would be published as.
    """

    release: Release
    event: Event
    layer: Layer | None
    layers: tuple[Layer, ...]
    number: int
    job_id: int | None
    trouble: str | None
    made_of: tuple[Parent, ...]
    elsewhere: Elsewhere | None

    @property
    def name(self) -> str:
        """What it is called: its layer, or the file before it has one."""
        return self.layer.name if self.layer else self.release.original_name


@dataclass(frozen=True)
class AreaHit:
    """What a release says of one area; `apart_km2` is what was not observed, by why, and permanent
    water, by the names of reasons."""

    pcode: str
    name: str
    km2: float
    observed_km2: float
    hit_km2: float
    apart_km2: Mapping[str, float]

    @property
    def observed_share(self) -> float:
        return min(self.observed_km2 / self.km2, 1.0) if self.km2 else 0.0

    @property
    def hit_share(self) -> float:
        """Of what was observed."""
        return self.hit_km2 / self.observed_km2 if self.observed_km2 else 0.0


def hazard_desk(session: Session, *, actor: Actor) -> list[EventOnDesk]:
    """All events, the open ones first, the newest first, with their releases."""
    actor.require(May.READ_RELEASES)
    closed = Event.state == EventState.CLOSED
    events = session.scalars(select(Event).order_by(closed, Event.began_at.desc(), Event.id)).all()
    named = select(Release, Layer.name).outerjoin(Layer, Layer.id == Release.layer_id)
    releases = defaultdict(list)
    for release, layer in session.execute(named.order_by(Release.id.desc())):
        releases[release.event_id].append(OnDesk(release, layer))
    return [EventOnDesk(event, tuple(releases[event.id])) for event in events]


def published_releases(session: Session) -> list[Release]:
    """The releases in force of events that are not closed."""
    live = select(Release).join(Event, Event.id == Release.event_id)
    live = live.where(Release.state == ReleaseState.PUBLISHED, Event.state != EventState.CLOSED)
    return list(session.scalars(live.order_by(Release.id)))


def open_events(session: Session, *, actor: Actor) -> list[Event]:
    """The events a file can be added to, the newest first."""
    actor.require(May.READ_EVENTS)
    still_open = select(Event).where(Event.state != EventState.CLOSED)
    return list(session.scalars(still_open.order_by(Event.began_at.desc(), Event.id)))


def release_seen(session: Session, release_id: int, *, actor: Actor) -> Release:
    """A release as somebody may look at it: before it is published, only who works on releases.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.READ_RELEASES)
    release = session.get(Release, release_id)
    at_work = any(map(actor.may, (May.UPLOAD_RELEASES, May.CONFIRM_RELEASES)))
    if release is None or (release.state not in PUBLIC and not at_work):
        raise NotFound(release=release_id)
    return release


def events_named(session: Session, text: str, limit: int, *, actor: Actor) -> list[Event]:
    """The events whose name or GLIDE number holds a text, the newest first."""
    actor.require(May.READ_EVENTS)
    holds = Event.name.icontains(text, autoescape=True) | Event.glide.icontains(
        text, autoescape=True
    )
    newest = select(Event).where(holds).order_by(Event.began_at.desc(), Event.id)
    return list(session.scalars(newest.limit(limit)))


def release_page(session: Session, release_id: int, *, actor: Actor) -> ReleasePage:
    """One release with its event, its layer and the work on it.

    Raises:
        NotFound
    """
    release = release_seen(session, release_id, actor=actor)
    event = session.get_one(Event, release.event_id)
    layers = session.scalars(select(Layer).filter_by(event_id=event.id).order_by(Layer.name)).all()
    layer = next((each for each in layers if each.id == release.layer_id), None)
    job = _last_job(session, release)
    return ReleasePage(
        release,
        event,
        layer,
        tuple(layers),
        release.number or _next_number(session, release),
        job.id if job and job.state in LIVE else None,
        job.refusal if job and job.state is JobState.FAILED else None,
        tuple(parents_of(session, release.id)),
        _elsewhere(session, release),
    )


def areas_hit(
    session: Session, release: Release, level: int, version: str = "", *, actor: Actor
) -> list[AreaHit]:
    """The areas of a level within reach of which something was observed, the most hit first.

    They are those in force, or those of an earlier version of the map, as was said of them then.
    """
    actor.require(May.READ_RELEASES)
    figures = (AreaExposure.observed_km2, AreaExposure.hit_km2, *KM2_APART.values())
    said: Select[*tuple[Any, ...]] = (
        select(Area.pcode, Area.name, Area.km2, *figures)
        .join(AreaExposure, AreaExposure.area_id == Area.id)
        .where(AreaExposure.release_id == release.id, AreaExposure.observed_km2 > 0)
        .where(Area.level == level, within_reach(actor, Area.id))
        .where(Area.version == version if version else in_force())
    )
    ranked = said.order_by(AreaExposure.hit_km2.desc(), Area.pcode)
    return [
        AreaHit(pcode, name, km2, seen, hit, _told_apart(apart))
        for pcode, name, km2, seen, hit, *apart in session.execute(ranked)
    ]


def _told_apart(km2: Sequence[float | None]) -> dict[str, float]:
    return {name: each or 0.0 for name, each in zip(KM2_APART, km2, strict=True)}


def box_of_extent(session: Session, release: Release) -> tuple[float, ...] | None:
    """West, south, east, north of what an extent covers, in degrees; None for rasters.

    What was observed may be a whole country, of which a flood covers one valley.
    """
    box = func.ST_Extent(ReleasePart.part)
    corners = (func.ST_XMin(box), func.ST_YMin(box), func.ST_XMax(box), func.ST_YMax(box))
    covered = select(*corners).where(ReleasePart.release_id == release.id)
    found = tuple(session.execute(covered).one())
    return None if found[0] is None else found


def maps_told_of(session: Session, release: Release) -> list[str]:
    """The versions of the map of areas a release was asked about, the one in force first."""
    newest = func.max(Area.id).label("newest")
    told = (
        select(Area.version, func.bool_or(in_force()).label("now"), newest)
        .join(AreaExposure, AreaExposure.area_id == Area.id)
        .where(AreaExposure.release_id == release.id)
        .group_by(Area.version)
        .subquery()
    )
    order = (told.c.now.desc(), told.c.newest.desc())
    return list(session.scalars(select(told.c.version).order_by(*order)))


def table_level_of(session: Session, version: str = "") -> int:
    """The level a table of areas is made at: the last but one, so that it stays short."""
    of = Area.version == version if version else in_force()
    deepest = session.scalar(select(func.max(Area.level)).where(of)) or 0
    return int(max(deepest - 1, min(deepest, 1)))


def _last_job(session: Session, release: Release) -> Job | None:
    about = select(Job).where(Job.subject == Release.__tablename__, Job.subject_id == release.id)
    return session.scalars(about.order_by(Job.id.desc()).limit(1)).first()


def _elsewhere(session: Session, release: Release) -> Elsewhere | None:
    """Where the same bytes were given a meaning last."""
    if release.state in PUBLIC:
        return None
    same = (
        select(Release.id, Layer.name, Event.name)
        .join(Layer, Layer.id == Release.layer_id)
        .join(Event, Event.id == Release.event_id)
        .where(Release.original_sha256 == release.original_sha256)
        .where(Release.event_id != release.event_id, Release.state != ReleaseState.REFUSED)
    )
    row = session.execute(same.order_by(Release.id.desc()).limit(1)).one_or_none()
    return Elsewhere(*row) if row else None


def _next_number(session: Session, release: Release) -> int:
    if release.layer_id is None:
        return 1
    highest = select(func.max(Release.number)).where(Release.layer_id == release.layer_id)
    return (session.scalar(highest) or 0) + 1
