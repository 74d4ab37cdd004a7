"""Change requests: written down, looked at near by and in the capital, sent back or turned down.

Three persons look at a change: who asks for it, who validates it near by, and who validates it for
the country. Asking for it and doing it are acts of a higher floor (programs.services.changes), for
they may concern what people receive.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.clock import today
from core.db import changed
from core.errors import Conflict, Forbidden, Invalid
from registry.changes.forms import Kind
from registry.changes.kinds import kind_named
from registry.changes.lines import OWN, Line, Subject
from registry.models.changes import (
    OPEN,
    WAITING,
    ChangeAnswer,
    ChangeLine,
    ChangeRequest,
    ChangeState,
    Via,
)
from registry.models.fields import Scope
from registry.models.registrants import Registrant
from registry.parsing.values import read_value
from registry.permissions import May
from registry.queries.changes import change_by_number, lines_of, route_of, subject_of
from registry.queries.fields import known_fields, takings
from registry.queries.waiting_changes import DECIDES

LONGEST = 1000  # characters of a reason


class WrongBeginning(Invalid):
    """This kind of change does not begin with {number}; begin with a household, or a person."""


class NotYours(Forbidden):
    """Somebody else asks for this change; only they write it again or give it up."""


class NotOpen(Conflict):
    """This change is not waiting for that any more; reload the page and look at its state."""


class AskedByYou(Forbidden):
    """Somebody else looks at what you asked for; leave it to them."""


class LookedAlready(Forbidden):
    """You validated this change near by; somebody else does it for the country."""


class PartsElsewhere(Forbidden):
    """A part of this change lies outside the areas you work in; who works in all of them looks at
    it."""


class ForTheCountry(Forbidden):
    """This step is for somebody who sees the whole country."""


class ReasonMissing(Invalid):
    """Say why, in a sentence who asked can do something with."""


class ReasonTooLong(Invalid):
    """Say why in fewer words, 1,000 characters at the most."""


class DayAhead(Invalid):
    """The day cannot lie after today; write the day on which it happened, or none."""


@dataclass(frozen=True)
class Written:
    """A change as it is written down: the answers of its form, why, since when, what it came by."""

    answers: Mapping[str, str]
    why: str = ""
    on_day: date | None = None
    via: Via = Via.REGISTRAR
    source_number: str = ""
    answers_to: str = ""  # the number of the request of the public that it takes up


def draft_change(
    session: Session, kind: str, number: str, written: Written, *, actor: Actor
) -> ChangeRequest:
    """Write a change down that begins with a registrant; it is asked for afterwards.

    Raises:
        Forbidden, KindUnknown, RegistrantUnknown, WrongBeginning, DayAhead, ReasonTooLong; what the
        form of the kind refuses. ChangeUnknown, NotOpen: what it answers to is taken up already.
    """
    actor.require(May.ASK_CHANGES)
    subject = subject_of(session, number, actor=actor)
    lines = _compiled(session, kind_named(kind), subject, written, actor)
    request = _outside(session, written.answers_to, actor) if written.answers_to else None
    request = request or ChangeRequest(made_by=actor.id, via=written.via, why=None)
    with audit.act(session, actor, "changes.draft", request) as figures:
        request.kind, request.registrant_id = kind, subject.id
        request.area_id = session.get_one(Registrant, subject.id).area_id
        request.source_number = written.source_number.strip() or None
        session.add(request)
        session.flush()
        _write(session, request, lines, written)
        figures.update(number=request.number, change=kind)
    return request


def rewrite_change(
    session: Session, number: str, written: Written, *, actor: Actor
) -> ChangeRequest:
    """Write a change down anew that was not asked for yet, or was returned.

    Raises:
        as `draft_change`; ChangeUnknown, NotYours, NotOpen.
    """
    actor.require(May.ASK_CHANGES)
    request = _own(session, number, actor, ChangeState.DRAFT, ChangeState.RETURNED)
    begins = session.get_one(Registrant, request.registrant_id)
    subject = subject_of(session, begins.number, actor=actor)
    lines = _compiled(session, kind_named(request.kind), subject, written, actor)
    with audit.act(session, actor, "changes.rewrite", request) as figures:
        for table in (ChangeLine, ChangeAnswer):
            changed(session, delete(table).where(table.request_id == request.id))
        _write(session, request, lines, written)
        figures.update(number=request.number, change=request.kind)
    return request


def validate_change(session: Session, number: str, *, actor: Actor) -> ChangeRequest:
    """Say that a change is right, near by or for the country, as the state it waits in asks.

    Raises:
        Forbidden, ChangeUnknown, NotOpen, AskedByYou
        PartsElsewhere: the actor does not see all it changes. LookedAlready, ForTheCountry
    """
    actor.require(May.READ_REGISTRANTS)
    request = _locked(session, number, actor)
    if request.state not in (ChangeState.LOCAL, ChangeState.NATIONAL):
        raise NotOpen
    _may_decide(session, request, actor)
    nearby = request.state is ChangeState.LOCAL
    with audit.act(session, actor, "changes.validate", request) as figures:
        now = datetime.now(UTC)
        if nearby:
            request.local_by, request.local_at = actor.id, now
            onward = route_of(session, request.kind).needs_national
            request.state = ChangeState.NATIONAL if onward else ChangeState.APPROVED
        else:
            request.national_by, request.national_at = actor.id, now
            request.state = ChangeState.APPROVED
        figures.update(number=request.number, state=request.state)
    return request


def return_change(session: Session, number: str, because: str, *, actor: Actor) -> ChangeRequest:
    """Send a change back to who asked for it, who may write it anew.

    Raises:
        as `validate_change`; ReasonMissing, ReasonTooLong.
    """
    actor.require(May.READ_REGISTRANTS)
    request = _to_turn(session, number, actor)
    with audit.act(session, actor, "changes.return", request) as figures:
        request.state, request.decided_because = ChangeState.RETURNED, reason_said(because)
        figures.update(number=request.number)
    return request


def reject_change(session: Session, number: str, because: str, *, actor: Actor) -> ChangeRequest:
    """Turn a change down for good.

    Raises:
        as `return_change`.
    """
    actor.require(May.READ_REGISTRANTS)
    request = _to_turn(session, number, actor)
    with audit.act(session, actor, "changes.reject", request) as figures:
        request.state, request.decided_because = ChangeState.REJECTED, reason_said(because)
        figures.update(number=request.number)
    return request


def cancel_change(session: Session, number: str, *, actor: Actor) -> ChangeRequest:
    """Give up a change one asked for oneself.

    Raises:
        Forbidden, ChangeUnknown, NotYours, NotOpen
    """
    actor.require(May.ASK_CHANGES)
    request = _own(session, number, actor, *OPEN)
    with audit.act(session, actor, "changes.cancel", request) as figures:
        request.state = ChangeState.CANCELLED
        figures.update(number=request.number)
    return request


def compiled_lines(session: Session, request: ChangeRequest, *, actor: Actor) -> list[Line]:
    """The lines of a request, all of them.

    Raises:
        Forbidden, PartsElsewhere
    """
    actor.require(May.READ_REGISTRANTS)
    found = lines_of(session, request, actor=actor)
    if len(found) != request.line_count:
        raise PartsElsewhere
    return [
        Line(
            edit=each.edit,
            registrant=each.registrant_id,
            other=each.other_id,
            field=each.field,
            before=each.before,
            after=each.after,
            registrant_line=each.registrant_line,
            other_line=each.other_line,
        )
        for each in found
    ]


def own_change(session: Session, number: str, *states: ChangeState, actor: Actor) -> ChangeRequest:
    """A request of one's own in one of some states, for this act alone.

    Raises:
        Forbidden, ChangeUnknown, NotYours, NotOpen
    """
    actor.require(May.ASK_CHANGES)
    return _own(session, number, actor, *states)


def locked_change(session: Session, number: str, *, actor: Actor) -> ChangeRequest:
    """A request for this act alone.

    Raises:
        Forbidden, ChangeUnknown
    """
    actor.require(May.READ_REGISTRANTS)
    return _locked(session, number, actor)


def reason_said(reason: str) -> str:
    """A reason as it is kept.

    Raises:
        ReasonMissing, ReasonTooLong
    """
    if not reason.strip():
        raise ReasonMissing
    if len(reason.strip()) > LONGEST:
        raise ReasonTooLong
    return reason.strip()


def _compiled(
    session: Session, kind: Kind, subject: Subject, written: Written, actor: Actor
) -> list[Line]:
    if not kind.begins_with(subject):
        raise WrongBeginning(number=subject.number)
    if written.on_day and written.on_day > today():
        raise DayAhead
    if len(written.why) > LONGEST:
        raise ReasonTooLong
    numbers = {written.answers.get(name, "").strip() for name in kind.names} - {""}
    others = {number: subject_of(session, number, actor=actor) for number in sorted(numbers)}
    lines = kind.lines(subject, written.answers, others)
    _refuse_own(session, subject, lines)
    return lines


def _refuse_own(session: Session, subject: Subject, lines: list[Line]) -> None:
    """Refuse at once what an own field does not take.

    Raises:
        ValueMisfit, ValueRefused, ValueMissing
    """
    scope = Scope.GROUP if subject.is_group else Scope.INDIVIDUAL
    own = [line for line in lines if line.field.startswith(OWN)]
    taken = takings(session, known_fields(session, scope)) if own else {}
    for line in own:
        if takes := taken.get(line.field.removeprefix(OWN)):
            read_value(takes, line.after)


def _write(session: Session, request: ChangeRequest, lines: list[Line], written: Written) -> None:
    """Lines stand in the area of whom they are about, so that nobody sees them who may not."""
    told = {"area_id": request.area_id, "made_by": request.made_by}
    request.why, request.on_day = written.why.strip() or request.why, written.on_day
    request.line_count = len(lines)
    session.flush()
    for place, line in enumerate(lines):
        about_id, about = line.about
        named = session.get(Registrant, line.registrant or line.other or 0)
        area_id = named.area_id if named else request.area_id
        session.add(
            ChangeLine(
                request_id=request.id,
                place=place,
                edit=line.edit,
                registrant_id=line.registrant,
                other_id=line.other,
                registrant_line=line.registrant_line,
                other_line=line.other_line,
                field=line.field,
                before=line.before,
                after=line.after,
                about_id=about_id,
                about=about,
                area_id=area_id,
                made_by=request.made_by,
            )
        )
    answers = {name: value.strip() for name, value in written.answers.items() if value.strip()}
    session.add_all(
        ChangeAnswer(request_id=request.id, name=name, value=value, **told)
        for name, value in answers.items()
    )
    session.flush()


def _to_turn(session: Session, number: str, actor: Actor) -> ChangeRequest:
    """A request that waits for the actor's decision."""
    request = _locked(session, number, actor)
    if request.state not in WAITING:
        raise NotOpen
    _may_decide(session, request, actor)
    return request


def _may_decide(session: Session, request: ChangeRequest, actor: Actor) -> None:
    """Refuse who may not decide on a request in the state it is in."""
    actor.require(DECIDES[request.state])
    if request.maker == actor.id:
        raise AskedByYou
    if request.state is not ChangeState.LOCAL:
        if not actor.sees_all:
            raise ForTheCountry
        if request.state is ChangeState.NATIONAL and request.local_by == actor.id:
            raise LookedAlready
    compiled_lines(session, request, actor=actor)


def _outside(session: Session, number: str, actor: Actor) -> ChangeRequest:
    """A request of the public that nobody has taken up; it is the actor's from now on."""
    request = _locked(session, number, actor)
    if request.state is not ChangeState.DRAFT or not request.from_outside:
        raise NotOpen
    request.taken_by = actor.id
    return request


def _own(session: Session, number: str, actor: Actor, *states: ChangeState) -> ChangeRequest:
    request = _locked(session, number, actor)
    if request.maker != actor.id:
        raise NotYours
    if request.state not in states:
        raise NotOpen
    return request


def _locked(session: Session, number: str, actor: Actor) -> ChangeRequest:
    request = change_by_number(session, number, actor=actor)
    session.refresh(request, with_for_update=True)
    return request
