"""Own fields as forms of change ask them, and what they say today, as text."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.words import _
from registry.changes.lines import OwnAsk
from registry.models.fields import FieldType, Scope
from registry.queries.fields import Known, fields_table, known_fields
from registry.queries.vocabularies import labels

OWN = "own."  # before the code of an own field in a line of a change


def own_asks(session: Session, scope: Scope, *, actor: Actor) -> list[OwnAsk]:
    """The own fields an actor may ask to be changed, in the order of forms."""
    words = labels(session)
    return [
        OwnAsk(OWN + code, each.label, _hint(each, words), _options(each, words))
        for code, each in known_fields(session, scope).items()
        if not each.computed and (each.needs is None or actor.may(each.needs))
    ]


def own_now(session: Session, registrant_id: int, scope: Scope) -> dict[str, str | None]:
    """What own fields say of a registrant, by the names of their lines."""
    fields = {c: each for c, each in known_fields(session, scope).items() if not each.computed}
    if not fields:
        return {}
    held = fields_table(scope, fields)
    row = session.execute(select(held).where(held.c.registrant_id == registrant_id)).mappings()
    values: Mapping[Any, Any] = row.first() or {}
    return {OWN + code: said_plainly(values.get(f"c_{code}")) for code in fields}


def said_plainly(value: Any) -> str | None:
    """A value as whoever fills it in writes it, whatever their language."""
    told: Mapping[type[Any], Callable[[Any], str]] = {
        bool: lambda said: "yes" if said else "no",
        list: ",".join,
        date: date.isoformat,
    }
    return None if value is None else told.get(type(value), str)(value)


def _options(known: Known, words: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str]]:
    if known.type is FieldType.FLAG:
        return [("yes", _("yes")), ("no", _("no"))]
    if known.type is FieldType.WORD:
        return [*words.get(known.word_list or "", {}).items()]
    return []


def _hint(known: Known, words: Mapping[str, Mapping[str, str]]) -> str:
    if known.type is FieldType.WORDS:
        return _("Some of these: {codes}", codes=", ".join(words.get(known.word_list or "", {})))
    return _("As 1990-03-14") if known.type is FieldType.DATE else known.hint
