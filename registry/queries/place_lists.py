"""Work lists of places: whose place is doubted, vague or missing, in an area or on a map."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, tuple_
from sqlalchemy import Row as Found
from sqlalchemy.orm import Session, aliased

from core.actor import Actor
from core.errors import NotFound
from core.paging import Page, page_of
from geo.models.area_changes import AreaChange, AreaChangeState, PlaceMove
from geo.models.areas import Area
from geo.models.locations import Location
from geo.models.place_checks import Doubt, PlaceCheck
from geo.permissions import May as Geo
from registry.models.registrants import (
    Individual,
    MovedRegistrant,
    Registrant,
    RegistrantKind,
    RegistrantState,
)
from registry.permissions import May
from registry.queries.reach import people_within_reach

AREA_ONLY, NOWHERE, SHARED, DIVIDED = "area_only", "nowhere", "shared", "divided"
IN_FORCE = AreaChange.state == AreaChangeState.ENFORCED
POINT = (Location.lon, Location.lat)
LISTS = (*(doubt.value for doubt in Doubt), SHARED, AREA_ONLY, NOWHERE, DIVIDED)

Box = tuple[float, float, float, float]  # west, south, east, north in degrees


class ListUnknown(NotFound):
    """There is no work list of this name; choose one of those on the page of places."""


@dataclass(frozen=True)
class Listed:
    """Whose places are meant: a work list, in an area (none: everywhere) and a box of the map.

    With `numbers`, only those of it.
    """

    code: str
    area: Area | None = None
    box: Box | None = None
    numbers: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.code not in LISTS:
            raise ListUnknown


def for_themselves(kind: Any = Registrant.kind, key: Any = Registrant.id) -> ColumnElement[bool]:
    """Whether a registrant stands for itself: a group, or a person who counts in none."""
    counted = exists().where(Individual.registrant_id == key, Individual.counted_in.is_not(None))
    return or_(kind == RegistrantKind.GROUP, ~counted)


def listed(asked: Listed, *, actor: Actor) -> Select[int]:
    """The keys of the registrants whose places are meant, within the actor's reach."""
    wanted = (
        select(Registrant.id)
        .outerjoin(Location, Location.id == Registrant.location_id)
        .outerjoin(PlaceCheck, PlaceCheck.location_id == Registrant.location_id)
        .where(Registrant.state == RegistrantState.ACTIVE, for_themselves())
        .where(people_within_reach(actor, Registrant.id, Registrant.area_id), _on(asked.code))
    )
    if asked.area is not None:
        below = select(Area.id).where(Area.path.contains([asked.area.id]))
        wanted = wanted.where(Registrant.area_id.in_(below))
    if asked.box is not None:
        west, south, east, north = asked.box
        wanted = wanted.where(Location.lon.between(west, east), Location.lat.between(south, north))
    if asked.numbers:
        wanted = wanted.where(Registrant.number.in_(asked.numbers))
    return wanted


def _on(code: str) -> ColumnElement[bool]:
    if code == NOWHERE:
        return and_(Registrant.location_id.is_(None), Registrant.area_id.is_(None))
    if code == AREA_ONLY:
        return and_(Location.lon.is_(None), Registrant.area_id.is_not(None))
    if code == DIVIDED:
        return left_over(Location.lon, Registrant.location_id, Registrant.id, Registrant.area_id)
    if code == SHARED:
        return _is_shared()
    return PlaceCheck.codes.contains([code])


def left_over(lon: Any, location_id: Any, key: Any, area_id: Any) -> ColumnElement[bool]:
    """Whether a new map divided the area somebody is known by, and nobody has said since where
    they are: by the point and the key of their place, their own key, and their area."""
    places = select(PlaceMove.location_id).join(AreaChange).where(PlaceMove.to_look_at, IN_FORCE)
    people = (
        select(MovedRegistrant.registrant_id, MovedRegistrant.to_area_id)
        .join(AreaChange)
        .where(MovedRegistrant.to_look_at, IN_FORCE)
    )
    of_people = and_(location_id.is_(None), tuple_(key, area_id).in_(people))
    return or_(and_(lon.is_(None), location_id.in_(places)), of_people)


def _is_shared() -> ColumnElement[bool]:
    """Whether somebody else who stands for themselves stands at exactly the same spot."""
    other, there = aliased(Registrant), aliased(Location)
    return exists().where(
        there.cell == Location.cell,
        there.lon == Location.lon,
        there.lat == Location.lat,
        other.location_id == there.id,
        other.id != Registrant.id,
        other.state == RegistrantState.ACTIVE,
        for_themselves(other.kind, other.id),
    )


def listed_page(
    session: Session, asked: Listed, *, actor: Actor, after: int | None = None
) -> Page[Found[Any]]:
    """Whose places are meant, a page at a time. Columns: id, number, name, kind, area, pcode, lon,
    lat, accuracy_m, source, taken_at, codes, accepted, key. Who may not see exact places is shown
    no points.

    Raises:
        Forbidden
    """
    actor.require(May.READ_REGISTRANTS)
    exact = actor.may(Geo.EXACT_LOCATIONS)
    columns: list[Any] = [
        *(Registrant.id, Registrant.number, Registrant.name, Registrant.kind),
        *(Area.name.label("area"), Area.pcode),
        *(column if exact else func.nullif(0, 0).label(column.key) for column in POINT),
        *(Location.accuracy_m, Location.source, Location.taken_at),
        *(PlaceCheck.codes, PlaceCheck.accepted, Registrant.id.label("key")),
    ]
    rows = (
        select(*columns)
        .outerjoin(Location, Location.id == Registrant.location_id)
        .outerjoin(PlaceCheck, PlaceCheck.location_id == Registrant.location_id)
        .outerjoin(Area, Area.id == Registrant.area_id)
        .where(Registrant.id.in_(listed(asked, actor=actor)))
    )
    return page_of(session, rows, Registrant.id, after=after)


def how_many(session: Session, asked: Listed, *, actor: Actor) -> int:
    """How many registrants are on a work list.

    Raises:
        Forbidden
    """
    actor.require(May.READ_REGISTRANTS)
    keys = listed(asked, actor=actor).subquery()
    return session.scalar(select(func.count()).select_from(keys)) or 0
