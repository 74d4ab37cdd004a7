"""Fields of an installation's own as a file may say them."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.checking.fields import FIELDS, Kind, template
from registry.checking.own import OwnColumn, OwnColumns
from registry.models.fields import FieldState, OwnField, Scope
from registry.models.imports import ImportKind
from registry.parsing.fields import Field
from registry.queries.fields import known_fields
from registry.queries.vocabularies import codes

SCOPES: Mapping[ImportKind, tuple[Scope, ...]] = {
    ImportKind.HOUSEHOLDS: (Scope.GROUP,),
    ImportKind.PEOPLE: (Scope.INDIVIDUAL,),
    ImportKind.REGISTRATIONS: (Scope.GROUP, Scope.INDIVIDUAL),
    ImportKind.ROSTER: (Scope.GROUP, Scope.INDIVIDUAL),
}
"""Whom the rows of a file tell of."""


def own_columns(session: Session, kind: ImportKind) -> OwnColumns:
    """What own fields a file of a kind may say, by the names it has in a mapping."""
    words, called = codes(session), _called(session)
    return {
        f"{scope}.{code}": OwnColumn(
            each.takes(words), each.word_list or "", (code, *called.get((scope, code), ()))
        )
        for scope in SCOPES[kind]
        for code, each in known_fields(session, scope).items()
        if not each.computed
    }


def fields_of_file(session: Session, kind: ImportKind) -> list[Field]:
    """All that a file of a kind may say, own fields last and called as they are on forms."""
    own = own_columns(session, kind)
    return [
        *FIELDS[Kind(kind)],
        *(
            Field(name, "", each.takes.required, each.example, each.holds_days, label=each.label)
            for name, each in own.items()
        ),
    ]


def template_of(session: Session, kind: ImportKind) -> list[Sequence[str]]:
    """Headings and one example row of a file that needs no mapping, own fields among them."""
    headings, example = template(Kind(kind))
    own = own_columns(session, kind)
    codes_of = [name.partition(".")[2] for name in own]
    return [[*headings, *codes_of], [*example, *(each.example for each in own.values())]]


def _called(session: Session) -> dict[tuple[Scope, str], tuple[str, ...]]:
    """What fields in use are called in every language."""
    asked = select(OwnField).where(OwnField.state == FieldState.ACTIVE)
    return {(each.scope, each.code): (*each.labels.values(),) for each in session.scalars(asked)}
