"""Visits, surveys and assessments: what was found on a day, and for how long it holds."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.clock import today
from core.errors import Invalid
from registry.models.fields import Scope
from registry.models.registrants import Group, Registrant
from registry.models.visits import Visit, VisitAnswer
from registry.parsing.values import read_value
from registry.permissions import May
from registry.queries.fields import Fields, known_fields, takings
from registry.queries.visits import answered_later
from registry.queries.vocabularies import codes
from registry.services.editing import (
    BORN,
    OF_GROUPS,
    OF_PERSONS,
    NothingChanged,
    edit,
    refuse_changes,
)
from registry.services.field_values import write_values
from registry.services.memberships import InTheFuture
from registry.services.people import refuse_word
from registry.services.records import record_of

LONGEST = 2_000


class NeverValid(Invalid):
    """What was found holds at least on the day it was found; look at both days."""


class NoteTooLong(Invalid):
    """Write what was found in at most 2,000 signs."""


@dataclass(frozen=True)
class Found:
    """What was found on a day: a remark, and answers by field of the record."""

    kind: str
    on: date
    until: date | None = None
    note: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    instance_id: str | None = None


def add(session: Session, number: str, found: Found, *, actor: Actor) -> Visit:
    """Write a visit down. The newest answer that still holds is what the record says from then on.

    Raises:
        Forbidden, RegistrantUnknown, RecordClosed, WordUnknown, InTheFuture, NeverValid,
        NoteTooLong, FieldUnknown, ValueMisfit and what `editing.edit` says of an answer
        Conflict: the form was sent before.
    """
    actor.require(May.WRITE_VISITS)
    whom = record_of(session, number, actor=actor)
    refuse_word(codes(session), "visit_kind", found.kind)
    _refuse_days(found)
    scope = Scope.GROUP if session.get(Group, whom.id) else Scope.INDIVIDUAL
    own = known_fields(session, scope)
    answers = _answers(session, scope, own, found.answers)
    told = {"registrant_id": whom.id, "area_id": whom.area_id, "made_by": whom.made_by}
    made = Visit(
        kind=found.kind,
        on_day=found.on,
        valid_until=found.until,
        visited_by=actor.id,
        instance_id=found.instance_id,
        note=found.note.strip() or None,
        **told,
    )
    with audit.act(session, actor, "visits.add", whom) as figures:
        session.add(made)
        session.flush()
        session.add_all(
            VisitAnswer(visit_id=made.id, field=name, **_typed(value), **told)
            for name, value in answers.items()
        )
        session.flush()
        figures.update(number=whom.number, answers=len(answers))
        _feed(session, whom, made, answers, own, actor)
    return made


def _answers(
    session: Session, scope: Scope, own: Fields, said: Mapping[str, Any]
) -> dict[str, Any]:
    """What was answered, each as its field holds it; what was left empty was not asked."""
    answers = {name: value for name, value in said.items() if value not in (None, "")}
    of = OF_GROUPS if scope is Scope.GROUP else OF_PERSONS
    asked = {name: kind for name, kind in of.items() if name not in ("name", *BORN)}
    taken = takings(session, own)
    theirs = {name: value for name, value in answers.items() if name in taken}
    plain = {name: value for name, value in answers.items() if name not in taken}
    refuse_changes(session, plain, asked)
    return {**plain, **{name: read_value(taken[name], value) for name, value in theirs.items()}}


def _refuse_days(found: Found) -> None:
    if found.on > today():
        raise InTheFuture
    if found.until is not None and found.until < found.on:
        raise NeverValid
    if len(found.note) > LONGEST:
        raise NoteTooLong


def _typed(value: Any) -> dict[str, Any]:
    """The column of an answer, by the kind of its value; several words stand one after another."""
    if isinstance(value, list):
        return {"text": ",".join(value)}
    if isinstance(value, bool):
        return {"flag": value}
    if isinstance(value, int | float | Decimal):
        return {"number": value}
    return {"day": value} if isinstance(value, date) else {"text": value}


def _feed(
    session: Session,
    whom: Registrant,
    visit: Visit,
    answers: Mapping[str, Any],
    own: Fields,
    actor: Actor,
) -> None:
    """Let the record say what was found, unless it is over or was found otherwise since."""
    if visit.valid_until is not None and visit.valid_until < today():
        return
    later = answered_later(session, visit.registrant_id, [*answers], visit.on_day)
    fresh = {name: value for name, value in answers.items() if name not in later}
    theirs = {name: value for name, value in fresh.items() if name in own}
    plain = {name: value for name, value in fresh.items() if name not in own}
    if theirs:
        scope = next(iter(own.values())).scope
        write_values(session, scope, own, {whom.id: theirs})
    if plain:
        with suppress(NothingChanged):
            edit(session, whom.number, plain, actor=actor)
