"""Events: a shock is written down, and followed until it is over."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Conflict, Invalid, NotFound
from geo.models.events import Event, EventKind, EventState, Severity
from geo.permissions import May
from geo.services.locations import close_questions, reopen_questions

NEXT = {
    EventState.ALERT: {EventState.ACTIVE, EventState.CLOSED},
    EventState.ACTIVE: {EventState.RECOVERY, EventState.CLOSED},
    EventState.RECOVERY: {EventState.ACTIVE, EventState.CLOSED},
    EventState.CLOSED: {EventState.ACTIVE, EventState.RECOVERY},
}


class EventUnknown(NotFound):
    """There is no event {event}; choose one from the hazard desk."""


class EventUnnamed(Invalid):
    """An event needs a name, such as Typhoon Vamco 2020; write it."""


class EventKnown(Conflict):
    """An event called {name} is already there; add to that one, or give this one another name."""


class EventCannotTurn(Conflict):
    """An event that is {state} cannot become {wanted}; look at where it stands now."""


class EventClosed(Conflict):
    """The event {name} is closed, so it takes nothing new; write down a new event."""


@dataclass(frozen=True)
class Shock:
    """What is known of an event when it is written down."""

    name: str
    kind: EventKind
    began_at: datetime
    severity: Severity = Severity.UNKNOWN
    state: EventState = EventState.ACTIVE
    glide: str | None = None


def create_event(session: Session, shock: Shock, *, actor: Actor) -> Event:
    """Write a shock down.

    Raises:
        EventUnnamed, EventKnown
    """
    actor.require(May.WRITE_EVENTS)
    name = " ".join(shock.name.split())
    if not name:
        raise EventUnnamed
    event = Event(
        name=name,
        kind=shock.kind,
        severity=shock.severity,
        state=shock.state,
        began_at=shock.began_at,
        glide=shock.glide,
    )
    if session.scalar(select(Event.id).where(Event.name == name)):
        raise EventKnown(name=name)
    with audit.act(session, actor, "events.create", event) as figures:
        session.add(event)
        figures.update(name=name, kind=event.kind, severity=event.severity)
    return event


def turn_event(session: Session, event_id: int, state: EventState, *, actor: Actor) -> Event:
    """Bring an event to its next state: alert, active, recovery, closed; or open it again.

    Its releases are asked about no place that is written after it was closed. Opened again, they
    owe an answer about each of those.

    Raises:
        EventUnknown, EventCannotTurn
    """
    actor.require(May.WRITE_EVENTS)
    event = session.get(Event, event_id, with_for_update=True, populate_existing=True)
    if event is None:
        raise EventUnknown(event=event_id)
    if state not in NEXT[event.state]:
        raise EventCannotTurn(state=event.state, wanted=state)
    with audit.act(session, actor, "events.turn", event) as figures:
        figures.update(was=event.state, state=state)
        if state is EventState.CLOSED:
            close_questions(session, event_id)
        elif event.state is EventState.CLOSED:
            figures.update(places=reopen_questions(session, event_id))
        event.state = state
        event.ended_at = func.now() if state is EventState.CLOSED else None
    return event
