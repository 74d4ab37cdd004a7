"""Asking for changes: a registrant as a form sees it, the requests there are, one of them."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy import Row as Found
from sqlalchemy.orm import Session, aliased

from core.actor import Actor
from core.codes import understood
from core.errors import NotFound
from core.paging import Page, page_of
from core.words import _
from geo.models.areas import Area
from geo.models.locations import Location
from geo.permissions import May as Geo
from geo.queries.reach import within_reach
from registry.changes.kinds import kind_named
from registry.changes.lines import Belonging, Edit, Subject
from registry.changes.moving import point_said
from registry.models.changes import (
    OPEN,
    WAITING,
    ChangeAnswer,
    ChangeDocument,
    ChangeLine,
    ChangeRequest,
    ChangeRoute,
    ChangeState,
    Via,
)
from registry.models.registrants import (
    Group,
    Identifier,
    IdentifierState,
    Individual,
    Membership,
    Registrant,
)
from registry.parsing.abilities import ANSWERS
from registry.permissions import May
from registry.queries.change_fields import own_field, own_now, own_of, own_said
from registry.queries.contacts import contacts_of
from registry.queries.registrants import registrant_by_number
from registry.queries.vocabularies import labels

PREFIX = "CR"
OF_ALL = ("name", "name_local", "language", "settlement", "address")
OF_GROUPS = ("kind", "stated_size", "is_partial")
OF_PEOPLE = (
    *("family_name", "given_name", "other_names", "sex", "civil_status", "education"),
    *("occupation", "has_disability", *ANSWERS),
)


class ChangeUnknown(NotFound):
    """No change you may see has the number {number}; look for a misread letter."""


class NotKnownOutside(NotFound):
    """There is no request of this number and this code; look at both again."""


@dataclass(frozen=True)
class Told:
    """One request with all that belongs to it, for its page.

    `people` are those its lines name, by their keys; `conflicts` are other open requests that
    change the same.
    """

    request: ChangeRequest
    lines: Sequence[ChangeLine]
    answers: Mapping[str, str]
    documents: Sequence[ChangeDocument]
    route: ChangeRoute | None
    registrant: Registrant | None
    people: Mapping[int, Registrant]
    conflicts: Sequence[ChangeRequest]

    @property
    def whole(self) -> bool:
        """Whether all its lines are seen."""
        return len(self.lines) == self.request.line_count


def subject_of(session: Session, number: str, *, actor: Actor) -> Subject:
    """A registrant as a form of change sees it.

    Raises:
        Forbidden, NumberMistyped, RegistrantUnknown
    """
    found = registrant_by_number(session, number, actor=actor)
    return Subject(
        id=found.id,
        number=found.number,
        name=found.name,
        kind=_kind_of(session, found),
        fields=fields_now(session, found),
        contacts=contacts_now(session, found.id),
        identifiers=identifiers_now(session, found.id),
        place=place_now(session, found),
        members=_belonging(session, Membership.group_id, Membership.member_id, found.id),
        belongs_to=_belonging(session, Membership.member_id, Membership.group_id, found.id),
        own=own_of(session, found, actor=actor),
    )


def fields_now(session: Session, registrant: Registrant) -> dict[str, str | None]:
    """What is said of a registrant, each field as text."""
    told = {name: _text(getattr(registrant, name)) for name in OF_ALL}
    if group := session.get(Group, registrant.id):
        told |= {name: _text(getattr(group, name)) for name in OF_GROUPS}
    if person := session.get(Individual, registrant.id):
        told |= {name: _text(getattr(person, name)) for name in OF_PEOPLE}
        born = person.birth_date
        exact = born is None or person.birth_date_exact
        told["birth_date"] = _text(born) if exact else str(born.year) if born else None
    return told | own_now(session, registrant)


def contacts_now(session: Session, registrant_id: int) -> dict[str, str]:
    """What a registrant is reached by first, by kind."""
    return {each.kind: each.value for each in contacts_of(session, registrant_id) if each.is_main}


def identifiers_now(session: Session, registrant_id: int) -> dict[str, str]:
    """The valid identifiers of a registrant by their kind, the newest of each."""
    return {each.type: each.value for each in identifiers_of(session, registrant_id)}


def identifiers_of(session: Session, registrant_id: int) -> Sequence[Identifier]:
    """The valid identifiers of a registrant, the newest last."""
    valid = select(Identifier).where(
        Identifier.registrant_id == registrant_id, Identifier.state == IdentifierState.VALID
    )
    return session.scalars(valid.order_by(Identifier.id)).all()


def place_now(session: Session, registrant: Registrant) -> str | None:
    """Where a registrant stands as a line says it: latitude and longitude, else a P-code."""
    place = session.get(Location, registrant.location_id) if registrant.location_id else None
    if place is not None and place.lon is not None and place.lat is not None:
        return f"{place.lat:.6f}, {place.lon:.6f}"
    area = session.get(Area, registrant.area_id) if registrant.area_id else None
    return area.pcode if area else None


def change_by_number(session: Session, number: str, *, actor: Actor) -> ChangeRequest:
    """A request by its number as somebody typed it.

    Raises:
        Forbidden, NumberMistyped
        ChangeUnknown: there is none, or they may not see it; a draft is its maker's alone.
    """
    actor.require(May.READ_REGISTRANTS)
    written = understood(number, PREFIX)
    found = session.scalar(
        select(ChangeRequest).where(ChangeRequest.number == written, shown_to(actor))
    )
    if found is None:
        raise ChangeUnknown(number=written)
    return found


def state_from_outside(session: Session, number: str, code: str) -> ChangeState:
    """How far a request of the public has come, for who has its code.

    Raises:
        NumberMistyped
        NotKnownOutside: there is none of this number and code.
    """
    digest = hashlib.sha256(code.strip().upper().encode()).digest()
    of_number = ChangeRequest.number == understood(number, PREFIX)
    of = select(ChangeRequest.state).where(of_number, ChangeRequest.code_digest == digest)
    state = session.scalar(of.where(ChangeRequest.via == Via.PUBLIC))
    if state is None:
        raise NotKnownOutside
    return state


def told_of(session: Session, number: str, *, actor: Actor) -> Told:
    """All there is to see of a request.

    Raises:
        as `change_by_number`.
    """
    request = change_by_number(session, number, actor=actor)
    lines = lines_of(session, request, actor=actor)
    answers = select(ChangeAnswer).where(ChangeAnswer.request_id == request.id)
    documents = select(ChangeDocument).where(ChangeDocument.request_id == request.id)
    keys = {each for line in lines for each in (line.registrant_id, line.other_id) if each}
    people = select(Registrant).where(Registrant.id.in_({*keys, request.registrant_id or 0}))
    by_id = {each.id: each for each in session.scalars(people)}
    return Told(
        request=request,
        lines=lines,
        answers={each.name: each.value for each in session.scalars(answers)},
        documents=session.scalars(documents.order_by(ChangeDocument.id)).all(),
        route=session.scalar(_route(request.kind)),
        registrant=by_id.get(request.registrant_id or 0),
        people=by_id,
        conflicts=session.scalars(_conflicts(request, actor)).all(),
    )


def lines_of(session: Session, request: ChangeRequest, *, actor: Actor) -> Sequence[ChangeLine]:
    """The lines of a request within reach, in their order; its maker sees all of them."""
    actor.require(May.READ_REGISTRANTS)
    own = select(ChangeLine).where(ChangeLine.request_id == request.id)
    if request.maker != actor.id:
        own = own.where(within_reach(actor, ChangeLine.area_id))
    return session.scalars(own.order_by(ChangeLine.place)).all()


def said_to(session: Session, line: ChangeLine, *, actor: Actor) -> tuple[str | None, str | None]:
    """What a line says is before and after; points and own fields are told to those alone who may
    see them."""
    actor.require(May.READ_REGISTRANTS)
    of = session.get(Registrant, line.registrant_id) if line.registrant_id else None
    if known := own_field(session, line.field, of):
        words = labels(session)
        before, after = (
            own_said(known, text, words, actor=actor) for text in (line.before, line.after)
        )
        return before, after
    if line.edit is not Edit.MOVE_TO or actor.may(Geo.EXACT_LOCATIONS):
        return line.before, line.after
    before, after = (
        _("a point") if place and point_said(place) else place
        for place in (line.before, line.after)
    )
    return before, after


def route_of(session: Session, kind: str) -> ChangeRoute:
    """Which way requests of a kind go.

    Raises:
        KindUnknown
    """
    found: ChangeRoute = session.scalars(_route(kind_named(kind).name)).one()
    return found


def _route(kind: str) -> Select[Any]:
    return select(ChangeRoute).where(ChangeRoute.kind == kind)


def kinds_of_documents(session: Session, request_id: int) -> frozenset[str]:
    """The kinds of documents a request has."""
    of = select(ChangeDocument.kind).where(ChangeDocument.request_id == request_id)
    return frozenset(session.scalars(of))


def routes(session: Session) -> Sequence[ChangeRoute]:
    """Which way requests of each kind go."""
    return session.scalars(select(ChangeRoute).order_by(ChangeRoute.id)).all()


def changes_page(
    session: Session,
    asked: Collection[ChangeState] = WAITING,
    kind: str = "",
    area: Area | None = None,
    *,
    actor: Actor,
    after: int | None = None,
) -> Page[Any]:
    """Requests in some states, those that wait longest first.

    Columns: number, kind, state, via, asked_at, created_at, registrant_id, registrant (its number),
    name, area, conflicts (whether another open one changes the same), id.
    """
    actor.require(May.READ_REGISTRANTS)
    columns: list[Any] = [
        ChangeRequest.number,
        ChangeRequest.kind,
        ChangeRequest.state,
        ChangeRequest.via,
        ChangeRequest.asked_at,
        ChangeRequest.created_at,
        Registrant.id.label("registrant_id"),
        Registrant.number.label("registrant"),
        Registrant.name,
        Area.name.label("area"),
        _in_conflict().label("conflicts"),
        ChangeRequest.id,
    ]
    listed = (
        select(*columns)
        .outerjoin(Registrant, Registrant.id == ChangeRequest.registrant_id)
        .outerjoin(Area, Area.id == ChangeRequest.area_id)
        .where(ChangeRequest.state.in_(asked), shown_to(actor))
    )
    if kind:
        listed = listed.where(ChangeRequest.kind == kind)
    if area:
        listed = listed.where(Area.path.contains([area.id]))
    return page_of(session, listed, ChangeRequest.id, after)


def changes_by_state(session: Session, *, actor: Actor) -> Mapping[ChangeState, int]:
    """How many requests there are in each state, of those somebody may see."""
    actor.require(May.READ_REGISTRANTS)
    counted = select(ChangeRequest.state, func.count()).where(shown_to(actor))
    found = session.execute(counted.group_by(ChangeRequest.state))
    return {row[0]: row[1] for row in found}


def open_changes_of(session: Session, registrant_id: int, *, actor: Actor) -> Sequence[Found[Any]]:
    """Requests that would change a registrant, and are not decided: number, kind, state."""
    actor.require(May.READ_REGISTRANTS)
    names = or_(ChangeLine.registrant_id == registrant_id, ChangeLine.other_id == registrant_id)
    line = exists().where(ChangeLine.request_id == ChangeRequest.id, names)
    columns: list[Any] = [ChangeRequest.number, ChangeRequest.kind, ChangeRequest.state]
    asked = select(*columns).where(ChangeRequest.state.in_(OPEN), line, shown_to(actor))
    return session.execute(asked.order_by(ChangeRequest.id)).all()


def shown_to(actor: Actor) -> ColumnElement[bool]:
    """Requests within reach, but what others have not asked for yet; one's own always.

    What the public wrote and nobody took up is shown to who asks for changes.
    """
    own = func.coalesce(ChangeRequest.taken_by, ChangeRequest.made_by) == actor.id
    theirs = ChangeRequest.state == ChangeState.DRAFT
    if actor.may(May.ASK_CHANGES):
        theirs &= or_(ChangeRequest.taken_by.is_not(None), ChangeRequest.via != Via.PUBLIC)
    reached = within_reach(actor, ChangeRequest.area_id)
    if actor.people is not None:
        reached = ChangeRequest.registrant_id.in_(actor.people)
    return or_(own, and_(reached, ~theirs))


def _same() -> tuple[Any, ColumnElement[bool]]:
    """A line of another open request that changes the same as one of this."""
    mine, theirs, other = aliased(ChangeLine), aliased(ChangeLine), aliased(ChangeRequest)
    both = and_(
        mine.request_id == ChangeRequest.id,
        theirs.about_id == mine.about_id,
        theirs.about == mine.about,
        other.id == theirs.request_id,
        other.id != ChangeRequest.id,
        other.state.in_(WAITING),
    )
    return other, both


def _in_conflict() -> ColumnElement[bool]:
    _other, both = _same()
    return and_(ChangeRequest.state.in_(OPEN), exists().where(both))


def _conflicts(request: ChangeRequest, actor: Actor) -> Select[Any]:
    """Other open requests that change the same, of those somebody may see."""
    mine, theirs = aliased(ChangeLine), aliased(ChangeLine)
    same = exists().where(
        mine.request_id == request.id,
        theirs.request_id == ChangeRequest.id,
        theirs.about_id == mine.about_id,
        theirs.about == mine.about,
    )
    waiting = ChangeRequest.state.in_(WAITING if request.state in OPEN else ())
    other = select(ChangeRequest).where(ChangeRequest.id != request.id, waiting, same)
    return other.where(shown_to(actor)).order_by(ChangeRequest.id)


def _kind_of(session: Session, registrant: Registrant) -> str:
    group = session.get(Group, registrant.id)
    return group.kind if group else "individual"


def _belonging(session: Session, own: Any, far: Any, registrant_id: int) -> list[Belonging]:
    columns = select(Registrant.id, Registrant.number, Registrant.name, Membership.kind)
    current = columns.join(Membership, far == Registrant.id).where(
        own == registrant_id, Membership.ended_on.is_(None)
    )
    ordered = current.order_by(
        Membership.kind != "head", Membership.kind != "spouse", Registrant.id
    )
    return [Belonging(*row) for row in session.execute(ordered)]


def _text(value: Any) -> str | None:
    """A value as a line says it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value is None or value == "" else str(value)
