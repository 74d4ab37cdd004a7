"""Forms for devices (ODK XForms): our own registration form, and what a filled-in form says.

https://getodk.github.io/xforms-spec/ and https://docs.getodk.org/openrosa/
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from core.errors import Invalid
from core.words import _, language_of, speaking, spoken_languages

REGISTRATION = "registration"
MOST = 10 << 20  # bytes
LISTS = ("relation", "sex", "id_type")
ONE = {"relevant": "${id_number} != ''"}
ROWS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("begin_repeat", "person", {}),
    ("text", "name", {"required": "yes"}),
    ("select_one relation", "relation", {}),
    ("select_one sex", "sex", {}),
    ("date", "birth_date", {}),
    ("text", "id_number", {}),
    ("select_one id_type", "id_type", ONE),
    ("end_repeat", "person", {}),
    ("integer", "stated_size", {}),
    ("text", "phone", {}),
    ("text", "address", {}),
    ("text", "settlement", {}),
    ("geopoint", "place", {}),
    ("image", "picture", {}),
)
"""The rows of the form: the kind of each, its name, and what else is said of it."""


class SubmissionUnreadable(Invalid):
    """This is no filled-in form: {found}; send it again from the device."""


class SubmissionNumberless(Invalid):
    """The form has no instanceID, so that it cannot be told from others; send it from a device."""


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


@dataclass(frozen=True)
class Filled:
    """A filled-in form: which, its number, and its answers; `people` are those of its repeat."""

    form: str
    version: str
    instance_id: str
    corrects: str
    answers: Mapping[str, str]
    people: Sequence[Mapping[str, str]]


def registration_form(words: Mapping[str, Mapping[str, Mapping[str, str]]]) -> XForm:
    """The form a household is registered with.

    `words` are the lists by name, code and language.
    """
    from pyxform.xls2xform import convert  # noqa: PLC0415 - a second to load, and only forms need it

    survey, choices = _survey(), _choices(words)
    version = hashlib.sha256(repr((survey, choices)).encode()).hexdigest()[:10]
    title = _("Register a household")
    settings = {"form_id": REGISTRATION, "form_title": title, "version": version}
    tag, language = spoken_languages()[0]
    settings["default_language"] = f"{language} ({tag})"
    sheets: Any = {"survey": survey, "choices": choices, "settings": [settings]}
    made = convert(xlsform=sheets, validate=False, pretty_print=False)
    return XForm(REGISTRATION, version, title, made.xform.encode())


def filled(xml: bytes) -> Filled:
    """What a form that was sent says.

    Raises:
        SubmissionUnreadable, SubmissionNumberless
    """
    if len(xml) > MOST:
        raise SubmissionUnreadable(found="10 MB")
    try:
        root = fromstring(xml, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as broken:
        raise SubmissionUnreadable(found=type(broken).__name__) from broken
    meta = {_name(each): (each.text or "").strip() for each in _child(root, "meta")}
    if not meta.get("instanceID"):
        raise SubmissionNumberless
    return Filled(
        form=root.get("id", _name(root)),
        version=root.get("version", ""),
        instance_id=meta["instanceID"],
        corrects=meta.get("deprecatedID", ""),
        answers=_answers(root),
        people=[_answers(each) for each in root if _name(each) == "person"],
    )


def _answers(node: Element) -> dict[str, str]:
    """The answers directly below a node, by their names."""
    leaves = ((_name(each), (each.text or "").strip()) for each in node if not len(each))
    return {name: text for name, text in leaves if text}


def _child(node: Element, name: str) -> Sequence[Element]:
    return next(([*each] for each in node if _name(each) == name), [])


def _name(node: Element) -> str:
    """The name of a node without its namespace."""
    return str(node.tag).rpartition("}")[2]


def _survey() -> list[dict[str, str]]:
    """The questions, one a row, as an XLSForm writes them."""
    labels = _labels()
    return [
        {"type": kind, "name": name, **labels.get(name, {}), **more} for kind, name, more in ROWS
    ]


def _labels() -> dict[str, dict[str, str]]:
    """What every question is called, in every language."""
    told: dict[str, dict[str, str]] = {}
    for tag, language in spoken_languages():
        with speaking(language_of(tag)):
            for name, words in _questions().items():
                told.setdefault(name, {})[f"label::{language} ({tag})"] = words
    return told


def _questions() -> dict[str, str]:
    return {
        "person": _("Person"),
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
    }


def _choices(words: Mapping[str, Mapping[str, Mapping[str, str]]]) -> list[dict[str, str]]:
    return [
        {
            "list_name": listed,
            "name": code,
            **{
                f"label::{language} ({tag})": labels.get(tag) or labels.get("en", code)
                for tag, language in spoken_languages()
            },
        }
        for listed in LISTS
        for code, labels in words.get(listed, {}).items()
    ]
