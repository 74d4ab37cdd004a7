"""Values of fields an installation added: what somebody wrote, as what the field holds."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from core.errors import Invalid
from core.words import _
from registry.parsing.figures import DIGITS
from registry.parsing.plain import plain
from registry.parsing.words import YES_NO

TEXT, WHOLE, NUMBER, FLAG, DATE, WORD, WORDS = (
    *("text", "whole", "number", "flag", "date", "word", "words"),
)
LONGEST, SHOWN = 1_000, 60  # characters of a text, and of one that is told back
LARGEST = Decimal(10) ** 15
MOST_WORDS = 50
BETWEEN = re.compile(r"[,;|]")
Value = str | int | Decimal | bool | date | list[str]


class ValueMisfit(Invalid):
    """ "{value}" does not fit the field "{field}", which takes {wanted}; correct it."""


class ValueRefused(Invalid):
    """{field}: {refusal}"""


class ValueMissing(Invalid):
    """The field "{field}" has to be filled in."""


@dataclass(frozen=True)
class Takes:
    """What a field takes; `words` are the codes of its list, None where it has none.

    `refusal` is what its makers say of what it does not take.
    """

    label: str
    type: str
    words: Collection[str] | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    pattern: str | None = None
    required: bool = False
    refusal: str = ""


def read_value(takes: Takes, said: Any) -> Value | None:
    """What somebody wrote, as what the field holds; None where they wrote nothing.

    Raises:
        ValueMisfit, or in words of the field's makers ValueRefused: it is of another kind, or
        beyond the bounds. ValueMissing: it is required.
    """
    if said is None or said == [] or (isinstance(said, str) and not said.strip()):
        if takes.required:
            raise ValueMissing(field=takes.label)
        return None
    value: Value | None = _READ[takes.type](said, takes)
    if value is None and takes.refusal:
        raise ValueRefused(field=takes.label, refusal=takes.refusal)
    if value is None:
        raise ValueMisfit(value=_shown(said), field=takes.label, wanted=wanted(takes))
    return value


def wanted(takes: Takes) -> str:
    """What a field takes, in words."""
    if takes.least is not None and takes.most is not None:
        return _("a number from {least} to {most}", least=takes.least, most=takes.most)
    if takes.least is not None:
        return _("a number of at least {least}", least=takes.least)
    if takes.most is not None:
        return _("a number of at most {most}", most=takes.most)
    return {
        TEXT: _("a text as it was agreed") if takes.pattern else _("a text of 1,000 letters"),
        WHOLE: _("a whole number"),
        NUMBER: _("a number"),
        FLAG: _("yes or no"),
        DATE: _("a date such as 1990-03-14"),
        WORD: _("one of its words"),
        WORDS: _("some of its words"),
    }[takes.type]


def _shown(said: Any) -> str:
    return str(said)[:SHOWN]


def _text(said: Any, takes: Takes) -> str | None:
    if not isinstance(said, str) or len(said) > LONGEST or "\0" in said:
        return None
    text = said.strip()
    fits = takes.pattern is None or re.fullmatch(takes.pattern, text)
    return text if fits else None


def _number(said: Any, takes: Takes) -> Decimal | None:
    if isinstance(said, bool) or not isinstance(said, str | int | float | Decimal):
        return None
    text = str(said).translate(DIGITS).strip().replace("\u2212", "-")
    text = re.sub(r"[\s\u00a0\u202f']", "", text)
    if text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and _is_within(number, takes) else None


def _is_within(number: Decimal, takes: Takes) -> bool:
    enough = takes.least is None or number >= takes.least
    return enough and abs(number) < LARGEST and (takes.most is None or number <= takes.most)


def _whole(said: Any, takes: Takes) -> int | None:
    number = _number(said, takes)
    return int(number) if number is not None and number == number.to_integral_value() else None


def _flag(said: Any, _takes: Takes) -> bool | None:
    if isinstance(said, bool):
        return said
    word = plain(said) if isinstance(said, str) else ""
    meant = {plain(each): code == "yes" for code, line in YES_NO.items() for each in line.split()}
    return meant.get(word)


def _date(said: Any, _takes: Takes) -> date | None:
    if isinstance(said, date):
        return said
    try:
        return date.fromisoformat(str(said).translate(DIGITS).strip())
    except ValueError:
        return None


def _word(said: Any, takes: Takes) -> str | None:
    code = said.strip() if isinstance(said, str) else ""
    return code if takes.words is not None and code in takes.words else None


def _words(said: Any, takes: Takes) -> list[str] | None:
    given = BETWEEN.split(said) if isinstance(said, str) else said
    if not isinstance(given, list | tuple) or len(given) > MOST_WORDS:
        return None
    codes = [_word(each, takes) for each in given if each != ""]
    known = list(dict.fromkeys(code for code in codes if code is not None))
    return known if None not in codes and known else None


_READ: dict[str, Any] = {
    TEXT: _text,
    WHOLE: _whole,
    NUMBER: _number,
    FLAG: _flag,
    DATE: _date,
    WORD: _word,
    WORDS: _words,
}
