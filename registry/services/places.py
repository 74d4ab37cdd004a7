"""Places registrants stand at: written down, given their area, asked about in every hazard map.

All of it is part of an act of somebody else's.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import Forbidden, Invalid
from geo.models.areas import Area
from geo.models.locations import Location, LocationSource
from geo.queries.areas import area_at, area_by_pcode
from geo.queries.reach import within_reach
from geo.services.locations import owe, settle
from registry.permissions import May

WIDEST = 1e6  # metres


class HalfAPoint(Invalid):
    """A point needs both latitude and longitude; write the other one as well, or leave both out."""


class PointBeyondTheGlobe(Invalid):
    """Latitude lies between -90 and 90 and longitude between -180 and 180; look at both again."""


class AccuracyImpossible(Invalid):
    """The accuracy is a number of metres from 0 on; leave it out if it is not known."""


class PlaceBeyondReach(Forbidden):
    """This place lies outside the areas you work in; look at the point, or ask who works there."""


@dataclass(frozen=True)
class Place:
    """Where somebody stands as it was taken down: a point, else the P-code of an area, or nothing.

    Longitude and latitude are degrees (EPSG:4326), the accuracy is a radius in metres.
    """

    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    source: LocationSource = LocationSource.GPS
    taken_at: datetime | None = None
    pcode: str | None = None

    @property
    def said(self) -> bool:
        """Whether anything is known of it."""
        return self.lon is not None or bool(self.pcode)


def refuse_impossible(place: Place) -> None:
    """Refuse what cannot be a place.

    Raises:
        HalfAPoint, PointBeyondTheGlobe, AccuracyImpossible
    """
    if (place.lon is None) != (place.lat is None):
        raise HalfAPoint
    if place.lon is not None and place.lat is not None:
        on_the_globe = -180 <= place.lon <= 180 and -90 <= place.lat <= 90
        if not on_the_globe:
            raise PointBeyondTheGlobe
    if place.accuracy_m is not None and not 0 <= place.accuracy_m < WIDEST:
        raise AccuracyImpossible


def area_of(session: Session, place: Place, *, actor: Actor) -> Area | None:
    """The area of a place, within reach: of its point, else the one it names.

    Raises:
        Forbidden
        PcodeUnknown: no area has the P-code.
        PlaceBeyondReach: the actor does not work there.
    """
    actor.require(May.WRITE_REGISTRANTS)
    area = None
    if place.lon is not None and place.lat is not None:
        area = area_at(session, place.lon, place.lat)
    elif place.pcode:
        area = area_by_pcode(session, place.pcode)
    if place.said and not actor.national:
        seen = select(Area.id).where(Area.id == (area.id if area else None))
        if session.scalar(seen.where(within_reach(actor, Area.id))) is None:
            raise PlaceBeyondReach
    return area


def written_down(session: Session, place: Place, area: Area | None) -> Location | None:
    """A new location for a place in its area; None where nothing is known of it."""
    if not place.said:
        return None
    pointed = place.lon is not None
    location = Location(
        lon=place.lon,
        lat=place.lat,
        accuracy_m=place.accuracy_m if pointed else None,
        source=place.source if pointed else LocationSource.AREA,
        taken_at=place.taken_at,
        area_id=area.id if area else None,
    )
    session.add(location)
    session.flush()
    new = select(Location.id).where(Location.id == location.id)
    settle(session, new)
    owe(session, new)
    return location
