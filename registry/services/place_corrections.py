"""Doubted places, corrected together: turned round, left to their area, moved to one point, by one
way, each to a point of its own, or to their settlement, or taken as right. What would become of
them is told before, by the same statements; `registry.services.place_undoing` takes it back."""

import math
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    column,
    func,
    insert,
    literal,
    or_,
    select,
    table,
    text,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.db import changed
from core.errors import Conflict, Invalid
from geo.models.areas import Area, AreaPart
from geo.models.locations import Location, LocationSource
from geo.models.place_checks import CorrectedPlace, CorrectionKind, PlaceCheck, PlaceCorrection
from geo.queries.areas import in_force
from geo.queries.reach import within_reach
from geo.services.locations import owe, settle
from geo.services.place_checks import check_places
from registry.models.registrants import Membership, Registrant, RegistrantState
from registry.permissions import May
from registry.queries.place_lists import Listed, listed
from registry.queries.places import stood_at
from registry.services.place_spots import Points, find_settlements, set_spots, spots
from registry.services.place_ways import KEEP, NEW_PLACES, PAIRS, TOUCHED
from registry.services.places import (
    Place,
    PlaceBeyondReach,
    PlaceMissing,
    area_of,
    refuse_impossible,
    stand_elsewhere,
)

PLACES_ANYBODY = {CorrectionKind.MOVE, CorrectionKind.EACH, CorrectionKind.SNAP}
FARTHEST = 1e6  # metres
KEPT = ["correction_id", "location_id", "before_id", "area_id"]


class NothingToCorrect(Invalid):
    """None of these places can be corrected this way; choose others, or another way."""


class ListChanged(Conflict):
    """The list has changed: {now} places instead of {then}; look at the figures again."""


class WayTooLong(Invalid):
    """Say how many metres east and north they all move, not more than a thousand kilometres."""


class PointsMissing(Invalid):
    """Set a point for at least one of them: drag it on the map, or write its number and point."""


@dataclass(frozen=True)
class Correction:
    """What is done about places: where they are moved, to which point; where they are shifted, how
    many metres east and north; where each has a point of its own, these by number."""

    kind: CorrectionKind
    place: Place = Place()  # noqa: RUF009 - it is frozen
    east_m: float = 0.0
    north_m: float = 0.0
    points: Points = field(default_factory=dict)


@dataclass(frozen=True)
class Foreseen:
    """What a correction would do: places changed, and who stands at them; those it leaves as they
    are; and of the changed ones how many would lie in an area."""

    places: int
    registrants: int
    left: int
    in_an_area: int


def foresee(session: Session, asked: Listed, correction: Correction, *, actor: Actor) -> Foreseen:
    """What a correction would do, before anything is written.

    Raises:
        as `correct_places`
    """
    actor.require(May.READ_REGISTRANTS)
    _refuse_impossible(session, correction, actor)
    keys = listed(asked, actor=actor).subquery()
    meant = select(func.count()).select_from(keys)
    _find_spots(session, asked, correction, actor)
    concerned = _concerned(asked, correction.kind, actor)
    stood = concerned.subquery()
    places = select(func.count()).select_from(stood)
    stand = select(func.count()).where(
        Registrant.location_id.in_(select(stood.c.id)), Registrant.state == RegistrantState.ACTIVE
    )
    figures = [meant, places, stand, _in_an_area(concerned, correction)]
    if correction.kind in PLACES_ANYBODY:
        nowhere = _unplaced(asked, correction.kind, actor).subquery()
        figures.append(select(func.count()).select_from(nowhere))
    row = session.execute(select(*(each.scalar_subquery() for each in figures))).one()
    more = row[4] if len(row) > 4 else 0
    inside = row[3] if correction.kind is CorrectionKind.TURN else row[1] + more
    return Foreseen(row[1] + more, row[2] + more, max(row[0] - row[1] - more, 0), inside)


