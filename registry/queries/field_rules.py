"""Rules of own fields: when one has to be filled in, and what has to be true of what is said."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from core import cql
from registry.models.fields import Scope
from registry.models.registrants import Registrant
from registry.queries.fields import Fields, Known, fields_table
from registry.queries.queryables import RECKONER, own_terms


@dataclass(frozen=True)
class Broken:
    """A rule somebody's record breaks: a field is not filled in, or what it says cannot be."""

    registrant_id: int
    field: Known
    is_missing: bool


def rule_terms(scope: Scope, fields: Fields) -> cql.Terms:
    """What rules may speak of: the fields that are filled in, of one scope."""
    return own_terms(fields, fields_table(scope, fields))


def broken_rules(
    session: Session, scope: Scope, fields: Fields, ids: Collection[int]
) -> list[Broken]:
    """The rules that what is kept of registrants breaks, in the order of forms; one statement.

    What is not known breaks no rule, but for one that says it has to be known.
    """
    held = fields_table(scope, fields)
    rules = rules_on(fields, held)
    if not rules or not ids:
        return []
    breaks = [rule for _field, _missing, rule in rules]
    found = (
        select(Registrant.id, *breaks)
        .outerjoin(held, held.c.registrant_id == Registrant.id)
        .where(Registrant.id.in_(ids), or_(*breaks))
        .order_by(Registrant.id)
    )
    return [
        Broken(row[0], field, missing)
        for row in session.execute(found)
        for (field, missing, _rule), is_broken in zip(rules, row[1:], strict=True)
        if is_broken
    ]


def rules_on(fields: Fields, held: FromClause) -> list[tuple[Known, bool, ColumnElement[Any]]]:
    """Each rule of fields whose values stand in `held`: its field, whether it says that one has to
    be filled in, and the condition that it is broken, which is never NULL."""
    terms = own_terms(fields, held)
    found: list[tuple[Known, bool, ColumnElement[Any]]] = []
    for each in fields.values():
        value = held.c.get(f"c_{each.code}")
        if each.needed_if and value is not None:
            needed = cql.condition(each.needed_if, terms, actor=RECKONER)
            found.append((each, True, and_(func.coalesce(needed, False), value.is_(None))))
        if each.holds:
            holds = cql.condition(each.holds, terms, actor=RECKONER)
            found.append((each, False, not_(func.coalesce(holds, True))))
    return found
