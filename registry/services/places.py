"""Places registrants stand at: written down, given their area, asked about in every hazard map.

Moving is an act of its own (`move_to`); all else is part of an act of somebody else's.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Select, exists, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.country import country
from core.db import changed
from core.errors import Forbidden, Invalid
from geo.models.areas import Area
from geo.models.locations import Location, LocationSource
from geo.queries.areas import area_at, area_by_pcode
from geo.queries.reach import within_reach
from geo.services.locations import owe, settle
from geo.services.place_checks import check_places
from registry.models.registrants import (
    FormerPlace,
    Membership,
    Registrant,
    RegistrantKind,
    RegistrantState,
)
from registry.permissions import May
from registry.queries.places import stood_at
from registry.queries.registrants import registrant_by_number
from registry.services.records import NotActive

WIDEST = 1e6  # metres


class HalfAPoint(Invalid):
    """A point needs both latitude and longitude; write the other one as well, or leave both out."""


class PointBeyondTheGlobe(Invalid):
    """Latitude lies between -90 and 90 and longitude between -180 and 180; look at both again."""


class AccuracyImpossible(Invalid):
    """The accuracy is a number of metres from 0 on; leave it out if it is not known."""


class PlaceBeyondReach(Forbidden):
    """This place lies outside the areas you work in; look at the point, or ask who works there."""


class PlaceMissing(Invalid):
    """Say where it stands now: set a point, or write the P-code of its area."""


@dataclass(frozen=True)
class Place:
    """Where somebody stands as it was taken down: a point, else the P-code of an area, or nothing.

    Where both are said, the point holds, and the area is what was stated beside it. Longitude and
    latitude are degrees (EPSG:4326), the accuracy is a radius in metres.
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


def coarse_from() -> float:
    """Metres of accuracy beyond which a position of a phone is too coarse to be taken unasked."""
    return country().coarse_m


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
        stated_area_id=_stated(session, place),
    )
    session.add(location)
    session.flush()
    new = select(Location.id).where(Location.id == location.id)
    settle(session, new)
    owe(session, new)
    return location


def _stated(session: Session, place: Place) -> int | None:
    """The area that was named beside a point."""
    both = place.lon is not None and place.pcode
    return area_by_pcode(session, str(place.pcode)).id if both else None


def move_to(session: Session, number: str, place: Place, *, actor: Actor) -> int:
    """Move a household, or a person, to another place; answers how many people went there.

    Raises:
        Forbidden, NumberMistyped, RegistrantUnknown, NotActive; as `move`.
    """
    actor.require(May.WRITE_PLACES)
    found = registrant_by_number(session, number, actor=actor)
    session.refresh(found, with_for_update=True)
    if found.state is not RegistrantState.ACTIVE:
        raise NotActive(number=found.number)
    with audit.act(session, actor, "places.move", found) as figures:
        moved = move(session, found, place, actor=actor)
        figures.update(number=found.number, people=moved)
    return moved


def move(session: Session, registrant: Registrant, place: Place, *, actor: Actor) -> int:
    """Let a registrant stand at another place, as part of an act, with its members who stood there.

    The place before is kept, every hazard map is asked about the new one, and both are looked over.
    Answers how many people moved: the person, or those of the group.

    Raises:
        Forbidden, HalfAPoint, PointBeyondTheGlobe, AccuracyImpossible, PcodeUnknown
        PlaceMissing: nothing is said of the new place.
        PlaceBeyondReach: the actor does not work there.
    """
    actor.require(May.WRITE_REGISTRANTS)
    refuse_impossible(place)
    stands = written_down(session, place, area_of(session, place, actor=actor))
    if stands is None:
        raise PlaceMissing
    seen = {stands.id, registrant.location_id or stands.id}
    who = list(session.scalars(_together(registrant)))
    going = select(Registrant.id, literal(stands.id, BigInteger)).where(Registrant.id.in_(who))
    stand_elsewhere(session, going)
    session.refresh(registrant)
    check_places(session, select(Location.id).where(Location.id.in_(seen)), stood_at())
    return len(who) - (registrant.kind is RegistrantKind.GROUP)


def stand_elsewhere(session: Session, going: Select[int, int]) -> None:
    """Let registrants stand at other places, in a fixed few statements; the places before are kept.

    `going` selects keys: of registrants, and of the places they go to. Where a place lies in no
    area, its people stay in the one that was stated, else in the one they came from.
    """
    session.flush()
    pairs = going.subquery("going")
    registrant_id, place_id = pairs.c
    leave_places(session, select(registrant_id))
    stands_in = func.coalesce(Location.area_id, Location.stated_area_id, Registrant.area_id)
    moved = update(Registrant).where(Registrant.id == registrant_id, Location.id == place_id)
    changed(session, moved.values(location_id=Location.id, area_id=stands_in))


def leave_places(session: Session, whose: Select[int]) -> None:
    """Keep where registrants stand as a place they stood at, in one statement."""
    left = select(Registrant.id, Registrant.location_id, Registrant.area_id, func.now())
    kept = insert(FormerPlace).from_select(
        ["registrant_id", "location_id", "area_id", "left_at"],
        left.where(Registrant.id.in_(whose), Registrant.location_id.is_not(None)),
    )
    key = [FormerPlace.registrant_id, FormerPlace.location_id]
    again = {"left_at": kept.excluded.left_at}
    session.execute(kept.on_conflict_do_update(index_elements=key, set_=again))


def _together(registrant: Registrant) -> Select[int]:
    """A registrant and those of its members of today who stand where it stands."""
    belongs = exists().where(
        Membership.group_id == registrant.id,
        Membership.member_id == Registrant.id,
        Membership.ended_on.is_(None),
    )
    beside = Registrant.location_id.is_not_distinct_from(registrant.location_id)
    return select(Registrant.id).where(or_(Registrant.id == registrant.id, belongs & beside))