def correct_places(
    session: Session,
    asked: Listed,
    correction: Correction,
    expected: int | None = None,
    *,
    actor: Actor,
) -> PlaceCorrection:
    """Correct the places of a work list together; the places before are kept.

    Whoever stands at a corrected place moves with it. `expected` is the number of places that was
    told before.

    Raises:
        Forbidden, HalfAPoint, PointBeyondTheGlobe, AccuracyImpossible
        PlaceMissing: nothing is said of where they are moved to.
        PlaceBeyondReach: places would lie where the actor does not work.
        NothingToCorrect, ListChanged
    """
    actor.require(May.READ_REGISTRANTS)
    foreseen = foresee(session, asked, correction, actor=actor)
    if not foreseen.places:
        raise NothingToCorrect
    if expected is not None and expected != foreseen.places:
        raise ListChanged(now=foreseen.places, then=expected)
    done = PlaceCorrection(
        kind=correction.kind,
        listed=asked.code,
        area_id=asked.area.id if asked.area else None,
        places=foreseen.places,
        made_by=actor.id,
    )
    session.add(done)
    session.flush()
    if correction.kind is CorrectionKind.ACCEPT:
        _accept(session, asked, done, actor)
    else:
        _correct(session, asked, correction, done, foreseen.registrants, actor)
    return done


def _refuse_impossible(session: Session, correction: Correction, actor: Actor) -> None:
    if correction.kind is CorrectionKind.ACCEPT:
        return actor.require(May.ACCEPT_PLACES)
    actor.require(May.WRITE_PLACES)
    if correction.kind is CorrectionKind.MOVE:
        refuse_impossible(correction.place)
        if not correction.place.said:
            raise PlaceMissing
        area_of(session, correction.place, actor=actor)
    way = math.hypot(correction.east_m, correction.north_m)
    if correction.kind is CorrectionKind.SHIFT and not 0 < way <= FARTHEST:
        raise WayTooLong
    if correction.kind is CorrectionKind.EACH:
        if not correction.points:
            raise PointsMissing
        for lon, lat in correction.points.values():
            refuse_impossible(Place(lon=lon, lat=lat))
    return None


def _find_spots(session: Session, asked: Listed, correction: Correction, actor: Actor) -> None:
    """Note where each goes, if each goes to a spot of its own."""
    if correction.kind is CorrectionKind.EACH:
        set_spots(session, listed(asked, actor=actor), correction.points)
    elif correction.kind is CorrectionKind.SNAP:
        find_settlements(session, listed(asked, actor=actor))


def _concerned(asked: Listed, kind: CorrectionKind, actor: Actor) -> Select[int]:
    """The places of a list that a correction can change."""
    stands = Registrant.id.in_(listed(asked, actor=actor))
    places = select(Location.id).join(Registrant, Registrant.location_id == Location.id)
    known = or_(Location.area_id.is_not(None), Location.stated_area_id.is_not(None))
    can: dict[CorrectionKind, ColumnElement[bool]] = {
        CorrectionKind.TURN: Location.lon.between(-90, 90),
        CorrectionKind.AREA_ONLY: Location.lon.is_not(None)
        & or_(known, Registrant.area_id.is_not(None)),
        CorrectionKind.MOVE: literal(True),
        CorrectionKind.SHIFT: Location.lon.is_not(None),
        CorrectionKind.EACH: _has_a_spot(),
        CorrectionKind.SNAP: _has_a_spot(),
        CorrectionKind.ACCEPT: and_(
            PlaceCheck.location_id == Location.id, PlaceCheck.codes != literal([], _TEXTS)
        ),
    }
    if kind is CorrectionKind.ACCEPT:
        places = places.join(PlaceCheck, PlaceCheck.location_id == Location.id)
    return places.where(stands, can[kind]).distinct()


_TEXTS: Any = PlaceCheck.codes.type


def _has_a_spot() -> ColumnElement[bool]:
    return Location.id.in_(select(spots().c.place_id))


def _unplaced(asked: Listed, kind: CorrectionKind, actor: Actor) -> Select[int]:
    """Those of a list who stand nowhere at all, and can be given a place."""
    nowhere = select(Registrant.id).where(
        Registrant.id.in_(listed(asked, actor=actor)), Registrant.location_id.is_(None)
    )
    if kind is CorrectionKind.MOVE:
        return nowhere
    return nowhere.where(Registrant.id.in_(select(spots().c.registrant_id)))


def _in_an_area(concerned: Select[int], correction: Correction) -> Select[int]:
    """How many places would lie in an area of the map, were they turned round."""
    turned = func.ST_SetSRID(func.ST_MakePoint(Location.lat, Location.lon), 4326)
    covered = (
        select(AreaPart.id)
        .join(Area, Area.id == AreaPart.area_id)
        .where(in_force(), func.ST_Intersects(AreaPart.part, turned))
        .correlate(Location)
    )
    counted = select(func.count()).where(Location.id.in_(concerned))
    return counted.where(covered.exists()) if correction.kind is CorrectionKind.TURN else counted


