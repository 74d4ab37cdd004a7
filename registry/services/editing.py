"""Changing what is said of a person or a household."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.clock import today
from core.errors import Conflict
from registry.models.registrants import Group, Individual, Membership, Registrant
from registry.parsing.languages import LanguageUnknown, is_language
from registry.permissions import May
from registry.queries.vocabularies import codes
from registry.services.membership_rules import HEAD
from registry.services.names import name_them
from registry.services.people import (
    MOST,
    OF_WORDS,
    PERSONAL,
    AnswerImpossible,
    BornInFuture,
    FieldUnknown,
    NameMissing,
    SizeImpossible,
    refuse_value,
    refuse_word,
)
from registry.services.records import record_of

BORN = ("birth_date", "birth_date_exact")
OF_PERSONS: dict[str, type[Any]] = {
    **dict.fromkeys(("name", "name_local", "language"), Registrant),
    **dict.fromkeys(("sex", *BORN, *PERSONAL), Individual),
}
OF_GROUPS: dict[str, type[Any]] = {
    **dict.fromkeys(("language", "settlement", "address"), Registrant),
    **dict.fromkeys(("stated_size", "is_partial"), Group),
}
"""What may be changed of each, and the row that says it."""


class NothingChanged(Conflict):
    """Nothing differs from what is written down; change something first."""


def edit(session: Session, number: str, said: Mapping[str, Any], *, actor: Actor) -> list[str]:
    """Change fields of a person or a household; answers the names of those that differed.

    An empty text takes a field away. A group bears the name of its head.

    Raises:
        Forbidden, RegistrantUnknown, RecordClosed, NothingChanged; FieldUnknown, AnswerImpossible,
        WordUnknown, LanguageUnknown, NameMissing, BornInFuture, SizeImpossible: a field is wrong.
    """
    actor.require(May.WRITE_REGISTRANTS)
    found = record_of(session, number, actor=actor)
    of = OF_GROUPS if session.get(Group, found.id) else OF_PERSONS
    changes = {name: _plain(value) for name, value in said.items()}
    rows = {kind: session.get_one(kind, found.id) for kind in {*of.values()}}
    differ = {n: v for n, v in changes.items() if n not in of or getattr(rows[of[n]], n) != v}
    refuse_changes(session, differ, of)  # what stays may hold a word that is retired meanwhile
    if not differ:
        raise NothingChanged
    with audit.act(session, actor, "registrants.edit", found) as figures:
        for name, value in differ.items():
            setattr(rows[of[name]], name, value)
        if {"name", "name_local"} & differ.keys():
            _rename(session, found)
        session.flush()
        figures.update(number=found.number, changed_fields=len(differ))
    return sorted(differ)


def refuse_changes(session: Session, changes: Mapping[str, Any], of: Mapping[str, Any]) -> None:
    """Refuse what cannot be said of somebody; `of` are the fields that are known."""
    words = codes(session)
    for name, value in changes.items():
        if name not in of:
            raise FieldUnknown(field=name)
        if name in OF_WORDS and value is not None:
            refuse_word(words, OF_WORDS[name], str(value))
        _refuse_one(name, value)


def _refuse_one(name: str, value: Any) -> None:
    if name in BORN:
        _refuse_birth(name, value)
    elif name == "stated_size":
        _refuse_size(value)
    elif name == "name" and value is None:
        raise NameMissing(number=1)
    elif name == "language" and value is not None and not is_language(str(value)):
        raise LanguageUnknown(code=value)
    else:
        refuse_value(name, value)


def _refuse_birth(name: str, value: Any) -> None:
    kind = date if name == "birth_date" else bool
    if not isinstance(value, kind) and (name != "birth_date" or value is not None):
        raise AnswerImpossible(value=value, field=name)
    if isinstance(value, date) and value > today():
        raise BornInFuture(name=value.isoformat())


def _refuse_size(value: Any) -> None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if value is not None and not (whole and 1 <= value <= MOST):
        raise SizeImpossible


def _plain(value: Any) -> Any:
    """Text without blanks about it; nothing is nothing."""
    if isinstance(value, str):
        return " ".join(value.split()) or None
    return value


def _rename(session: Session, person: Registrant) -> None:
    """Find somebody by their new name; the groups they head bear it too."""
    name_them(person, person.name, person.name_local)
    headed = (
        select(Registrant)
        .join(Membership, Membership.group_id == Registrant.id)
        .where(Membership.member_id == person.id, Membership.kind == HEAD)
        .where(Membership.ended_on.is_(None))
    )
    for group in session.scalars(headed):
        name_them(group, person.name, person.name_local)
