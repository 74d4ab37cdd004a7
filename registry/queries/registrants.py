"""Asking for registrants: finding them by whatever somebody knows, and all that is known of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row as Found
from sqlalchemy import (
    Select,
    Subquery,
    and_,
    case,
    func,
    select,
)
from sqlalchemy.orm import Session, aliased

from core.actor import Actor
from core.clock import day_of, today
from core.codes import understood
from core.errors import NotFound
from core.paging import Page, page_of
from geo.models.areas import Area
from geo.models.events import Event, EventState
from geo.models.exposure import Exposure, ExposureDue
from geo.models.locations import Location
from geo.models.releases import Release
from geo.queries.clauses import ASKABLE
from geo.queries.exposure import share_at, status_at, why_at
from registry.models.contacts import Contact
from registry.models.registrants import (
    Group,
    Identifier,
    Individual,
    Membership,
    Registrant,
    RegistrantKind,
    RegistrantState,
)
from registry.permissions import May
from registry.queries import searching
from registry.queries.contacts import contacts_of
from registry.queries.merging import merged_here, stands_for
from registry.queries.people import age_on
from registry.queries.reach import people_within_reach


class RegistrantUnknown(NotFound):
    """No household or person you may see has the number {number}; look for a misread letter."""


@dataclass(frozen=True)
class Registered:
    """All that is known of one registrant, for its page."""

    registrant: Registrant
    group: Group | None
    individual: Individual | None
    age: int | None
    members: Sequence[Found[Any]]
    belongs_to: Sequence[Found[Any]]
    identifiers: Sequence[Identifier]
    contacts: Sequence[Contact]
    place: Location | None
    located_on: date | None
    areas: Sequence[Area]
    exposures: Sequence[Found[Any]]
    merged_into: Registrant | None
    merged_here: Sequence[Found[Any]]


def registrants_page(
    session: Session,
    text: str = "",
    area: Area | None = None,
    *,
    actor: Actor,
    after: int | None = None,
) -> Page[Any]:
    """Households and people that `text` may mean, the likest first, or all households of an area.

    What is meant by it `registry.queries.searching` says. Columns: id, number, kind, state, name,
    name_local, code, area, pcode, key.
    """
    actor.require(May.READ_REGISTRANTS)
    if text.strip():
        meant = searching.meant(session, text, actor)
    elif area:
        meant = _households_of(area)
    else:
        return Page([])
    columns = (
        Registrant.id,
        Registrant.number,
        Registrant.kind,
        Registrant.state,
        Registrant.name,
        Registrant.name_local,
        Registrant.code,
        Area.name.label("area"),
        Area.pcode,
        meant.c.key,
    )
    listed = (
        select(*columns)
        .join(meant, meant.c.id == Registrant.id)
        .outerjoin(Area, Area.id == Registrant.area_id)
        .where(people_within_reach(actor, Registrant.id, Registrant.area_id))
    )
    if text.strip() and area:
        listed = listed.where(Area.path.contains([area.id]))
    return page_of(session, listed, meant.c.key, after)


def registrant_by_number(session: Session, number: str, *, actor: Actor) -> Registrant:
    """The registrant of a number as somebody typed it.

    Raises:
        Forbidden
        NumberMistyped: it cannot be a number.
        RegistrantUnknown: nobody has it, or they stand where the actor may not look.
    """
    actor.require(May.READ_REGISTRANTS)
    written = understood(number, searching.PREFIX)
    seen = people_within_reach(actor, Registrant.id, Registrant.area_id)
    found = session.scalar(select(Registrant).where(Registrant.number == written, seen))
    if found is None:
        raise RegistrantUnknown(number=written)
    return found


def registered(session: Session, number: str, *, actor: Actor) -> Registered:
    """All that is known of one registrant.

    Raises:
        as `registrant_by_number`.
    """
    found = registrant_by_number(session, number, actor=actor)
    individual = session.get(Individual, found.id)
    area = session.get(Area, found.area_id) if found.area_id else None
    above = select(Area).where(Area.id.in_(area.path)).order_by(Area.level) if area else None
    own = select(Identifier).where(Identifier.registrant_id == found.id)
    place_id = found.location_id
    place = session.get(Location, place_id) if place_id else None
    return Registered(
        registrant=found,
        group=session.get(Group, found.id),
        individual=individual,
        age=session.scalar(_age(found.id)) if individual else None,
        members=session.execute(_members(found.id, actor)).all(),
        belongs_to=session.execute(_belongs_to(found.id, actor)).all(),
        identifiers=session.scalars(own.order_by(Identifier.state, Identifier.type)).all(),
        contacts=contacts_of(session, found.id),
        place=place,
        located_on=day_of(place.taken_at) if place and place.taken_at else None,
        areas=session.scalars(above).all() if above is not None else (),
        exposures=session.execute(_exposures(place_id)).all() if place_id else (),
        merged_into=stands_for(session, found) if found.merged_into_id else None,
        merged_here=merged_here(session, found.id, actor=actor),
    )


def _households_of(area: Area) -> Subquery:
    below = select(Area.id).where(Area.path.contains([area.id]))
    return (
        select(Registrant.id, Registrant.id.label("key"))
        .where(Registrant.kind == RegistrantKind.GROUP, Registrant.area_id.in_(below))
        .where(Registrant.state == RegistrantState.ACTIVE)
        .subquery("meant")
    )


def _age(registrant_id: int) -> Select[Any]:
    age = age_on(Individual.birth_date, today())
    return select(age).where(Individual.registrant_id == registrant_id)


def _members(group_id: int, actor: Actor) -> Select[Any]:
    """Members of a group within reach, the head first, with sex, age and their valid identifiers'
    types; of groups among them their kind, and how many members they have.
    """
    within = aliased(Membership)
    inside = (
        select(func.count())
        .where(within.group_id == Registrant.id, within.ended_on.is_(None))
        .scalar_subquery()
    )
    types = (
        select(func.array_agg(Identifier.type.distinct()))
        .where(Identifier.registrant_id == Registrant.id, Identifier.state == "valid")
        .scalar_subquery()
    )
    columns: list[Any] = [
        Registrant.id,
        Registrant.number,
        Registrant.name,
        Registrant.name_local,
        Registrant.state,
        Membership.kind.label("relation"),
        Individual.sex,
        Individual.birth_date_exact,
        age_on(Individual.birth_date, today()).label("age"),
        types.label("identifier_types"),
        Group.kind.label("group_kind"),
        case((Group.kind.is_not(None), inside)).label("inside"),
    ]
    return (
        select(*columns)
        .join(Membership, Membership.member_id == Registrant.id)
        .outerjoin(Individual, Individual.registrant_id == Registrant.id)
        .outerjoin(Group, Group.registrant_id == Registrant.id)
        .where(Membership.group_id == group_id, Membership.ended_on.is_(None))
        .where(people_within_reach(actor, Registrant.id, Registrant.area_id))
        .order_by(Membership.kind != "head", Membership.kind != "spouse", Registrant.id)
    )


def _belongs_to(member_id: int, actor: Actor) -> Select[Any]:
    """Groups within reach a registrant is or was a member of, the current ones first."""
    group = aliased(Registrant)
    relation = Membership.kind.label("relation")
    columns: list[Any] = [
        group.id,
        group.number,
        group.name,
        Group.kind,
        relation,
        Membership.ended_on,
    ]
    return (
        select(*columns)
        .join(Membership, Membership.group_id == group.id)
        .join(Group, Group.registrant_id == group.id)
        .where(
            Membership.member_id == member_id, people_within_reach(actor, group.id, group.area_id)
        )
        .order_by(Membership.ended_on.is_not(None), Membership.id.desc())
    )


def _exposures(location_id: int) -> Select[Any]:
    """What each release of each event that is not closed says of a place, newest first."""
    exposed = and_(Exposure.release_id == Release.id, Exposure.location_id == Location.id)
    due = and_(ExposureDue.release_id == Release.id, ExposureDue.location_id == Location.id)
    observed = func.coalesce(Release.observed_at, Release.published_at)
    columns: list[Any] = [
        Release.id,
        Event.name.label("event"),
        Release.measure,
        Release.unit,
        Exposure.value,
        observed.label("observed_at"),
        status_at(None).label("status"),
        share_at(None).label("share"),
        why_at(None).label("why"),
    ]
    return (
        select(*columns)
        .select_from(Location)
        .join(Release, Release.state.in_(ASKABLE))
        .join(Event, Event.id == Release.event_id)
        .outerjoin(Exposure, exposed)
        .outerjoin(ExposureDue, due)
        .where(Location.id == location_id, Location.lon.is_not(None))
        .where(Event.state != EventState.CLOSED)
        .order_by(observed.desc(), Release.id.desc())
    )
