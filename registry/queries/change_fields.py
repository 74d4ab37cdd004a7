"""Own fields in changes of records: what they say today as text, and who may see it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.words import _
from registry.changes.lines import OWN, OwnField
from registry.models.fields import FieldType, Scope
from registry.models.registrants import Registrant, RegistrantKind
from registry.queries.fields import Fields, Known, fields_table, known_fields


def scope_of(registrant: Registrant) -> Scope:
    """Whose fields a registrant has."""
    return Scope.GROUP if registrant.kind is RegistrantKind.GROUP else Scope.INDIVIDUAL


def own_now(session: Session, registrant: Registrant) -> dict[str, str | None]:
    """What own fields say of a registrant, each as text, by the names lines have for them."""
    fields = _stored(known_fields(session, scope_of(registrant)))
    if not fields:
        return {}
    held = fields_table(scope_of(registrant), fields)
    row = session.execute(select(held).where(held.c.registrant_id == registrant.id)).mappings()
    values: Mapping[Any, Any] = row.first() or {}
    return {f"{OWN}{code}": _text(values.get(f"c_{code}")) for code in fields}


def own_of(session: Session, registrant: Registrant, *, actor: Actor) -> list[OwnField]:
    """The own fields of a registrant a form of change asks, of those the actor may see."""
    now = own_now(session, registrant)
    return [
        OwnField(
            name=f"{OWN}{code}",
            label=each.label,
            type=each.type,
            now=now[f"{OWN}{code}"],
            hint=each.hint,
            listed=each.word_list or "",
        )
        for code, each in _stored(known_fields(session, scope_of(registrant))).items()
        if each.needs is None or actor.may(each.needs)
    ]


def own_field(session: Session, name: str, registrant: Registrant | None) -> Known | None:
    """The own field of a registrant that a line names, if it is one and is still asked."""
    if registrant is None or not name.startswith(OWN):
        return None
    return known_fields(session, scope_of(registrant)).get(name.removeprefix(OWN))


def own_said(
    known: Known, text: str | None, words: Mapping[str, Mapping[str, str]], *, actor: Actor
) -> str | None:
    """What a line says of an own field, for people; of one that is kept from them, only that."""
    if text is None:
        return None
    if known.needs is not None and not actor.may(known.needs):
        return _("not shown to you")
    if known.type is FieldType.FLAG:
        return {"yes": _("yes"), "no": _("no")}.get(text, text)
    if known.type in (FieldType.WORD, FieldType.WORDS):
        listed = words.get(known.word_list or "", {})
        return ", ".join(listed.get(code, code) for code in text.split(","))
    return text


def _stored(fields: Fields) -> dict[str, Known]:
    return {code: each for code, each in fields.items() if not each.computed}


def _text(value: Any) -> str | None:
    """A value as a line says it, which reads as the same value again."""
    if value is None or value == []:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, list):
        return ",".join(value)
    return value.isoformat() if isinstance(value, date) else str(value)
