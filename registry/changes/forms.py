"""The forms changes are asked for with: questions as data, which a page draws as it likes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.errors import Invalid
from registry.changes.lines import Edit, Line, Subject

Form = Mapping[str, str]


class Of(StrEnum):
    """Whom a kind of change begins with."""

    PERSON = "person"
    HOUSEHOLD = "household"  # or any other group
    ANYBODY = "anybody"


class Answer(StrEnum):
    """What a question is answered with."""

    TEXT = "text"
    FIGURE = "figure"
    DAY = "day"
    BORN = "born"  # a day, or a year alone
    NUMBER = "number"  # of a registrant
    CHOICE = "choice"
    SEVERAL = "several"  # of a list, divided by commas
    PLACE = "place"
    LONG = "long"


class NothingChanges(Invalid):
    """Nothing would change; say what is to be different, or leave it."""


class AnswerMissing(Invalid):
    """The question "{question}" is not answered; answer it, or leave the change."""


class NoSuchMember(Invalid):
    """{number} is no member of this household today; choose one of them."""


@dataclass(frozen=True)
class Ask:
    """One question: the name of its field, its words, how it is answered, what stands there now.

    `listed` names a word list that it is answered from, `options` are the choices themselves, and
    `blank` are the words for choosing none, where one may.
    """

    name: str
    label: str
    answer: Answer = Answer.TEXT
    value: str = ""
    hint: str = ""
    listed: str = ""
    options: Sequence[tuple[str, str]] = ()
    blank: str = ""


Others = Mapping[str, Subject]
"""Further registrants a form names, by the number as it was typed."""


@dataclass(frozen=True)
class Kind:
    """One kind of change: whom it begins with, what it asks, and the lines the answers become.

    `names` are the fields that name further registrants by their numbers.
    """

    name: str
    of: Of
    asks: Callable[[Subject], list[Ask]]
    lines: Callable[[Subject, Form, Others], list[Line]]
    names: tuple[str, ...] = ()

    def begins_with(self, subject: Subject) -> bool:
        """Whether it can begin with a registrant."""
        return self.of is Of.ANYBODY or (self.of is Of.HOUSEHOLD) == subject.is_group


def said(form: Form, name: str) -> str | None:
    """An answer without blanks round it; None where there is none."""
    return form.get(name, "").strip() or None


def needed(form: Form, ask: Ask) -> str:
    """An answer there has to be.

    Raises:
        AnswerMissing
    """
    answer = said(form, ask.name)
    if answer is None:
        raise AnswerMissing(question=ask.label)
    return answer


def differing(
    edit: Edit, registrant: int, now: Mapping[str, str | None], form: Form, names: Sequence[str]
) -> list[Line]:
    """A line for each field of a form that says something else than what stands."""
    return [
        Line(edit, registrant, field=name, before=now.get(name), after=said(form, name))
        for name in names
        if name in form and said(form, name) != (now.get(name) or None)
    ]
