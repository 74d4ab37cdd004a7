"""Words for people: every sentence passes through here, in the language of whoever reads it.

A sentence is its English text; `{names}` in it are filled after translation, so that a translator
may move them. The language is set once a request or a job by `speaking`, never handed about.
Figures, dates, codes and names keep their own direction in a language that runs from the right.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any

from babel import Locale
from babel.numbers import format_decimal, format_percent, format_scientific

CATALOGUES = Path(__file__).parents[1] / "translations"
SOURCE = "en"
PSEUDO = "en-XA"  # the pseudo-language of the tests: longer by 40 %, right to left
PADDING = "······· "  # what makes it longer; it breaks where words would
ENDLESS = 1e15  # from here on a number is written by its power of ten
HIDDEN = "*"  # what stands for a figure that is hidden
FORMULA = r"^([=@\t\r]|[+-](?![0-9 ().-]*$))"  # how a sheet's begins; a number is none
SENTENCE = "sentence"
KEPT = f'{{"{SENTENCE}": '  # how what is stored of a sentence begins
ISOLATE, POP = "\u2068", "\u2069"  # Unicode's UAX 9: `<bdi>` without a tag


@dataclass(frozen=True)
class Language:
    """A language people may read the platform in: its tag, its formats and its sentences."""

    tag: str
    locale: Locale
    sentences: NullTranslations = field(default_factory=NullTranslations)

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`, as the `dir` attribute wants it."""
        return "rtl" if self.tag == PSEUDO else str(self.locale.text_direction)


class Longer(NullTranslations):
    """The pseudo-language: sentences in brackets and 40 % longer, so that raw or cut text shows."""

    def gettext(self, message: str) -> str:
        length = round(len(message) * 0.4)
        return f"⟦{message}{(PADDING * length)[:length]}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


ENGLISH = Language(SOURCE, Locale.parse("en"))
_current: ContextVar[Language] = ContextVar("language", default=ENGLISH)


def language_of(tag: str) -> Language:
    """The language of a BCP 47 tag, or English where the platform does not speak it."""
    if tag == PSEUDO:
        return Language(PSEUDO, Locale.parse("en"), Longer())
    catalogue = CATALOGUES / tag.replace("-", "_") / "LC_MESSAGES" / "messages.mo"
    if not catalogue.is_file():
        return ENGLISH
    with catalogue.open("rb") as file:
        return Language(tag, Locale.parse(tag, sep="-"), GNUTranslations(file))


def current() -> Language:
    """The language being spoken now."""
    return _current.get()


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Speak one language for the length of a request, a job or a command."""
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


class Said(str):
    """A sentence as it was said, which knows how, so that others can be told it too.

    `many` is its form for several, where there is one, and `number` how many those are.
    """

    __slots__ = ("many", "number", "parts", "sentence")
    sentence: str
    many: str | None
    number: int | None
    parts: dict[str, object]


def _(sentence: str, **parts: object) -> str:
    """The sentence in the reader's language, its `{parts}` filled."""
    text = current().sentences.gettext(sentence)
    said = Said(text.format(**_apart(parts)) if parts else text)
    said.sentence, said.many, said.number, said.parts = sentence, None, None, parts
    return said


def counted(one: str, many: str, count: int | None, **parts: object) -> str:
    """The sentence in the form its `count` asks for, with the count as the reader writes it.

    A count that is hidden (None) stands as its mark in the form for several.
    """
    text = current().sentences.ngettext(one, many, 2 if count is None else count)
    said = Said(text.format(**_apart({"count": figure_said(count), **parts})))
    said.sentence, said.many, said.number, said.parts = one, many, count, parts
    return said


def kept(text: str) -> str:
    """A text as it is stored: a sentence by its source and its parts, so that whoever reads it
    later is told it in a language of their own; all else as it stands."""
    if not isinstance(text, Said):
        return text
    return json.dumps(_stored(text), ensure_ascii=False)


def told(text: str) -> str:
    """A text that was stored, in the language of whoever reads it."""
    said: str = _again(json.loads(text)) if text.startswith(KEPT) else text
    return said


def _stored(part: object) -> object:
    """A part of a sentence in plain values; one that is a sentence itself stays one."""
    if isinstance(part, Said):
        parts = {name: _stored(each) for name, each in part.parts.items()}
        return {SENTENCE: part.sentence, "many": part.many, "count": part.number, "parts": parts}
    return part if part is None or isinstance(part, int | float) else bare(str(part))


def _again(part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    parts = {name: _again(each) for name, each in part["parts"].items()}
    if part["many"] is None:
        return _(part[SENTENCE], **parts)
    return counted(part[SENTENCE], part["many"], part["count"], **parts)


def joined(sentences: Iterable[str]) -> str:
    """Sentences one after the other, as one."""
    said = ""
    for sentence in sentences:
        said = _("{first} {next}", first=said, next=sentence) if said else sentence
    return said


def apart(text: str) -> str:
    """A text that keeps its own direction whatever stands round it: 19 Nov, -28.85, 0.5 m, HG-27.

    Nothing is added in a language written from the left, where such texts run with the line.
    """
    return f"{ISOLATE}{text}{POP}" if current().direction == "rtl" else text


def bare(text: str) -> str:
    """A text as it is stored or typed: without the marks that set its parts apart."""
    return text.replace(ISOLATE, "").replace(POP, "")


def _apart(parts: dict[str, object]) -> dict[str, object]:
    """The parts of a sentence, each apart from the words round it."""
    if current().direction == "ltr":
        return parts
    return {name: apart(str(part)) for name, part in parts.items()}


def spoken_languages() -> list[tuple[str, str]]:
    """Tag and own name of each language the platform speaks, English first."""
    there = sorted(p.parent.parent.name for p in CATALOGUES.glob("*/LC_MESSAGES/messages.mo"))
    tags = [SOURCE, *(tag.replace("_", "-") for tag in there)]
    return [(tag, str(Locale.parse(tag, sep="-").display_name)) for tag in tags]


def figure_said(number: float | Decimal | None) -> str:
    """A number grouped and written as the reader writes it; one that is hidden (None) is a mark."""
    return HIDDEN if number is None else apart(_figure_in(number, current().locale))


@lru_cache(maxsize=4096)  # a histogram alone writes two hundred, mostly the same on every page
def _figure_in(number: float | Decimal, locale: Locale) -> str:
    if abs(float(number)) >= ENDLESS:
        return str(format_scientific(number, "0.#####E0", locale=locale))
    return str(format_decimal(number, locale=locale))


def tenths_said(number: float) -> str:
    """A number with one decimal, so that a column of them lines up."""
    return apart(str(format_decimal(number, "#,##0.0", locale=current().locale)))


def hundredths_said(number: float) -> str:
    """A number with two decimals, so that a column of them lines up."""
    return apart(str(format_decimal(number, "#,##0.00", locale=current().locale)))


def percent_said(share: float) -> str:
    """A share from 0 to 1 as the reader writes it, with one decimal."""
    return apart(str(format_percent(share, "#,##0.0 %", locale=current().locale)))
