"""Fields an installation added, as the questions of a form (XLSForm, https://xlsform.org/en/)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.words import _, language_of, speaking, spoken_languages
from registry.parsing.values import DATE, FLAG, NUMBER, TEXT, WHOLE, WORD, WORDS

PREFIX = "own_"  # before the code of a field, so that it is never taken for another question
YES_NO = "yes_no"
KINDS = {
    TEXT: "text",
    WHOLE: "integer",
    NUMBER: "decimal",
    DATE: "date",
    FLAG: f"select_one {YES_NO}",
    WORD: "select_one {list}",
    WORDS: "select_multiple {list}",
}
Row = dict[str, str]
Said = Mapping[str, str]  # by language tag
Words = Mapping[str, Mapping[str, Said]]  # of lists, by code and language


@dataclass(frozen=True)
class Asked:
    """A field as a form asks it: `labels` and `hints` by language tag."""

    code: str
    type: str
    labels: Said
    hints: Said
    word_list: str | None = None
    required: bool = False
    least: Decimal | None = None
    most: Decimal | None = None
    pattern: str | None = None


def question(asked: Asked) -> Row:
    """The row of an XLSForm that asks a field."""
    row = {
        "type": KINDS[asked.type].format(list=asked.word_list),
        "name": PREFIX + asked.code,
        "constraint": _constraint(asked),
        "required": "yes" if asked.required else "",
        **in_languages("label", asked.labels, asked.code),
    }
    if asked.hints:
        row |= in_languages("hint", asked.hints, "-")
    return {name: value for name, value in row.items() if value}


def lists_of(asked: Sequence[Asked]) -> list[str]:
    """The word lists that fields choose from, each once."""
    return list(dict.fromkeys(each.word_list for each in asked if each.word_list))


def choices(words: Words, lists: Sequence[str]) -> list[Row]:
    """The words of lists as choices, and yes and no."""
    rows = [
        {"list_name": listed, "name": code, **in_languages("label", labels, code)}
        for listed in lists
        for code, labels in words.get(listed, {}).items()
    ]
    return [*rows, *_yes_no()]


def in_languages(column: str, said: Said, else_: str) -> Row:
    """One column in every language people read in."""
    return {
        f"{column}::{language} ({tag})": said.get(tag) or said.get("en") or else_
        for tag, language in spoken_languages()
    }


def _yes_no() -> list[Row]:
    rows: dict[str, Row] = {code: {"list_name": YES_NO, "name": code} for code in ("yes", "no")}
    for tag, language in spoken_languages():
        with speaking(language_of(tag)):
            rows["yes"][f"label::{language} ({tag})"] = _("yes")
            rows["no"][f"label::{language} ({tag})"] = _("no")
    return [*rows.values()]


def _constraint(asked: Asked) -> str:
    """What an answer has to fulfil, in XPath; a pattern with both kinds of quotes is left to us."""
    if asked.pattern:
        quote = "'" if "'" not in asked.pattern else '"'
        return "" if quote in asked.pattern else f"regex(., {quote}{asked.pattern}{quote})"
    bounds = ((">=", asked.least), ("<=", asked.most))
    return " and ".join(f". {sign} {bound}" for sign, bound in bounds if bound is not None)
