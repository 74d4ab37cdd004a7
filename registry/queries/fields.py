"""Asking which fields an installation added, and what they say of a registrant."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    ColumnClause,
    Date,
    MetaData,
    Numeric,
    Table,
    Text,
    column,
    select,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from core.actor import Actor
from core.clock import day_said
from core.errors import NotFound
from core.words import _, figure_said
from registry.models.fields import FieldSection, FieldState, FieldType, OwnField, Scope
from registry.parsing.values import Takes
from registry.permissions import May
from registry.queries.vocabularies import codes, label

HOLD: Mapping[Scope, str] = {Scope.GROUP: "group_fields", Scope.INDIVIDUAL: "individual_fields"}
STORED: Mapping[FieldType, TypeEngine[Any]] = {
    FieldType.TEXT: Text(),
    FieldType.WORD: Text(),
    FieldType.WORDS: ARRAY(Text()),
    FieldType.WHOLE: BigInteger(),
    FieldType.NUMBER: Numeric(),
    FieldType.FLAG: Boolean(),
    FieldType.DATE: Date(),
}


class FieldMissing(NotFound):
    """There is no field of the code {code}."""


@dataclass(frozen=True)
class Known:
    """One field that is asked: `column` holds its values, or `computed` says how to reckon them.

    `label`, `hint`, `section` and `refusal` are in the reader's language; `made` grows from one to
    the next.
    """

    code: str
    scope: Scope
    type: FieldType
    label: str
    section: str
    hint: str = ""
    word_list: str | None = None
    needs: str | None = None
    column: ColumnClause[Any] | None = None
    computed: str | None = None
    required: bool = False
    least: Decimal | None = None
    most: Decimal | None = None
    pattern: str | None = None
    made: int = 0
    needed_if: str | None = None
    holds: str | None = None
    refusal: str = ""

    def takes(self, words: Mapping[str, frozenset[str]]) -> Takes:
        """What it takes, given the codes of every word list."""
        listed = words.get(self.word_list, frozenset()) if self.word_list else None
        return Takes(
            self.label,
            self.type,
            listed,
            least=self.least,
            most=self.most,
            pattern=self.pattern,
            required=self.required,
            refusal=self.refusal,
        )


Fields = Mapping[str, Known]


@dataclass(frozen=True)
class Own:
    """The fields an installation added, of groups and of people."""

    groups: Fields = field(default_factory=dict)
    individuals: Fields = field(default_factory=dict)

    def of(self, scope: Scope) -> Fields:
        """The fields of one scope."""
        return self.groups if scope is Scope.GROUP else self.individuals

    def before(self, made: int) -> "Own":
        """Those that were made before one."""
        groups, people = (
            {code: each for code, each in fields.items() if each.made < made}
            for fields in (self.groups, self.individuals)
        )
        return Own(groups, people)

    def held_in(self, table: str, column: str) -> Known | None:
        """The field whose values a column of a table holds."""
        scope = next((scope for scope, name in HOLD.items() if name == table), None)
        return self.of(scope).get(column.removeprefix("c_")) if scope else None


NOTHING = Own()


def own_fields(session: Session) -> Own:
    """The fields in use, of groups and of people, each in the order of forms."""
    asked = (
        select(OwnField, FieldSection)
        .join(FieldSection, FieldSection.id == OwnField.section_id)
        .where(OwnField.state == FieldState.ACTIVE)
        .order_by(FieldSection.position, FieldSection.id, OwnField.position, OwnField.id)
    )
    found = [_known(made, section) for made, section in session.execute(asked)]
    columns = {scope: _table(scope, found).c for scope in Scope}
    known = [
        each if each.computed else replace(each, column=columns[each.scope][f"c_{each.code}"])
        for each in found
    ]
    by_scope = {
        scope: {each.code: each for each in known if each.scope is scope} for scope in Scope
    }
    return Own(by_scope[Scope.GROUP], by_scope[Scope.INDIVIDUAL])


def known_fields(session: Session, scope: Scope) -> Fields:
    """The fields in use of one scope, by their codes, in the order of forms."""
    return own_fields(session).of(scope)


def fields_table(scope: Scope, fields: Fields) -> Table:
    """The table that holds the values of fields: `registrant_id`, `area_id`, `made_by`, and the
    column `c_` and its code of each."""
    return _table(scope, [each for each in fields.values() if not each.computed])


@dataclass(frozen=True)
class Made:
    """All fields there are, retired ones too, by scope and section; and the sections' names."""

    by_scope: Mapping[Scope, Sequence[tuple[FieldSection, OwnField]]]
    sections: Sequence[FieldSection]

    def by_section(self, scope: Scope) -> list[tuple[FieldSection, list[OwnField]]]:
        """The sections of a scope that have fields, each with them, in the order of forms."""
        rows = groupby(self.by_scope[scope], key=lambda row: row[0])
        return [(section, [made for _section, made in of_one]) for section, of_one in rows]


