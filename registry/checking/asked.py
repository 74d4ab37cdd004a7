"""What a person says of a file in a MAP.json: its columns, its words, and how it is written.

The mapping a check answers can be sent back as it is, or with corrections.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import Invalid
from geo.tables import UNSAID, Choice
from registry.checking.fields import SHAPES, WORD_LISTS, Kind
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
    try:
        said = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        raise NotAMapping(name=path.name) from None
    if not isinstance(said, dict):
        raise NotAMapping(name=path.name)
    fields = said.get("mapping", {k: v for k, v in said.items() if k not in (*BESIDE, *ANSWERED)})
    words, constants = said.get("words", {}), said.get("constants", {})
    if not all(isinstance(each, dict) for each in (fields, words, constants, *words.values())):
        raise NotAMapping(name=path.name)
    for name in (*fields, *words, *constants):
        if name not in SHAPES:
            raise FieldUnknown(name=path.name, field=name, fields=", ".join(SHAPES))
    return Asked(
        fields={name: str(column) for name, column in fields.items() if column} or None,
        choice=Choice(**{key: str(said[key]) for key in WRITTEN if said.get(key)}),
        decimal=_one_of(path, said, "decimal", (".", ",")) or "",
        days=_day_order(_one_of(path, said, "days", tuple(DayOrder))),
        kind=_kind(_one_of(path, said, "kind", tuple(Kind))),
        words={name: _plainly(codes) for name, codes in words.items() if name in WORD_LISTS},
        constants={name: str(code) for name, code in constants.items()},
    )


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


def _plainly(codes: Mapping[str, object]) -> dict[str, str]:
    return {plain(cell): str(code) for cell, code in codes.items()}
