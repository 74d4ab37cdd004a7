"""What a situation map tells of a kept list within reach, and the maps that were made of it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal_column, select
from sqlalchemy.orm import Session, aliased

from core.actor import Actor
from core.audit import AuditEntry
from core.errors import NotFound
from geo.models.areas import Area
from geo.models.locations import Location
from geo.permissions import May as Geo
from geo.queries.reach import areas_under
from geo.vector.mercator import Box
from registry.counting.answers import Answers
from registry.counting.cells import Cell, Counted, told
from registry.models.rosters import Answer, Roster, RosterMember
from registry.models.situation_maps import Audience, SituationMap
from registry.permissions import May
from registry.queries.reach import people_within_reach

MADE = "situation_maps.make"
CELLS = 44  # across the map
SHAPE = 1.3  # of its frame, width by height
SMALLEST = 0.0025  # degrees, some 250 m: finer cells would point at houses
MARGIN = 0.03  # of the map, round its households
LEAST_SPAN = 0.02  # degrees, some 2 km: a map of one village shows where it lies


@dataclass(frozen=True)
class Made:
    """A situation map, who made it, and when."""

    map: SituationMap
    by: str
    at: datetime


@dataclass(frozen=True)
class Counts:
    """The households of a list in one area of a level, or in none of them."""

    name: str | None
    answers: Answers


def maps_made(session: Session, roster: Roster, *, actor: Actor) -> list[Made]:
    """The situation maps of a list that show no more than the actor may see, newest first.

    Raises:
        Forbidden
    """
    actor.require(May.READ_ROSTERS)
    of_it = _made(actor).where(SituationMap.roster_id == roster.id)
    newest_first = of_it.order_by(SituationMap.id.desc())
    return [Made(*row) for row in session.execute(newest_first)]


def map_made(session: Session, map_id: int, *, actor: Actor) -> SituationMap:
    """One situation map.

    Raises:
        Forbidden
        NotFound: there is none, or it shows more than the actor may see.
    """
    actor.require(May.READ_ROSTERS)
    found = session.execute(_made(actor).where(SituationMap.id == map_id)).first()
    if found is None:
        raise NotFound(situation_map=map_id)
    return Made(*found).map


def box_of(session: Session, roster: Roster, *, actor: Actor) -> Box | None:
    """The box of the households of a list, with a margin; None where none has a point.

    Raises:
        Forbidden
    """
    actor.require(May.READ_ROSTERS)
    lon, lat = Location.lon, Location.lat
    corners = (func.min(lon), func.min(lat), func.max(lon), func.max(lat))
    west, south, east, north = session.execute(_members(roster, actor, *corners)).one()
    if west is None:
        return None
    margin = max(MARGIN * max(east - west, north - south), LEAST_SPAN / 2)
    return west - margin, south - margin, east + margin, north + margin


def cells_of(session: Session, roster: Roster, box: Box, *, actor: Actor) -> tuple[list[Cell], int]:
    """Where the households of a list stand, added up, and how many stand too far from others.

    Raises:
        Forbidden
    """
    actor.require(May.READ_ROSTERS)
    west, south, east, north = box
    side = max(max(east - west, SHAPE * (north - south)) / CELLS, SMALLEST)
    size: ColumnElement[float] = literal_column(repr(side))
    place = func.floor(Location.lon / size), func.floor(Location.lat / size)
    stand = func.avg(Location.lon), func.avg(Location.lat)
    counts = func.count(), _count(Answer.IN), _count(Answer.NOT_OBSERVED)
    added = _members(roster, actor, *place, *stand, *counts)
    added = added.where(Location.lon.is_not(None)).group_by(*place)
    return told(
        Counted(int(column), int(row), Cell(*cell)) for column, row, *cell in session.execute(added)
    )


def by_area(
    session: Session, roster: Roster, level: int, *, actor: Actor
) -> dict[int | None, Counts]:
    """The households of a list by the areas of a level, where most are in first.

    Raises:
        Forbidden
    """
    actor.require(May.READ_ROSTERS)
    own, above = aliased(Area, name="own"), aliased(Area, name="above")
    expected = func.sum(RosterMember.share).filter(RosterMember.status == Answer.PROBABLE)
    counted = (
        _members(roster, actor, above.id, above.name, RosterMember.status, func.count(), expected)
        .outerjoin(own, own.id == RosterMember.area_id)
        .outerjoin(above, above.id == own.path[level + 1])
        .group_by(above.id, above.name, RosterMember.status)
    )
    counts: dict[int | None, dict[str, int]] = defaultdict(dict)
    names: dict[int | None, str | None] = {}
    shares: dict[int | None, float] = defaultdict(float)
    for area_id, name, status, households, share in session.execute(counted):
        counts[area_id][status], names[area_id] = households, name
        shares[area_id] += share or 0.0
    rows = {
        a: Counts(names[a], Answers.of(c, sum(c.values()), shares[a])) for a, c in counts.items()
    }
    return dict(
        sorted(rows.items(), key=lambda row: (-(row[1].answers.in_ or 0), row[1].name or "~"))
    )


def _made(actor: Actor) -> Select[SituationMap, str, datetime]:
    """Situation maps that show no more than the actor may see: map, who made it, when."""
    act = and_(
        AuditEntry.subject == SituationMap.__tablename__,
        AuditEntry.subject_id == SituationMap.id,
        AuditEntry.action == MADE,
    )
    made = select(SituationMap, AuditEntry.actor_name, AuditEntry.at).join(AuditEntry, act)
    if not actor.may(Geo.EXACT_LOCATIONS):
        made = made.where(SituationMap.audience == Audience.PUBLIC)
    if actor.sees_all:
        return made
    if actor.people is not None:
        return made.where(false())
    reach = func.array(areas_under(actor.area_ids).scalar_subquery())
    return made.where(SituationMap.areas.op("<@")(reach))


def _members(roster: Roster, actor: Actor, *columns: Any) -> Select[Any]:
    """Columns of the members of a list within reach, and of the places they stood at."""
    return (
        select(*columns)
        .select_from(RosterMember)
        .outerjoin(Location, Location.id == RosterMember.location_id)
        .where(RosterMember.roster_id == roster.id, _reached(actor))
    )


def _reached(actor: Actor) -> ColumnElement[bool]:
    return people_within_reach(actor, RosterMember.registrant_id, RosterMember.area_id)


def _count(answer: Answer) -> ColumnElement[int]:
    return func.count().filter(RosterMember.status == answer)
