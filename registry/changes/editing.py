"""Changes of what is said of one registrant: fields, contacts, an identifier."""

from collections.abc import Sequence
from dataclasses import replace

from core.words import _
from registry.changes.forms import (
    Answer,
    Ask,
    Form,
    Kind,
    NothingChanges,
    Of,
    Others,
    differing,
    needed,
    said,
)
from registry.changes.lines import Edit, Line, OwnField, Subject
from registry.parsing.abilities import ANSWERS, levels, questions
from registry.parsing.values import DATE, FLAG, NUMBER, WHOLE, WORD, WORDS

CONTACTS = ("phone", "email")
NAMES = ("name", "name_local", "given_name", "family_name", "other_names")
PERSONAL = ("sex", "birth_date", "civil_status", "education", "occupation", "has_disability")
OF_PERSON = (*NAMES, *PERSONAL, "language", *ANSWERS)
HOW = {
    DATE: Answer.DAY,
    FLAG: Answer.CHOICE,
    NUMBER: Answer.PLACE,
    WHOLE: Answer.FIGURE,
    WORD: Answer.CHOICE,
    WORDS: Answer.SEVERAL,
}
"""How own fields are answered, by their type; others as a text."""
OF_GROUP = ("kind", "stated_size", "is_partial", "settlement", "address", "language")


def field_asks(subject: Subject) -> list[Ask]:
    """A question for each field of a registrant, with what stands there."""
    asked = _of_group() if subject.is_group else [*_of_person(), *_abilities()]
    now = {**subject.fields, **subject.contacts}
    told = [_answered(ask, now.get(ask.name)) for ask in [*asked, *_contacts()]]
    return [*told, *(_own(each) for each in subject.own)]


def field_labels() -> dict[str, str]:
    """What every field of people and groups is called."""
    return {
        ask.name: ask.label for ask in [*_of_person(), *_abilities(), *_of_group(), *_contacts()]
    }


def own_names(subject: Subject) -> tuple[str, ...]:
    """The names of the own fields a form asks."""
    return tuple(each.name for each in subject.own)


def _own(field: OwnField) -> Ask:
    listed = field.type in (WORD, WORDS)
    return Ask(
        field.name,
        field.label,
        HOW.get(field.type, Answer.TEXT),
        value=field.now or "",
        hint=field.hint,
        listed=field.listed if listed else "",
        options=(("yes", _("yes")), ("no", _("no"))) if field.type == FLAG else (),
        blank=_("not known") if field.type in (FLAG, WORD) else "",
    )


def _answered(ask: Ask, now: str | None) -> Ask:
    return replace(ask, value=now or "")


def _of_person() -> list[Ask]:
    unknown, yes_no = _("not known"), (("yes", _("yes")), ("no", _("no")))
    return [
        Ask("name", _("Name")),
        Ask("name_local", _("Name in the local script")),
        Ask("given_name", _("Given name")),
        Ask("family_name", _("Family name")),
        Ask("other_names", _("Other names")),
        Ask("sex", _("Sex"), Answer.CHOICE, listed="sex", blank=unknown),
        Ask("birth_date", _("Birth date"), Answer.BORN, hint=_("As 1990-03-14, or the year alone")),
        Ask(
            "civil_status",
            _("Civil status"),
            Answer.CHOICE,
            listed="civil_status",
            blank=unknown,
        ),
        Ask("education", _("Education")),
        Ask("occupation", _("Occupation")),
        Ask("language", _("Language")),
        Ask("has_disability", _("Disability"), Answer.CHOICE, options=yes_no, blank=unknown),
    ]


def _abilities() -> list[Ask]:
    answers = [(str(level), words) for level, words in levels().items()]
    return [
        Ask(name, words, Answer.CHOICE, options=answers, blank=_("not asked"))
        for name, words in questions().items()
    ]


def _of_group() -> list[Ask]:
    whole = (("no", _("list complete")), ("yes", _("list incomplete")))
    return [
        Ask("kind", _("Kind of group"), Answer.CHOICE, listed="group_kind"),
        Ask("stated_size", _("How many people live in it"), Answer.FIGURE),
        Ask("is_partial", _("Members"), Answer.CHOICE, options=whole),
        Ask("settlement", _("Settlement")),
        Ask("address", _("Address")),
        Ask("language", _("Language")),
    ]


def _contacts() -> list[Ask]:
    return [
        Ask("phone", _("Phone"), hint=_("With + and the number of the country")),
        Ask("email", _("E-mail")),
    ]


def _edited(names: Sequence[str], subject: Subject, form: Form) -> list[Line]:
    asked = (*names, *own_names(subject))
    lines = [
        *differing(Edit.SET, subject.id, subject.fields, form, asked),
        *differing(Edit.SET_CONTACT, subject.id, subject.contacts, form, CONTACTS),
    ]
    if not lines:
        raise NothingChanges
    return lines


def _person_lines(subject: Subject, form: Form, _others: Others) -> list[Line]:
    return _edited(OF_PERSON, subject, form)


def _group_lines(subject: Subject, form: Form, _others: Others) -> list[Line]:
    return _edited(OF_GROUP, subject, form)


def _identifier_asks(_subject: Subject) -> list[Ask]:
    return [
        Ask("id_type", _("Kind of identifier"), Answer.CHOICE, listed="id_type"),
        Ask("id_number", _("Its number"), hint=_("Leave it empty to take back the one there is")),
    ]


def _identifier_lines(subject: Subject, form: Form, _others: Others) -> list[Line]:
    kind = needed(form, _identifier_asks(subject)[0])
    before, after = subject.identifiers.get(kind), said(form, "id_number")
    if before == after:
        raise NothingChanges
    return [Line(Edit.SET_IDENTIFIER, subject.id, field=kind, before=before, after=after)]


EDIT_INDIVIDUAL = Kind("edit_individual", Of.PERSON, field_asks, _person_lines)
EDIT_GROUP = Kind("edit_group", Of.HOUSEHOLD, field_asks, _group_lines)
EDIT_IDENTIFIER = Kind("edit_identifier", Of.ANYBODY, _identifier_asks, _identifier_lines)