def fields_made(session: Session, *, actor: Actor) -> Made:
    """All fields there are, for who makes them.

    Raises:
        Forbidden
    """
    actor.require(May.WRITE_FIELDS)
    asked = (
        select(FieldSection, OwnField)
        .join(OwnField, OwnField.section_id == FieldSection.id)
        .order_by(FieldSection.position, FieldSection.id, OwnField.position, OwnField.id)
    )
    rows = [(section, made) for section, made in session.execute(asked)]
    by_scope = {scope: [row for row in rows if row[1].scope is scope] for scope in Scope}
    return Made(by_scope, list(session.scalars(select(FieldSection).order_by(FieldSection.id))))


def field_made(session: Session, scope: Scope, code: str, *, actor: Actor) -> OwnField:
    """One field, retired or not, for who makes them.

    Raises:
        Forbidden, FieldMissing
    """
    actor.require(May.WRITE_FIELDS)
    asked = select(OwnField).where(OwnField.scope == scope, OwnField.code == code)
    made = session.scalars(asked).first()
    if made is None:
        raise FieldMissing(code=code)
    return made


def columns_made(session: Session, table: str) -> dict[str, ColumnClause[Any]]:
    """The columns a table has for own fields, retired ones too, by the codes of their fields."""
    scope = next((scope for scope, name in HOLD.items() if name == table), None)
    asked = select(OwnField.code, OwnField.type).where(
        OwnField.scope == scope, OwnField.computed.is_(None)
    )
    rows = session.execute(asked.order_by(OwnField.id)) if scope else ()
    return {code: column(f"c_{code}", STORED[kind]) for code, kind in rows}


def takings(session: Session, fields: Fields) -> dict[str, Takes]:
    """What each stored field takes."""
    words = codes(session)
    return {code: each.takes(words) for code, each in fields.items() if not each.computed}


def written(known: Known, value: Any, words: Mapping[str, Mapping[str, str]]) -> str:
    """A value of a field as the reader writes it, its words in their language."""
    if value is None:
        return ""
    listed = words.get(known.word_list or "", {})
    told: Mapping[FieldType, Callable[[], str]] = {
        FieldType.WORDS: lambda: ", ".join(listed.get(code, code) for code in value),
        FieldType.WORD: lambda: listed.get(value, value),
        FieldType.FLAG: lambda: _("yes") if value else _("no"),
        FieldType.WHOLE: lambda: figure_said(Decimal(str(value))),
        FieldType.NUMBER: lambda: figure_said(Decimal(str(value))),
        FieldType.DATE: lambda: day_said(date.fromisoformat(str(value))),
    }
    return told.get(known.type, lambda: str(value))()


def _known(made: OwnField, section: FieldSection) -> Known:
    return Known(
        code=made.code,
        scope=made.scope,
        type=made.type,
        label=label(made.code, made.labels),
        section=label(section.code, section.labels),
        hint=label("", made.hints),
        word_list=made.word_list,
        needs=made.needs,
        computed=made.computed,
        required=made.required,
        least=made.least,
        most=made.most,
        pattern=made.pattern,
        made=made.id,
        needed_if=made.needed_if,
        holds=made.holds,
        refusal=label("", made.refusals),
    )


def _table(scope: Scope, fields: "list[Known]") -> Table:
    """Made anew for each question: what columns there are is data."""
    return Table(
        HOLD[scope],
        MetaData(),
        Column("registrant_id", BigInteger(), primary_key=True),
        Column("area_id", BigInteger()),
        Column("made_by", BigInteger()),
        *(
            Column(f"c_{each.code}", STORED[each.type])
            for each in fields
            if each.scope is scope and not each.computed
        ),
    )
