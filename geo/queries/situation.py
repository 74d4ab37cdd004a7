"""What is going on: the events that are not closed, the most urgent first, and their releases."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.country import country
from core.errors import NotFound
from geo.models.areas import Area
from geo.models.events import Event, EventState, Severity
from geo.models.releases import Release, ReleaseState
from geo.permissions import May
from geo.queries.areas import in_force
from geo.queries.clauses import ASKABLE
from geo.queries.reach import within_reach

URGENCY = {state: place for place, state in enumerate((EventState.ACTIVE, EventState.ALERT))}
SEVERITY = {severity: place for place, severity in enumerate(Severity)}  # worst first
MOST_SHOWN = 10


@dataclass(frozen=True)
class Ongoing:
    """An event that is not closed, with its releases that can be asked, in order of observation."""

    event: Event
    releases: tuple[Release, ...]

    @property
    def latest(self) -> Release | None:
        """The published release that was observed last; one made of others only if there is no
        other."""
        published = [r for r in self.releases if r.state is ReleaseState.PUBLISHED]
        observed = [release for release in published if release.operation is None]
        return next(reversed(observed or published), None)


def ongoing(session: Session, *, actor: Actor) -> list[Ongoing]:
    """The events that are not closed: active before expected, worst first, newest first."""
    actor.require(May.READ_EVENTS)
    urgency = case(URGENCY, value=Event.state, else_=len(URGENCY))
    severity = case(SEVERITY, value=Event.severity)
    events = session.scalars(
        select(Event)
        .where(Event.state != EventState.CLOSED)
        .order_by(urgency, severity, Event.began_at.desc(), Event.id)
    ).all()
    releases = defaultdict(list)
    of_them = Release.event_id.in_([event.id for event in events])
    observed = func.coalesce(Release.observed_at, Release.published_at)
    for release in session.scalars(
        select(Release).where(of_them, Release.state.in_(ASKABLE)).order_by(observed, Release.id)
    ):
        releases[release.event_id].append(release)
    return [Ongoing(event, tuple(releases[event.id])) for event in events]


def bounds_of(
    session: Session, area_ids: Collection[int]
) -> tuple[float, float, float, float] | None:
    """West, south, east and north of some areas in degrees; None of none."""
    extent = func.ST_Extent(Area.shape)
    corners = (func.ST_XMin, func.ST_YMin, func.ST_XMax, func.ST_YMax)
    asked = select(*(corner(extent) for corner in corners)).where(Area.id.in_(area_ids))
    west, south, east, north = session.execute(asked).one()
    return None if west is None else (west, south, east, north)


def bounds_of_areas(session: Session, *, actor: Actor) -> tuple[float, ...] | None:
    """West, south, east, north of the areas within reach in degrees; None before any is loaded."""
    actor.require(May.READ_AREAS)
    box = func.ST_Extent(Area.shape)
    corners = (func.ST_XMin(box), func.ST_YMin(box), func.ST_XMax(box), func.ST_YMax(box))
    reached = select(*corners).where(in_force(), Area.is_leaf, within_reach(actor, Area.id))
    found = tuple(session.execute(reached).one())
    return None if found[0] is None else found


def release_meant(
    session: Session, events: Sequence[Ongoing], release_id: int | None
) -> Release | None:
    """The release of a key, or the latest one of the most urgent event that has any.

    Raises:
        NotFound: there is no release of that key.
    """
    if release_id is None:
        return next((event.latest for event in events if event.latest), None)
    release = session.get(Release, release_id)
    if release is None:
        raise NotFound(release=release_id)
    return release


def releases_to_settle(session: Session, *, actor: Actor) -> list[Release]:
    """The releases that wait for the actor: to say what a file means, or to publish it."""
    waits = []
    if actor.may(May.UPLOAD_RELEASES):
        waits.append(ReleaseState.ASKED)
    if actor.may(May.CONFIRM_RELEASES):
        waits.append(ReleaseState.READ)
    if actor.may(May.PUBLISH_RELEASES):
        waits.append(ReleaseState.CONFIRMED)
    waiting = select(Release).where(Release.state.in_(waits)).order_by(Release.created_at.desc())
    return list(session.scalars(waiting.limit(MOST_SHOWN)))


def top_area(session: Session) -> str | None:
    """What the country is called: as its administrators say, else as the one area all others lie
    in; None where there are several, or none yet.

    Lists of countries by ISO 3166 write "Philippines (the)"; nobody else does.
    """
    if country().name:
        return country().name
    names = list(session.scalars(select(Area.name).where(Area.parent_id.is_(None), in_force())))
    return names[0].removesuffix(" (the)") if len(names) == 1 else None
