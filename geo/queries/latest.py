"""The latest published release of each layer of each event, as filters ask for it by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from core.cql import tree
from core.errors import Invalid
from geo.models.events import Event, Layer
from geo.models.releases import Direction, Release, ReleaseState
from geo.queries.clauses import ThresholdBeyondFloor


class NoReleaseOf(Invalid):
    """No release of the layer {layer} of the event {event} is published; there are {known}."""


class NothingPublished(NoReleaseOf):
    """No release of any event is published yet, so no condition can ask of one."""


@dataclass(frozen=True)
class Latest:
    """A release, and the values it was kept for: on the side `direction` of `floor`, in `unit`."""

    release_id: int
    direction: Direction
    floor: float | None
    unit: str


LatestReleases = Mapping[tuple[str, str], Latest]  # by the names of event and layer
Told = Callable[[], LatestReleases]  # asked once a filter speaks of one, and not before
NOT_TOLD: Told = dict
BY_NUMBER = ("hazard", "hazard_status", "plot_share")  # what is asked of a release by its number


def latest_releases(session: Session) -> LatestReleases:
    """The newest version of each layer that is published, the newest event first."""
    newest = (
        select(Release.id, Release.direction, Release.floor, Release.event_id, Release.layer_id)
        .where(Release.state == ReleaseState.PUBLISHED, Release.layer_id.is_not(None))
        .order_by(Release.layer_id, Release.number.desc().nulls_last(), Release.id.desc())
        .ext(distinct_on(Release.layer_id))
        .subquery()
    )
    rows = session.execute(
        select(Event.name, Layer.name, newest.c.id, newest.c.direction, newest.c.floor, Layer.unit)
        .select_from(newest)
        .join(Event, Event.id == newest.c.event_id)
        .join(Layer, Layer.id == newest.c.layer_id)
        .order_by(Event.began_at.desc(), Event.id.desc(), Layer.id)
    )
    return {(event, layer): Latest(*rest) for event, layer, *rest in rows}


def latest_of(event: str, layer: str, threshold: float | None, told: Told) -> Latest:
    """The latest release of a layer of an event, if it can be asked at a threshold.

    Raises:
        NoReleaseOf, NothingPublished, ThresholdBeyondFloor
    """
    known = told()
    found = known.get((event, layer))
    if found is None:
        if not known:
            raise NothingPublished
        listed = "; ".join(f"'{each}', '{of}'" for each, of in known)
        raise NoReleaseOf(event=event, layer=layer, known=listed)
    if threshold is not None and found.floor is not None:
        at_least = found.direction is Direction.AT_LEAST
        short = found.floor - threshold if at_least else threshold - found.floor
        if short > 0:
            asked: dict[str, Any] = {"floor": found.floor, "threshold": threshold}
            raise ThresholdBeyondFloor(unit=found.unit, **asked)
    return found


def releases_asked(written: str) -> tuple[set[int], set[tuple[str, str]]]:
    """The releases a filter asks: by their numbers, and by the names of event and layer."""
    numbers: set[int] = set()
    layers: set[tuple[str, str]] = set()
    parts: list[Any] = [tree(written)] if written.strip() else []
    while parts:
        match parts.pop():
            case {"op": "exposed", "args": [str(event), str(layer), *_rest]}:
                layers.add((event, layer))
            case {"op": str(word), "args": [int() | float() as number, *_rest]} if (
                word in BY_NUMBER
            ):
                numbers.add(int(number))
            case {"op": "distance_to", "args": ["release", int() | float() as number]}:
                numbers.add(int(number))
            case {"args": list(inner)} | list(inner):
                parts.extend(inner)
    return numbers, layers
