"""Shocks: what happened, how bad it is, and the layers that describe it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Row, states


class EventState(StrEnum):
    """Where a shock is in its course."""

    ALERT = "alert"
    ACTIVE = "active"
    RECOVERY = "recovery"
    CLOSED = "closed"


class EventKind(StrEnum):
    """What kind of shock it is."""

    FLOOD = "flood"
    STORM = "storm"
    EARTHQUAKE = "earthquake"
    DROUGHT = "drought"
    OTHER = "other"


class Severity(StrEnum):
    """How bad it is, in the words of the Common Alerting Protocol."""

    EXTREME = "extreme"
    SEVERE = "severe"
    MODERATE = "moderate"
    MINOR = "minor"
    UNKNOWN = "unknown"


class Event(Row):
    """One shock, such as Typhoon Vamco 2020."""

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("name", info={"refusal": "An event of this name is already there."}),
    )

    name: Mapped[str]
    kind: Mapped[EventKind] = mapped_column(states(EventKind))
    glide: Mapped[str | None]
    severity: Mapped[Severity] = mapped_column(states(Severity), default=Severity.UNKNOWN)
    state: Mapped[EventState] = mapped_column(states(EventState), default=EventState.ALERT)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class LayerKind(StrEnum):
    """Whether a layer holds values on a grid or the outline of what was hit."""

    RASTER = "raster"
    EXTENT = "extent"


class Layer(Row):
    """One hazard product of an event: what is measured in which unit; its versions are releases."""

    __tablename__ = "layers"
    __table_args__ = (
        UniqueConstraint(
            "event_id", "name", info={"refusal": "The event has a layer of this name."}
        ),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    name: Mapped[str]
    kind: Mapped[LayerKind] = mapped_column(states(LayerKind))
    measure: Mapped[str]
    unit: Mapped[str]
