"""Doing the lines of a change, in their order, as a part of one act.

Every `before` is looked at before anything is done: what somebody else changed meanwhile is told,
and nothing is done.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.actor import Actor
from core.db import changed
from core.errors import Conflict
from core.words import _
from geo.models.locations import LocationSource
from registry.changes.lines import HEAD_OF, OF_MEMBERS, OWN, STANDS, STATE, Edit, Line
from registry.changes.moving import point_said
from registry.changes.words import field_words
from registry.models.changes import ChangeLine
from registry.models.registrants import Registrant
from registry.permissions import May
from registry.queries.change_fields import own_field
from registry.queries.changes import contacts_now, fields_now, identifiers_now, place_now
from registry.services import edits, memberships, places
from registry.services.field_values import fill_in
from registry.services.memberships import Joining
from registry.services.places import Place
from registry.services.standings import current_membership


class ChangedMeanwhile(Conflict):
    """{name}: "{field}" was "{was}" when this was asked for, and is "{now}" today; return the
    change to who asked, or reject it."""


@dataclass
class Work:
    """One change that is being done: by whom, on which day, why, who was made on the way, and what
    own fields are to say, by number.

    The acts on records are done by the right of the validations: who applies may do them here.
    """

    session: Session
    actor: Actor
    day: date | None
    why: str
    made: dict[int, Registrant] = field(default_factory=dict)
    own: dict[str, dict[str, str | None]] = field(default_factory=dict)

    @property
    def writer(self) -> Actor:
        """Who applies, with what the validated change lets them do."""
        given = self.actor.permissions | {May.WRITE_REGISTRANTS}
        return replace(self.actor, permissions=given)

    def registrant(self, line: Line) -> Registrant:
        """Whom a line is about."""
        return self._found(line.registrant, line.registrant_line)

    def other(self, line: Line) -> Registrant:
        """Whom a line names beside."""
        return self._found(line.other, line.other_line)

    def _found(self, key: int | None, place: int | None) -> Registrant:
        if place is not None:
            return self.made[place]
        return self.session.get_one(Registrant, key)


Do = Callable[[Work, int, Line], None]
"""Does the line of a place."""


def apply_lines(work: Work, lines: Sequence[Line], doing: Mapping[Edit, Do]) -> None:
    """Do the lines of a change.

    Raises:
        ChangedMeanwhile; whatever the acts and edits refuse.
    """
    keys = {key for line in lines for key in (line.registrant, line.other) if key is not None}
    locked = select(Registrant).where(Registrant.id.in_(keys)).order_by(Registrant.id)
    again = {"populate_existing": True}
    work.session.scalars(locked.with_for_update().execution_options(**again)).all()
    for line in lines:
        _refuse_stale(work, line)
    for place, line in enumerate(lines):
        doing[line.edit](work, place, line)
    for number, said in work.own.items():  # together: the rules of fields go across them
        fill_in(work.session, number, said, actor=work.writer)


def name_made(work: Work, request_id: int) -> None:
    """Let the lines name whom they made, so that they belong to them too."""
    for place, made in work.made.items():
        of = update(ChangeLine).where(ChangeLine.request_id == request_id)
        itself = of.where(ChangeLine.place == place)
        changed(work.session, itself.values(registrant_id=made.id))
        for key, line in (
            (ChangeLine.registrant_id, ChangeLine.registrant_line),
            (ChangeLine.other_id, ChangeLine.other_line),
        ):
            changed(work.session, of.where(line == place).values({key: made.id}))


def _refuse_stale(work: Work, line: Line) -> None:
    if line.registrant is None or line.edit in (Edit.NEW_GROUP, Edit.NEW_REGISTRANT):
        return
    now = now_of(work, line)
    if (now or None) != (line.before or None):
        told = work.other(line) if line.edit in OF_MEMBERS else work.registrant(line)
        nothing = _("nothing")
        raise ChangedMeanwhile(
            name=told.name,
            field=_label(work, line),
            was=line.before or nothing,
            now=now or nothing,
        )


def _label(work: Work, line: Line) -> str:
    known = own_field(work.session, line.field, work.registrant(line))
    return known.label if known else field_words().get(line.field, line.field)


def now_of(work: Work, line: Line) -> str | None:
    """What a line would change, as it is today."""
    if line.edit in OF_MEMBERS:
        return _relation(work, line)
    return NOW[line.edit](work.session, work.registrant(line)).get(line.field)


def _relation(work: Work, line: Line) -> str | None:
    if line.registrant is None or line.other is None:
        return None
    found = current_membership(work.session, line.registrant, line.other)
    return found.kind if found else None


NOW: Mapping[Edit, Callable[[Session, Registrant], Mapping[str, str | None]]] = {
    Edit.SET: fields_now,
    Edit.SET_CONTACT: lambda session, of: contacts_now(session, of.id),
    Edit.SET_IDENTIFIER: lambda session, of: identifiers_now(session, of.id),
    Edit.MOVE_TO: lambda session, of: {STANDS: place_now(session, of)},
    Edit.SET_STATE: lambda _session, of: {STATE: of.state.value},
}


def _set(work: Work, _place: int, line: Line) -> None:
    registrant = work.registrant(line)
    if line.field.startswith(OWN):
        said = work.own.setdefault(registrant.number, {})
        said[line.field.removeprefix(OWN)] = line.after
        return
    edits.set_field(work.session, registrant, line.field, line.after, actor=work.writer)


def _set_contact(work: Work, _place: int, line: Line) -> None:
    registrant = work.registrant(line)
    edits.set_contact(work.session, registrant, line.field, line.after, actor=work.writer)


def _set_identifier(work: Work, _place: int, line: Line) -> None:
    registrant = work.registrant(line)
    said = (line.field, line.before, line.after)
    edits.set_identifier(work.session, registrant, *said, actor=work.writer)


def _new_registrant(work: Work, place: int, line: Line) -> None:
    beside, name = work.other(line), line.after or ""
    work.made[place] = edits.new_person(work.session, name, beside, work.actor.id)


def _new_group(work: Work, place: int, line: Line) -> None:
    beside, name = work.other(line), line.after or ""
    work.made[place] = edits.new_group(work.session, line.field, name, beside, work.actor.id)


def _join(work: Work, _place: int, line: Line) -> None:
    group, member = work.registrant(line).number, work.other(line).number
    joining = Joining(line.after or memberships.MEMBER, work.day)
    memberships.join(work.session, group, member, joining, actor=work.writer)


def _leave(work: Work, _place: int, line: Line) -> None:
    group, member = work.registrant(line).number, work.other(line).number
    memberships.leave(work.session, group, member, work.day, actor=work.writer)


def _set_member(work: Work, _place: int, line: Line) -> None:
    group, member = work.registrant(line).number, work.other(line).number
    if line.after == HEAD_OF:
        memberships.change_head(work.session, group, member, actor=work.writer)
    else:
        relation = line.after or memberships.MEMBER
        memberships.relate(work.session, group, member, relation, actor=work.writer)


def _move_to(work: Work, _place: int, line: Line) -> None:
    """They move as a household that is moved by a pin does, its members with it."""
    said = line.after or ""
    point = point_said(said)
    if point is None:
        place = Place(pcode=said)
    else:
        lat, lon, accuracy = point
        source = LocationSource.BUILDING if accuracy is None else LocationSource.GPS
        place = Place(lon=lon, lat=lat, accuracy_m=accuracy, source=source)
    places.move(work.session, work.registrant(line), place, actor=work.writer)


DOING: Mapping[Edit, Do] = {
    Edit.SET: _set,
    Edit.SET_CONTACT: _set_contact,
    Edit.SET_IDENTIFIER: _set_identifier,
    Edit.NEW_REGISTRANT: _new_registrant,
    Edit.NEW_GROUP: _new_group,
    Edit.JOIN: _join,
    Edit.LEAVE: _leave,
    Edit.SET_MEMBER: _set_member,
    Edit.MOVE_TO: _move_to,
}