def _accept(session: Session, asked: Listed, done: PlaceCorrection, actor: Actor) -> None:
    """Take the doubts of places on oneself: they do not come back."""
    with audit.act(session, actor, "places.accept", done) as figures:
        open_ones = _concerned(asked, CorrectionKind.ACCEPT, actor)
        taken = select(literal(done.id, BigInteger), Location.id, Location.id, Location.area_id)
        keep = insert(CorrectedPlace).from_select(KEPT, taken.where(Location.id.in_(open_ones)))
        session.execute(keep)
        accept = update(PlaceCheck).where(PlaceCheck.location_id.in_(open_ones))
        done.places = changed(
            session,
            accept.values(
                accepted=func.array_cat(PlaceCheck.accepted, PlaceCheck.codes),
                codes=[],
                accepted_by=actor.id,
                accepted_at=func.now(),
            ),
        )
        figures.update(listed=done.listed, corrected=done.places)


def _correct(
    session: Session,
    asked: Listed,
    correction: Correction,
    done: PlaceCorrection,
    registrants: int,
    actor: Actor,
) -> None:
    with audit.act(session, actor, "places.correct", done) as figures:
        _pair(session, asked, correction.kind, actor)
        session.execute(NEW_PLACES[correction.kind], _said(correction))
        session.execute(KEEP, {"correction": done.id})
        new = select(column("id", Location.id.type)).select_from(table("correcting"))
        settle(session, new)
        _refuse_beyond_reach(session, new, actor)
        stand_elsewhere(session, _going())
        owe(session, new)
        touched = select(column("place", Location.id.type)).select_from(TOUCHED)
        check_places(session, touched, stood_at())
        session.execute(text("drop table correcting"))
        figures.update(
            correction=correction.kind.value,
            listed=done.listed,
            corrected=done.places,
            registrants=registrants,
        )
    session.expire_all()


def _pair(session: Session, asked: Listed, kind: CorrectionKind, actor: Actor) -> None:
    """Note in `correcting` each place with the key of the one that takes its turn; who stands
    nowhere is noted by name."""
    session.execute(text("drop table if exists correcting"))
    session.execute(PAIRS)
    into = table("correcting", column("old_id"), column("registrant_id"))
    concerned = _concerned(asked, kind, actor)
    session.execute(insert(into).from_select(["old_id"], concerned))
    if kind in PLACES_ANYBODY:
        unplaced = _unplaced(asked, kind, actor)
        session.execute(insert(into).from_select(["registrant_id"], unplaced))
    session.execute(text("analyze correcting"))


def _going() -> Select[int, int]:
    """Who goes to which new place: all who stand at the old one; of those nowhere, the members of
    theirs who are nowhere either."""
    bigint: Any = Location.id.type
    pair = table("correcting", column("id", bigint), column("old_id", bigint))
    named = table("correcting", column("id", bigint), column("registrant_id", bigint))
    stand = (
        select(Registrant.id, pair.c.id)
        .join(pair, pair.c.old_id == Registrant.location_id)
        .where(Registrant.state == RegistrantState.ACTIVE)
    )
    alone = select(named.c.registrant_id, named.c.id).where(named.c.registrant_id.is_not(None))
    members = (
        select(Registrant.id, named.c.id)
        .join(Membership, Membership.member_id == Registrant.id)
        .join(named, named.c.registrant_id == Membership.group_id)
        .where(Membership.ended_on.is_(None), Registrant.location_id.is_(None))
    )
    everybody = union_all(stand, alone, members).subquery()
    return select(everybody.c[0], func.min(everybody.c[1])).group_by(everybody.c[0])


def _refuse_beyond_reach(session: Session, new: Select[int], actor: Actor) -> None:
    """Nobody moves people to where they do not work themselves."""
    if actor.national:
        return
    seen = select(func.count()).where(Location.id.in_(new), within_reach(actor, Location.area_id))
    made = select(func.count()).select_from(new.subquery())
    if session.scalar(seen) != session.scalar(made):
        raise PlaceBeyondReach


def _said(correction: Correction) -> dict[str, Any]:
    place = correction.place
    source = place.source if place.lon is not None else LocationSource.AREA
    known = {
        CorrectionKind.EACH: LocationSource.BUILDING,
        CorrectionKind.SNAP: LocationSource.SETTLEMENT,
    }
    return {
        "lon": place.lon,
        "lat": place.lat,
        "accuracy": place.accuracy_m,
        "source": known.get(correction.kind, source).value,
        "pcode": place.pcode,
        "way": math.hypot(correction.east_m, correction.north_m),
        "azimuth": math.atan2(correction.east_m, correction.north_m),
    }
