"""Where registrants stand and stood, and how well that is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.areas import Area
from geo.models.locations import Location
from geo.models.place_checks import PlaceCheck
from registry.models.registrants import FormerPlace, Registrant, RegistrantState
from registry.permissions import May


@dataclass(frozen=True)
class Stay:
    """A time a registrant stood at a place; the place is None where the asker may not see it.

    `since` is None where nobody knows since when: it is the first place known of.
    """

    place: Location | None
    area: str | None
    since: datetime | None
    until: datetime | None


def stood_at() -> Select[int]:
    """The keys of the places that active registrants stand at."""
    stands: Select[Any] = select(Registrant.location_id).where(Registrant.location_id.is_not(None))
    return stands.where(Registrant.state == RegistrantState.ACTIVE)


def doubts_of(session: Session, registrant: Registrant) -> Sequence[str]:
    """The open doubts about the place a registrant stands at, by their codes."""
    of = select(PlaceCheck.codes).where(PlaceCheck.location_id == registrant.location_id)
    return session.scalar(of) or ()


def stays(session: Session, registrant: Registrant, *, actor: Actor) -> Sequence[Stay]:
    """Every place a registrant stood at, the one of today first.

    Raises:
        Forbidden
    """
    actor.require(May.READ_REGISTRANTS)
    former = (
        select(FormerPlace.left_at, Location, Area.name)
        .outerjoin(Location, Location.id == FormerPlace.location_id)
        .outerjoin(Area, Area.id == Location.area_id)
        .where(FormerPlace.registrant_id == registrant.id)
        .order_by(FormerPlace.left_at, FormerPlace.location_id)
    )
    told: list[Stay] = []
    since = None
    for until, place, area in session.execute(former):
        told.append(Stay(place, area, since, until))
        since = until
    now = (
        select(Location, Area.name)
        .outerjoin(Area, Area.id == Location.area_id)
        .where(Location.id == registrant.location_id)
    )
    found = session.execute(now).one_or_none()
    if found is not None:
        told.append(Stay(found[0], found[1], since, None))
    return told[::-1]
