"""Changes of the registry, asked for and done: they may concern what people receive.

A change is tried before anybody looks at it: it is done, and taken back, so that nobody validates
what could never be applied.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Invalid
from programs.services.merging import merge
from programs.services.registrants import exit_registry
from registry.changes.lines import Edit, Line
from registry.changes.merging import MERGED
from registry.models.changes import ChangeRequest, ChangeRoute, ChangeState
from registry.permissions import May
from registry.queries.changes import kinds_of_documents, route_of
from registry.services.applying import DOING as OF_REGISTRY
from registry.services.applying import Do, Work, apply_lines, name_made
from registry.services.changes import (
    AskedByYou,
    ForTheCountry,
    NotOpen,
    compiled_lines,
    locked_change,
    own_change,
)


class DocumentMissing(Invalid):
    """A change of this kind rests on a document that is not there yet: {document}; add it, then ask
    again."""


def ask_change(session: Session, number: str, *, actor: Actor) -> ChangeRequest:
    """Ask for a change that was written down, or returned: others look at it from now on.

    Raises:
        Forbidden, ChangeUnknown, NotYours, NotOpen, DocumentMissing; whatever would keep it from
        being applied today.
    """
    actor.require(May.ASK_CHANGES)
    request = own_change(session, number, ChangeState.DRAFT, ChangeState.RETURNED, actor=actor)
    route = route_of(session, request.kind)
    _refuse_undocumented(session, request, route)
    with session.begin_nested() as tried:
        apply_lines(_work(session, request, actor), _lines(session, request, actor), DOING)
        tried.rollback()
    session.expire_all()  # what was read while it was tried never was
    with audit.act(session, actor, "changes.ask", request) as figures:
        request.state = _first_state(route)
        request.asked_at, request.decided_because = datetime.now(UTC), None
        request.local_by = request.local_at = None
        request.national_by = request.national_at = None
        figures.update(number=request.number, state=request.state)
    return request


def apply_change(session: Session, number: str, *, actor: Actor) -> ChangeRequest:
    """Do an approved change, all of it as one act.

    Raises:
        Forbidden, ChangeUnknown, NotOpen, AskedByYou, ForTheCountry, PartsElsewhere
        ChangedMeanwhile: what it changes is not any more what it was; whatever the acts on records
        refuse.
    """
    actor.require(May.APPLY_CHANGES)
    request = locked_change(session, number, actor=actor)
    if request.state is not ChangeState.APPROVED:
        raise NotOpen
    if request.maker == actor.id:
        raise AskedByYou
    if not actor.sees_all:
        raise ForTheCountry
    lines = _lines(session, request, actor)
    with audit.act(session, actor, "changes.apply", request) as figures:
        work = _work(session, request, actor)
        apply_lines(work, lines, DOING)
        name_made(work, request.id)
        request.state = ChangeState.APPLIED
        request.applied_by, request.applied_at = actor.id, datetime.now(UTC)
        figures.update(number=request.number, change=request.kind, lines=len(lines))
    return request


def _lines(session: Session, request: ChangeRequest, actor: Actor) -> list[Line]:
    return compiled_lines(session, request, actor=actor)


def _work(session: Session, request: ChangeRequest, actor: Actor) -> Work:
    return Work(session, actor, request.on_day, request.why or "")


def _first_state(route: ChangeRoute) -> ChangeState:
    if route.needs_local:
        return ChangeState.LOCAL
    return ChangeState.NATIONAL if route.needs_national else ChangeState.APPROVED


def _refuse_undocumented(session: Session, request: ChangeRequest, route: ChangeRoute) -> None:
    there = kinds_of_documents(session, request.id)
    for kind in route.documents:
        if kind not in there:
            raise DocumentMissing(document=kind)


def _set_state(work: Work, _place: int, line: Line) -> None:
    """They leave the registry, or become a part of the record the line names beside."""
    number = work.registrant(line).number
    if line.after == MERGED:
        permissions = work.writer.permissions | {May.MERGE_REGISTRANTS}
        actor = replace(work.writer, permissions=permissions)
        merge(work.session, work.other(line).number, number, actor=actor)
    else:
        exit_registry(work.session, number, work.why, actor=work.writer)


DOING: Mapping[Edit, Do] = {**OF_REGISTRY, Edit.SET_STATE: _set_state}
