"""Which answer of a form fills which field here: of our own forms, and of those made elsewhere.

A field is named by whom it is about: `group.settlement`, `person.name`, `visit.kind`, and with
`own` before its code one an installation added: `group.own.roof`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from core.words import _
from registry.parsing.abilities import ANSWERS, questions
from registry.parsing.filled_forms import Filled
from registry.parsing.questions import PREFIX
from registry.parsing.xforms import REGISTRATION, VISIT

OWN = "own."
_PERSON = "person"  # the repeat, and the group, of people in our own forms
PICTURE = "picture"
NUMBER, KIND, ON, UNTIL, NOTE = (f"visit.{n}" for n in ("number", "kind", "on", "until", "note"))


class Fills(StrEnum):
    """What becomes of a form that was filled in."""

    REGISTRATION = "registration"
    VISIT = "visit"


@dataclass(frozen=True)
class Reading:
    """How a form is read: the field of each path, words of theirs as ours, and where people are.

    Paths within the repeat of people begin with its own.
    """

    fills: Fills
    fields: Mapping[str, str]
    people_at: str = ""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Answers:
    """What a form says by field: once, and of each person of its repeat."""

    once: Mapping[str, str]
    people: Sequence[Mapping[str, str]]


def read(said: Filled, reading: Reading) -> Answers:
    """What a filled-in form says, by our fields and in our words."""
    at = reading.people_at
    within = f"{at}/" if at else None
    once = {
        path: text
        for path, text in said.answers.items()
        if within is None or not path.startswith(within)
    }
    turns = said.rows(at) if at else []
    rows = [{f"{at}/{path}": text for path, text in row.items()} for row in turns]
    return Answers(_by_field(once, reading), [_by_field(row, reading) for row in rows])


def registration_reading(groups: Sequence[str], people: Sequence[str]) -> Reading:
    """How our own registration form is read; `groups` and `people` are the codes of own fields."""
    person = ("name", "relation", "sex", "birth_date", "id_number", "id_type")
    group = ("stated_size", "phone", "address", "settlement", "place")
    return Reading(
        Fills.REGISTRATION,
        {
            **{f"{_PERSON}/{name}": f"person.{name}" for name in person},
            **{f"{_PERSON}/{PREFIX}{code}": f"person.{OWN}{code}" for code in people},
            **{name: f"group.{name}" for name in group},
            **{f"{PREFIX}{code}": f"group.{OWN}{code}" for code in groups},
            PICTURE: PICTURE,
        },
        people_at=_PERSON,
    )


def visit_reading(groups: Sequence[str], people: Sequence[str]) -> Reading:
    """How our own form of visits is read."""
    visit = {name: f"visit.{name}" for name in ("number", "kind", "on", "until", "note")}
    home = ("stated_size", "address", "settlement")
    person = ("civil_status", "occupation", *ANSWERS)
    return Reading(
        Fills.VISIT,
        {
            **visit,
            **{f"home/{name}": f"group.{name}" for name in home},
            **{f"home/{PREFIX}{code}": f"group.{OWN}{code}" for code in groups},
            **{f"{_PERSON}/{name}": f"person.{name}" for name in person},
            **{f"{_PERSON}/{PREFIX}{code}": f"person.{OWN}{code}" for code in people},
            PICTURE: PICTURE,
        },
    )


def fields_offered(fills: Fills) -> dict[str, str]:
    """The fields an answer may fill, in words, those an installation added not among them."""
    both = {
        "group.stated_size": _("How many people live in it"),
        "group.address": _("Address"),
        "group.settlement": _("Settlement"),
        "person.civil_status": _("Civil status"),
        "person.occupation": _("Occupation"),
        "person.education": _("Education"),
        **{f"person.{name}": words for name, words in questions().items()},
        PICTURE: _("Picture"),
    }
    first = _of_visits() if fills is Fills.VISIT else _of_registration()
    return {**first, **both}


def _of_visits() -> dict[str, str]:
    return {
        NUMBER: _("Number of the household or person (HG-…)"),
        KIND: _("Kind of visit"),
        ON: _("On which day"),
        UNTIL: _("What was found holds until"),
        NOTE: _("What was found"),
    }


def _of_registration() -> dict[str, str]:
    return {
        "person.name": _("Name"),
        "person.given_name": _("Given name"),
        "person.other_names": _("Other names"),
        "person.family_name": _("Family name"),
        "person.name_local": _("Name in the local script"),
        "person.relation": _("In the household"),
        "person.sex": _("Sex"),
        "person.birth_date": _("Birth date"),
        "person.age": _("Age in years"),
        "person.id_type": _("Kind of identifier"),
        "person.id_number": _("Identifier"),
        "person.phone": _("Phone of the person"),
        "group.code": _("Code of the household"),
        "group.phone": _("Phone"),
        "group.place": _("Where it stands (a point)"),
        "group.pcode": _("Where it stands (P-code of the area)"),
    }


def own_reading(form: str, groups: Sequence[str], people: Sequence[str]) -> Reading | None:
    """How one of our own forms is read; None for those of others."""
    known = {REGISTRATION: registration_reading, VISIT: visit_reading}.get(form)
    return known(groups, people) if known else None


def _by_field(said: Mapping[str, str], reading: Reading) -> dict[str, str]:
    told: dict[str, str] = {}
    for path, text in said.items():
        if meant := reading.fields.get(path):
            told.setdefault(meant, _in_our_words(text, reading.words.get(path, {})))
    return told


def _in_our_words(text: str, words: Mapping[str, str]) -> str:
    """An answer in our words: whole, else each of several that were chosen."""
    if text in words or not words:
        return words.get(text, text)
    return " ".join(words.get(part, part) for part in text.split())
