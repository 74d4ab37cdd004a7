"""Who comes into another area by a new map, one by one: for a file, and counted for a page."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from core.actor import Actor
from geo.models.area_changes import AreaChange, AreaChangeState, AreaSuccessor, PlaceMove
from geo.models.areas import Area
from geo.models.locations import Location
from registry.models.registrants import MovedRegistrant, Registrant, RegistrantState
from registry.permissions import May
from registry.queries.place_lists import for_themselves
from registry.queries.reach import people_within_reach

BY_POINT, BY_AREA, WITHOUT_PLACE = "point", "area", "none"


@dataclass(frozen=True)
class Unplaced:
    """How many households, and people on their own, have an area but no place, and go with it to
    another area; and how many of them somebody is to look at."""

    all: int
    to_look_at: int


def unplaced_moves(session: Session, change: AreaChange, *, actor: Actor) -> Unplaced:
    """Those whom no place tells the area of, and who go, or went, elsewhere by a new map.

    Raises:
        Forbidden
    """
    actor.require(May.COUNT_REGISTRANTS)
    going = _unplaced(change).subquery()
    counted = (
        select(func.count(), func.count().filter(going.c.to_look_at))
        .select_from(going)
        .join(Registrant, Registrant.id == going.c.registrant_id)
        .where(Registrant.state == RegistrantState.ACTIVE, for_themselves())
        .where(people_within_reach(actor, Registrant.id, Registrant.area_id))
    )
    return Unplaced(*session.execute(counted).one())


def moved_rows(change: AreaChange, *, actor: Actor) -> Select[Any]:
    """Everybody who comes into another area by a new map: number, code, kind, the old and the new
    area, how they are known there, and whether somebody is to look.

    Raises:
        Forbidden
    """
    actor.require(May.READ_REGISTRANTS)
    going = union_all(_placed(change), _unplaced(change)).subquery("going")
    old, new = aliased(Area), aliased(Area)
    return (
        select(
            Registrant.number,
            Registrant.code,
            Registrant.kind,
            old.pcode.label("old_pcode"),
            old.name.label("old_area"),
            new.pcode.label("new_pcode"),
            new.name.label("new_area"),
            going.c.known_by,
            going.c.to_look_at,
        )
        .join(going, going.c.registrant_id == Registrant.id)
        .outerjoin(old, old.id == going.c.area_id)
        .outerjoin(new, new.id == going.c.to_area_id)
        .where(Registrant.state == RegistrantState.ACTIVE)
        .where(people_within_reach(actor, Registrant.id, Registrant.area_id))
        .order_by(old.pcode, new.pcode, Registrant.number)
    )


def _placed(change: AreaChange) -> Select[Any]:
    """Those who stand at a place that moves."""
    known_by = case((Location.lon.is_not(None), BY_POINT), else_=BY_AREA)
    return (
        select(
            Registrant.id.label("registrant_id"),
            PlaceMove.area_id,
            PlaceMove.to_area_id,
            PlaceMove.to_look_at,
            known_by.label("known_by"),
        )
        .join(Location, Location.id == PlaceMove.location_id)
        .join(Registrant, Registrant.location_id == Location.id)
        .where(PlaceMove.change_id == change.id)
    )


def _unplaced(change: AreaChange) -> Select[Any]:
    """Those whom no place tells the area of: as they went, or as they would go."""
    known_by = literal(WITHOUT_PLACE).label("known_by")
    if change.state is not AreaChangeState.STAGED:
        moved = MovedRegistrant
        columns: list[Any] = [moved.registrant_id, moved.area_id, moved.to_area_id]
        went: Select[Any] = select(*columns, moved.to_look_at, known_by)
        return went.where(moved.change_id == change.id)
    was, now = aliased(Area), aliased(Area)
    to_look_at = ~AreaSuccessor.is_sure
    said: list[Any] = [
        Registrant.id.label("registrant_id"),
        Registrant.area_id,
        AreaSuccessor.to_id.label("to_area_id"),
        to_look_at.label("to_look_at"),
        known_by,
    ]
    going: Select[Any] = select(*said)
    return (
        going.join(AreaSuccessor, AreaSuccessor.from_id == Registrant.area_id)
        .join(was, was.id == AreaSuccessor.from_id)
        .join(now, now.id == AreaSuccessor.to_id)
        .outerjoin(Location, Location.id == Registrant.location_id)
        .where(AreaSuccessor.change_id == change.id, Location.area_id.is_(None))
        .where(or_(to_look_at, now.pcode != was.pcode))
    )
