"""Forms for devices (ODK XForms): our own two, made with pyxform from the rows of an XLSForm.

https://getodk.github.io/xforms-spec/ and https://docs.getodk.org/openrosa/
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from core.words import _, language_of, speaking, spoken_languages
from registry.parsing.abilities import ANSWERS, LEVELS, levels, questions
from registry.parsing.questions import Asked, Row, Said, Words, choices, lists_of, question

REGISTRATION, VISIT = "registration", "visit"
MOST = 10 << 20  # bytes
KEPT = 8  # forms that are not made anew while nothing of them changes
LEVEL = "wg_level"
WHOM = "whom"
IS_GROUP, IS_PERSON = "${whom} = 'household'", "${whom} = 'person'"
REQUIRED = {"required": "yes"}
PERSON: tuple[tuple[str, str, Row], ...] = (
    ("text", "name", REQUIRED),
    ("select_one relation", "relation", {}),
    ("select_one sex", "sex", {}),
    ("date", "birth_date", {}),
    ("text", "id_number", {}),
    ("select_one id_type", "id_type", {"relevant": "${id_number} != ''"}),
)
HOUSEHOLD: tuple[tuple[str, str, Row], ...] = (
    ("integer", "stated_size", {}),
    ("text", "phone", {}),
    ("text", "address", {}),
    ("text", "settlement", {}),
)
ENDING: tuple[tuple[str, str, Row], ...] = (("geopoint", "place", {}), ("image", "picture", {}))
VISITED: tuple[tuple[str, str, Row], ...] = (
    ("text", "number", REQUIRED),
    ("select_one whom", WHOM, REQUIRED),
    ("select_one visit_kind", "kind", REQUIRED),
    ("date", "on", {"required": "yes", "default": "today()", "constraint": ". <= today()"}),
    ("date", "until", {"constraint": ". >= ${on}"}),
    ("text", "note", {"appearance": "multiline"}),
)
OF_HOME: tuple[tuple[str, str, Row], ...] = tuple(row for row in HOUSEHOLD if row[1] != "phone")
OF_PERSON: tuple[tuple[str, str, Row], ...] = (
    ("select_one civil_status", "civil_status", {}),
    ("text", "occupation", {}),
    *((f"select_one {LEVEL}", name, {}) for name in ANSWERS),
)
"""The rows of the forms: the kind of each, its name, and what else is said of it."""


@dataclass(frozen=True)
class XForm:
    """A form as a device fetches it."""

    code: str
    version: str
    title: str
    xml: bytes

    @property
    def md5(self) -> str:
        """What devices tell two versions apart by."""
        return hashlib.md5(self.xml, usedforsecurity=False).hexdigest()


def registration_form(
    words: Words, groups: Sequence[Asked] = (), people: Sequence[Asked] = ()
) -> XForm:
    """The form a household is registered with, the fields of an installation's own among it.

    `words` are the lists by name, code and language.
    """
    labels = _labels()
    rows = [
        {"type": "begin_repeat", "name": "person", **labels["person"]},
        *_rows(PERSON, labels),
        *map(question, people),
        {"type": "end_repeat", "name": "person"},
        *_rows(HOUSEHOLD, labels),
        *map(question, groups),
        *_rows(ENDING, labels),
    ]
    lists = ["relation", "sex", "id_type", *lists_of([*groups, *people])]
    return _made(REGISTRATION, _("Register a household"), rows, choices(words, lists))


def visit_form(words: Words, groups: Sequence[Asked] = (), people: Sequence[Asked] = ()) -> XForm:
    """The form a visit is written down with: of a household or a person, known by the number."""
    labels = _labels()
    rows = [
        *_rows(VISITED, labels),
        {"type": "begin_group", "name": "home", "relevant": IS_GROUP, **labels["home"]},
        *_rows(OF_HOME, labels),
        *map(question, groups),
        {"type": "end_group", "name": "home"},
        {"type": "begin_group", "name": "person", "relevant": IS_PERSON, **labels["person"]},
        *_rows(OF_PERSON, labels),
        *map(question, people),
        {"type": "end_group", "name": "person"},
        *_rows(ENDING[1:], labels),
    ]
    lists = ["visit_kind", "civil_status", *lists_of([*groups, *people])]
    listed = [*choices(words, lists), *_whom(), *_levels()]
    return _made(VISIT, _("Write a visit down"), rows, listed)


def converted(sheets: Any) -> Any:
    """What pyxform makes of an XLSForm: a dictionary of sheets, or a file."""
    from pyxform.xls2xform import convert  # noqa: PLC0415 - a second to load, and only forms need it

    return convert(xlsform=sheets, validate=False, pretty_print=False)


def _made(code: str, title: str, rows: list[Row], listed: list[Row]) -> XForm:
    """A form of rows; its version follows from what it asks."""
    plain = orjson.dumps([rows, listed, title, spoken_languages()])
    return _kept(code, title, plain)


@lru_cache(maxsize=KEPT)
def _kept(code: str, title: str, plain: bytes) -> XForm:
    rows, listed, _title, spoken = orjson.loads(plain)
    version = hashlib.sha256(plain).hexdigest()[:10]
    tag, language = spoken[0]
    settings = {"form_id": code, "form_title": title, "version": version}
    settings["default_language"] = f"{language} ({tag})"
    sheets = {"survey": rows, "choices": listed, "settings": [settings]}
    return XForm(code, version, title, converted(sheets).xform.encode())


def _rows(asked: Sequence[tuple[str, str, Row]], labels: Mapping[str, Row]) -> list[Row]:
    return [{"type": kind, "name": name, **labels[name], **more} for kind, name, more in asked]


def _labels() -> dict[str, Row]:
    """What every question is called, in every language."""
    told: dict[str, Row] = {}
    for tag, language in spoken_languages():
        with speaking(language_of(tag)):
            for name, words in {**_questions(), **questions()}.items():
                told.setdefault(name, {})[f"label::{language} ({tag})"] = words
    return told


def _questions() -> dict[str, str]:
    return {
        "person": _("Person"),
        "home": _("Household"),
        "name": _("Name"),
        "relation": _("In the household"),
        "sex": _("Sex"),
        "birth_date": _("Birth date"),
        "id_type": _("Kind of identifier"),
        "id_number": _("Identifier"),
        "stated_size": _("How many people live in it"),
        "phone": _("Phone"),
        "address": _("Address"),
        "settlement": _("Settlement"),
        "place": _("Where it stands"),
        "picture": _("Picture"),
        "number": _("Number of the household or person (HG-…)"),
        WHOM: _("Who is visited"),
        "kind": _("Kind"),
        "on": _("On which day"),
        "until": _("What was found holds until"),
        "note": _("What was found"),
        "civil_status": _("Civil status"),
        "occupation": _("Occupation"),
    }


def _whom() -> list[Row]:
    said = {"household": lambda: _("a household"), "person": lambda: _("a person")}
    return [{"list_name": WHOM, "name": code, **_spoken(words)} for code, words in said.items()]


def _levels() -> list[Row]:
    return [
        {"list_name": LEVEL, "name": str(level), **_spoken(lambda level=level: levels()[level])}
        for level in LEVELS
    ]


def _spoken(words: Any) -> Said:
    """A label in every language."""
    told: Row = {}
    for tag, language in spoken_languages():
        with speaking(language_of(tag)):
            told[f"label::{language} ({tag})"] = words()
    return told
