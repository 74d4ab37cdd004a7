"""Doubted places, corrected together: turned round, left to their area, moved to one point, or
taken as right. What would become of them is told before, by the same statements."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
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
from geo.models.place_checks import CorrectionKind, PlaceCheck, PlaceCorrection
from geo.queries.areas import in_force
from geo.queries.reach import within_reach
from geo.services.locations import owe, settle
from geo.services.place_checks import check_places
from registry.models.registrants import Membership, Registrant, RegistrantState
from registry.permissions import May
from registry.queries.place_lists import Listed, listed
from registry.queries.places import stood_at
from registry.services.places import (
    Place,
    PlaceBeyondReach,
    PlaceMissing,
    area_of,
    refuse_impossible,
    stand_elsewhere,
)


class NothingToCorrect(Invalid):
    """None of these places can be corrected this way; choose others, or another way."""


class ListChanged(Conflict):
    """The list has changed: {now} places instead of {then}; look at the figures again."""


@dataclass(frozen=True)
class Correction:
    """What is done about places; where they are moved, to which point."""

    kind: CorrectionKind
    place: Place = Place()  # noqa: RUF009 - it is frozen


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
    concerned = _concerned(asked, correction.kind, actor)
    spots = concerned.subquery()
    places = select(func.count()).select_from(spots)
    stand = select(func.count()).where(
        Registrant.location_id.in_(select(spots.c.id)), Registrant.state == RegistrantState.ACTIVE
    )
    figures = [meant, places, stand, _in_an_area(concerned, correction)]
    if correction.kind is CorrectionKind.MOVE:
        nowhere = _unplaced(asked, actor).subquery()
        figures.append(select(func.count()).select_from(nowhere))
    row = session.execute(select(*(each.scalar_subquery() for each in figures))).one()
    more = row[4] if len(row) > 4 else 0
    inside = row[1] + more if correction.kind is CorrectionKind.MOVE else row[3]
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
    return None


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
        CorrectionKind.ACCEPT: and_(
            PlaceCheck.location_id == Location.id, PlaceCheck.codes != literal([], _TEXTS)
        ),
    }
    if kind is CorrectionKind.ACCEPT:
        places = places.join(PlaceCheck, PlaceCheck.location_id == Location.id)
    return places.where(stands, can[kind]).distinct()


_TEXTS: Any = PlaceCheck.codes.type


def _unplaced(asked: Listed, actor: Actor) -> Select[int]:
    """Those of a list who stand nowhere at all."""
    return select(Registrant.id).where(
        Registrant.id.in_(listed(asked, actor=actor)), Registrant.location_id.is_(None)
    )


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
        session.execute(NEW_PLACES[correction.kind], _said(correction.place))
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
    if kind is CorrectionKind.MOVE:
        unplaced = _unplaced(asked, actor)
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


def _said(place: Place) -> dict[str, Any]:
    source = place.source if place.lon is not None else LocationSource.AREA
    return {
        "lon": place.lon,
        "lat": place.lat,
        "accuracy": place.accuracy_m,
        "source": source.value,
        "pcode": place.pcode,
    }


TOUCHED = text("correcting cross join unnest(array[id, old_id]) as place")

PAIRS = text("""
    create temp table correcting (
        id bigint default nextval(pg_get_serial_sequence('locations', 'id')),
        old_id bigint, registrant_id bigint
    ) on commit drop
""")

NEW_PLACES = {
    CorrectionKind.TURN: text("""
        insert into locations (id, lon, lat, accuracy_m, source, taken_at, stated_area_id)
        select c.id, l.lat, l.lon, l.accuracy_m, l.source, l.taken_at, l.stated_area_id
        from correcting c join locations l on l.id = c.old_id
    """),
    CorrectionKind.AREA_ONLY: text("""
        insert into locations (id, source, taken_at, area_id)
        select c.id, 'area', l.taken_at, coalesce(l.stated_area_id, l.area_id, (
            select min(r.area_id) from registrants r where r.location_id = l.id))
        from correcting c join locations l on l.id = c.old_id
    """),
    CorrectionKind.MOVE: text("""
        insert into locations (id, lon, lat, accuracy_m, source, taken_at, area_id)
        select c.id, :lon, :lat, :accuracy, :source, now(), (
            select a.id from areas a
            where a.pcode = :pcode and a.valid_to is null and cast(:lon as float8) is null)
        from correcting c
    """),
}
