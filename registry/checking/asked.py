"""What a person says of a file in a MAP.json: its columns, its words, and how it is written.

The mapping a check answers can be sent back as it is, or with corrections.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import Invalid
from geo.tables import UNSAID, Choice
from geo.tables.text import SEPARATORS
from registry.checking.fields import SHAPES, WORD_LISTS, Kind
from registry.checking.words import own_words
from registry.parsing.days import DayOrder
from registry.parsing.plain import plain

WRITTEN = ("encoding", "separator", "sheet", "layer", "crs")
BESIDE = (*WRITTEN, "decimal", "days", "kind", "words", "constants", "mapping")
ANSWERED = ("totals", "rows", "guessed")  # the rest of an answer that is sent back


class NotAMapping(Invalid):
    """{name} is not a mapping: write an object of JSON with a column's heading by each field."""


class FieldUnknown(Invalid):
    """{name} names the field {field}, which there is not; there are {fields}."""


class MappedColumnUnknown(Invalid):
    """The file has no column headed {column}; it has {columns}."""


class WordImpossible(Invalid):
    """{name} says {said} for {key}, which cannot be; choose among {choices}."""


@dataclass(frozen=True)
class Asked:
    """What was said of a file; `fields` is None where its columns are to be guessed."""

    fields: Mapping[str, str] | None = None
    choice: Choice = UNSAID
    decimal: str = ""
    days: DayOrder | None = None
    kind: Kind | None = None
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)

    def must_fit(self, columns: Sequence[str]) -> None:
        """Raises MappedColumnUnknown where a column is named that the file has not."""
        for column in (self.fields or {}).values():
            if column not in columns:
                raise MappedColumnUnknown(column=column, columns=", ".join(columns))


def asked_in(path: Path) -> Asked:
    """What a MAP.json says. Raises NotAMapping, FieldUnknown, WordImpossible."""
    said = _said_in(path)
    fields, words, constants = said["mapping"], said["words"], said["constants"]
    _must_be_known(path, (*fields, *words, *constants), SHAPES)
    _must_be_known(path, words, WORD_LISTS)
    return Asked(
        fields={name: str(column) for name, column in fields.items() if column} or None,
        choice=_choice(path, said),
        decimal=_one_of(path, said, "decimal", (".", ",")) or "",
        days=_day_order(_one_of(path, said, "days", tuple(DayOrder))),
        kind=_kind(_one_of(path, said, "kind", tuple(Kind))),
        words={name: _plainly(path, name, codes) for name, codes in words.items()},
        constants={name: _constant(path, name, str(said)) for name, said in constants.items()},
    )


def _said_in(path: Path) -> dict[str, Any]:
    """A MAP.json, its fields under `mapping`. Raises NotAMapping."""
    try:
        said = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        raise NotAMapping(name=path.name) from None
    if not isinstance(said, dict):
        raise NotAMapping(name=path.name)
    fields = {key: value for key, value in said.items() if key not in (*BESIDE, *ANSWERED)}
    whole: dict[str, Any] = {"mapping": fields, "words": {}, "constants": {}, **said}
    parts = [whole[key] for key in ("mapping", "words", "constants")]
    if not all(isinstance(each, dict) for each in parts):
        raise NotAMapping(name=path.name)
    if not all(isinstance(each, dict) for each in whole["words"].values()):
        raise NotAMapping(name=path.name)
    return whole


def _must_be_known(path: Path, names: Iterable[str], known: Mapping[str, Any]) -> None:
    for name in names:
        if name not in known:
            raise FieldUnknown(name=path.name, field=name, fields=", ".join(known))


def _choice(path: Path, said: Mapping[str, Any]) -> Choice:
    written = {key: str(said[key]) for key in WRITTEN if said.get(key)}
    if "separator" in written:
        written["separator"] = _separator(path, written["separator"])
    return Choice(**written)


def _constant(path: Path, name: str, said: str) -> str:
    """What is meant of a field where a row says nothing; of a word its code."""
    if name not in WORD_LISTS:
        return said
    known = own_words().meanings[WORD_LISTS[name]]
    if plain(said) not in known:
        choices = ", ".join(sorted(set(known.values())))
        raise WordImpossible(name=path.name, said=said, key=name, choices=choices)
    return known[plain(said)]


def _one_of(path: Path, said: Mapping[str, Any], key: str, choices: Sequence[str]) -> str | None:
    if said.get(key) is None:
        return None
    if said[key] not in choices:
        raise WordImpossible(name=path.name, said=said[key], key=key, choices=", ".join(choices))
    return str(said[key])


def _day_order(said: str | None) -> DayOrder | None:
    return DayOrder(said) if said else None


def _kind(said: str | None) -> Kind | None:
    return Kind(said) if said else None


def _plainly(path: Path, name: str, codes: Mapping[str, object]) -> dict[str, str]:
    """The codes of a field's cells, by the cells plainly written."""
    choices = sorted(set(own_words().meanings[WORD_LISTS[name]].values()))
    said = {plain(cell): str(code) for cell, code in codes.items()}
    wrong = next((code for code in said.values() if code not in choices), None)
    if wrong is not None:
        raise WordImpossible(name=path.name, said=wrong, key=name, choices=", ".join(choices))
    return said


def _separator(path: Path, said: object) -> str:
    """The sign between cells, which is one letter or the word tab."""
    sign = {"tab": "\t", "\\t": "\t"}.get(str(said), str(said))
    if len(sign) != 1:
        named = ", ".join((*SEPARATORS[:2], "tab", *SEPARATORS[3:5]))
        raise WordImpossible(name=path.name, said=said, key="separator", choices=named)
    return sign
