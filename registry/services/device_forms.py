"""Forms made elsewhere: brought in, and said which of their questions fill which field here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.db import changed
from core.errors import Conflict, Invalid
from core.storage import stream_of
from registry.checking.questions import guessed
from registry.models.device_forms import DeviceForm, DeviceQuestion, DeviceWord
from registry.models.submissions import Submission
from registry.parsing.filled_forms import filled
from registry.parsing.form_readings import NUMBER, Fills
from registry.parsing.plain import plain
from registry.parsing.xform_questions import MOST, FormRead, form_filled, form_read
from registry.parsing.xforms import REGISTRATION, VISIT
from registry.permissions import May
from registry.queries.device_forms import OFFERED, DeviceFormUnknown, device_form, offered_to
from registry.queries.vocabularies import word_lists
from registry.services.submissions import SentByAnother

NAMES = ("person.name", "person.given_name", "person.family_name")


class FormOfOurs(Conflict):
    """ "{code}" is the code of one of our own forms; give yours another one in its settings."""


class NameNotAsked(Invalid):
    """Nothing fills the name of anybody; say which question asks for the name of a person."""


class NumberNotAsked(Invalid):
    """Nothing fills the number of whom is visited; say which question asks for it."""


class FieldOffered(Invalid):
    """A question can fill one of the fields that are offered; choose it anew."""


class FilledTwice(Invalid):
    """Two questions fill the field "{field}"; leave one of them out."""


class NotFetched(Conflict):
    """Only a form that was brought as a file can be fetched by devices; bring it as XLSForm."""


@dataclass(frozen=True)
class Said:
    """What somebody said of a form: fields by question, words of ours by question and choice."""

    fills: Fills
    people_at: str = ""
    fields: Mapping[int, str] = field(default_factory=dict)
    words: Mapping[tuple[int, str], str] = field(default_factory=dict)
    is_served: bool = False


def bring(session: Session, file: IO[bytes], fills: Fills, *, actor: Actor) -> DeviceForm:
    """Bring in an XLSForm, or an XForm; what its questions fill is guessed until somebody says it.

    One that is known by its code already is read anew, and what was said of its questions stays.

    Raises:
        Forbidden, FormTooLarge, FormUnreadable, FormWithoutQuestions, FormOfOurs
    """
    actor.require(May.IMPORT_REGISTRANTS)
    return _keep(session, form_read(file.read(MOST + 1)), fills, actor)


def bring_submission(
    session: Session, submission_id: int, fills: Fills, *, actor: Actor
) -> DeviceForm:
    """Bring in a form as far as one that was filled in and sent tells it.

    Raises:
        Forbidden, SentByAnother, FormWithoutQuestions, FormOfOurs
    """
    actor.require(May.IMPORT_REGISTRANTS)
    sent = session.get(Submission, submission_id)
    if sent is None or sent.made_by != actor.id or not sent.sha256:
        raise SentByAnother
    with stream_of(sent.sha256) as form:
        return _keep(session, form_filled(filled(form.read())), fills, actor)


def map_form(session: Session, form_id: int, said: Said, *, actor: Actor) -> DeviceForm:
    """Say which question fills which field; forms that are sent from then on are read so.

    Raises:
        Forbidden, DeviceFormUnknown, FieldOffered, FilledTwice, NameNotAsked, NumberNotAsked,
        NotFetched
    """
    actor.require(May.IMPORT_REGISTRANTS)
    shown = device_form(session, form_id, actor=actor)
    form = shown.form
    filled_in = {key: name for key, name in said.fields.items() if name}
    _refuse_fields(session, said, [*filled_in.values()])
    if said.is_served and form.xform is None:
        raise NotFetched
    with audit.act(session, actor, "device_forms.map", form) as figures:
        form.fills, form.is_served, form.is_mapped = said.fills, said.is_served, True
        form.people_at = said.people_at if said.people_at in form.repeats.split() else ""
        for each in shown.questions:
            each.question.field = filled_in.get(each.question.id)
            for word in each.words:
                word.code = said.words.get((word.question_id, word.said)) or None
        session.flush()
        figures.update(form=form.code, questions=len(filled_in))
    return form


def remove(session: Session, form_id: int, *, actor: Actor) -> str:
    """Take a form away: what is sent of it from then on is kept and not read. Answers its code.

    Raises:
        Forbidden, DeviceFormUnknown
    """
    actor.require(May.IMPORT_REGISTRANTS)
    form = session.get(DeviceForm, form_id)
    if form is None:
        raise DeviceFormUnknown
    with audit.act(session, actor, "device_forms.remove", form) as figures:
        session.delete(form)
        session.flush()
        figures.update(form=form.code)
    return form.code


def _refuse_fields(session: Session, said: Said, fields: list[str]) -> None:
    offered = offered_to(session, said.fills)[0]
    for name in fields:
        if name not in offered:
            raise FieldOffered
        if fields.count(name) > 1 and not name.startswith("person."):
            raise FilledTwice(field=offered[name])
    if said.fills is Fills.VISIT and NUMBER not in fields:
        raise NumberNotAsked
    if said.fills is Fills.REGISTRATION and not {*NAMES} & {*fields}:
        raise NameNotAsked


def _keep(session: Session, read: FormRead, fills: Fills, actor: Actor) -> DeviceForm:
    """A form as it was read; of one that is known, what was said before stays."""
    if read.code in (REGISTRATION, VISIT):
        raise FormOfOurs(code=read.code)
    known = session.scalar(select(DeviceForm).where(DeviceForm.code == read.code).with_for_update())
    form = known or DeviceForm(code=read.code, fills=fills, made_by=actor.id)
    form.version, form.title = read.version, read.title
    form.xform = read.xform or form.xform
    form.repeats = " ".join(read.repeats)
    if known is None:
        form.people_at = next(iter(read.repeats), "") if fills is Fills.REGISTRATION else ""
    with audit.act(session, actor, "device_forms.bring", form) as figures:
        session.add(form)
        session.flush()
        _write_questions(session, form, read)
        figures.update(form=form.code, questions=len(read.questions))
    return form


def _write_questions(session: Session, form: DeviceForm, read: FormRead) -> None:
    """The questions anew, each with the field it filled before, else the one that is guessed."""
    old = select(DeviceQuestion).where(DeviceQuestion.form_id == form.id)
    before = {each.path: each for each in session.scalars(old)}
    used: set[str] = set()
    meant = _meant(session)
    for question in read.questions:
        held = before.pop(question.path, None)
        field = held.field if held else guessed(question, form.fills)
        field = None if field in used and not held else field
        used |= {field} if field and not field.startswith("person.") else set()
        asked = held or DeviceQuestion(form_id=form.id, path=question.path, field=field)
        asked.label, asked.kind = question.label, question.kind
        session.add(asked)
        session.flush()
        _write_words(session, asked, question.choices, meant.get(asked.field or "", {}))
    gone = [each.id for each in before.values()]
    changed(session, delete(DeviceQuestion).where(DeviceQuestion.id.in_(gone)))


def _meant(session: Session) -> dict[str, dict[str, str]]:
    """By field the codes of its words, by all they are called in any language."""
    lists = word_lists(session)
    return {
        field: {
            plain(said): word.code
            for word in lists.get(name, ())
            for said in (word.code, *word.labels.values(), *word.synonyms)
        }
        for field, name in OFFERED.items()
    }


def _write_words(
    session: Session, asked: DeviceQuestion, choices: Mapping[str, str], meant: Mapping[str, str]
) -> None:
    """The choices of a question; one that is called as a word of ours is guessed to be it."""
    known = select(DeviceWord).where(DeviceWord.question_id == asked.id)
    held = {word.said: word for word in session.scalars(known)}
    for said, label in choices.items():
        if said in held:
            held[said].label = label
        else:
            code = meant.get(plain(label)) or meant.get(plain(said))
            session.add(DeviceWord(question_id=asked.id, said=said, label=label, code=code))
    session.flush()
