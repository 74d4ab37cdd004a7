"""Asking for forms made elsewhere, how their answers are read, and which forms devices fetch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import NotFound
from registry.models.device_forms import DeviceForm, DeviceQuestion, DeviceWord
from registry.models.fields import FieldSection, FieldState, OwnField, Scope
from registry.parsing.form_readings import OWN, Fills, Reading, fields_offered, own_reading
from registry.parsing.questions import Asked
from registry.parsing.xforms import XForm, registration_form, visit_form
from registry.permissions import May
from registry.queries.fields import own_fields
from registry.queries.vocabularies import labels, word_lists

OFFERED: Mapping[str, str] = {
    "person.relation": "relation",
    "person.sex": "sex",
    "person.id_type": "id_type",
    "person.civil_status": "civil_status",
    "visit.kind": "visit_kind",
}
"""The word list of a field that has one."""


class DeviceFormUnknown(NotFound):
    """There is no such form; it may have been taken away."""


@dataclass(frozen=True)
class QuestionShown:
    """A question with its choices, each with the word of ours that is meant by it."""

    question: DeviceQuestion
    words: Sequence[DeviceWord]


@dataclass(frozen=True)
class FormShown:
    """A form made elsewhere with its questions, and what they may fill.

    `offered` are fields in words, `listed` the words to choose from by field.
    """

    form: DeviceForm
    questions: Sequence[QuestionShown]
    offered: Mapping[str, str]
    listed: Mapping[str, Mapping[str, str]]


def forms_served(session: Session, *, actor: Actor) -> list[XForm]:
    """The forms a device can fetch: our own two, and those made elsewhere that are served."""
    actor.require(May.SEND_SUBMISSIONS)
    groups, people = (_asked(session, scope) for scope in (Scope.GROUP, Scope.INDIVIDUAL))
    words = {
        name: {word.code: word.labels for word in listed if word.active}
        for name, listed in word_lists(session).items()
    }
    ours = [registration_form(words, groups, people), visit_form(words, groups, people)]
    served = select(DeviceForm).where(DeviceForm.is_served).order_by(DeviceForm.code)
    theirs = (
        XForm(each.code, each.version, each.title, each.xform)
        for each in session.scalars(served)
        if each.xform
    )
    return [*ours, *theirs]


def reading_of(session: Session, code: str) -> Reading | None:
    """How the answers of a form are read; None where nobody has said so yet."""
    own = own_fields(session)
    groups, people = (
        [each.code for each in fields.values() if not each.computed]
        for fields in (own.groups, own.individuals)
    )
    if ours := own_reading(code, groups, people):
        return ours
    form = session.scalar(select(DeviceForm).where(DeviceForm.code == code, DeviceForm.is_mapped))
    return _reading(session, form) if form else None


def device_forms(session: Session, *, actor: Actor) -> Sequence[DeviceForm]:
    """The forms made elsewhere that are known, the last first.

    Raises:
        Forbidden
    """
    actor.require(May.IMPORT_REGISTRANTS)
    return session.scalars(select(DeviceForm).order_by(DeviceForm.id.desc())).all()


def device_form(session: Session, form_id: int, *, actor: Actor) -> FormShown:
    """One form made elsewhere, and what its questions may fill.

    Raises:
        Forbidden, DeviceFormUnknown
    """
    actor.require(May.IMPORT_REGISTRANTS)
    form = session.get(DeviceForm, form_id)
    if form is None:
        raise DeviceFormUnknown
    offered, listed = offered_to(session, form.fills)
    return FormShown(form, _questions(session, form.id), offered, listed)


def offered_to(
    session: Session, fills: Fills
) -> tuple[dict[str, str], dict[str, Mapping[str, str]]]:
    """The fields an answer may fill, in words, and the words to choose from by field."""
    own, words = own_fields(session), labels(session)
    offered = fields_offered(fills)
    listed: dict[str, Mapping[str, str]] = {
        field: words.get(name, {}) for field, name in OFFERED.items()
    }
    for whose, fields in (("group", own.groups), ("person", own.individuals)):
        for code, known in fields.items():
            if not known.computed:
                offered[f"{whose}.{OWN}{code}"] = known.label
            if known.word_list:
                listed[f"{whose}.{OWN}{code}"] = words.get(known.word_list, {})
    return offered, listed


def _questions(session: Session, form_id: int) -> list[QuestionShown]:
    asked = select(DeviceQuestion).where(DeviceQuestion.form_id == form_id)
    found = session.scalars(asked.order_by(DeviceQuestion.id)).all()
    said = select(DeviceWord).where(DeviceWord.question_id.in_([each.id for each in found]))
    words: dict[int, list[DeviceWord]] = {}
    for word in session.scalars(said.order_by(DeviceWord.said)):
        words.setdefault(word.question_id, []).append(word)
    return [QuestionShown(each, words.get(each.id, [])) for each in found]


def _reading(session: Session, form: DeviceForm) -> Reading:
    shown = _questions(session, form.id)
    fields = {q.question.path: q.question.field for q in shown if q.question.field}
    words = {
        q.question.path: {word.said: word.code for word in q.words if word.code} for q in shown
    }
    return Reading(form.fills, fields, form.people_at, words)


def _asked(session: Session, scope: Scope) -> list[Asked]:
    """The fields of a scope that are filled in, as forms ask them."""
    asked: Any = (
        select(OwnField)
        .join(FieldSection, FieldSection.id == OwnField.section_id)
        .where(OwnField.scope == scope, OwnField.state == FieldState.ACTIVE)
        .where(OwnField.computed.is_(None))
        .order_by(FieldSection.position, FieldSection.id, OwnField.position, OwnField.id)
    )
    return [
        Asked(
            code=each.code,
            type=str(each.type),
            labels=each.labels,
            hints=each.hints,
            word_list=each.word_list,
            required=each.required,
            least=each.least,
            most=each.most,
            pattern=each.pattern,
        )
        for each in session.scalars(asked)
    ]
