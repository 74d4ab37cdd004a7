"""Own fields of a file, weighed against those of the registry and merged into it, each by set.

`own_said` has what the rows say of them, a column `c_` and its code for each, of its type. A cell
that says nothing takes nothing away.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ColumnElement,
    FromClause,
    MetaData,
    Select,
    Subquery,
    Table,
    Text,
    Update,
    and_,
    case,
    cast,
    column,
    delete,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    table,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import array, insert
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateTable, DropTable

from core.db import changed
from registry.models.fields import FieldType, Scope
from registry.models.imports import Import, ImportBefore
from registry.models.registrants import Registrant
from registry.queries.field_rules import rules_on
from registry.queries.fields import (
    HOLD,
    STORED,
    Fields,
    columns_made,
    fields_table,
    known_fields,
)

GIVEN = table(
    "given",
    column("row_number"),
    *(column(name, ARRAY(Text)) for name in ("cells", "warnings")),
)
WEIGHED = table(
    "weighed",
    *(column(name) for name in ("row_number", "registrant_id", "says_new")),
    *(column(name, ARRAY(Text)) for name in ("own_errors", "errors")),
)
MERGING = table("merging", column("row_number"), column("id"))
SHAPES: Mapping[Scope, ColumnElement[Any]] = {
    Scope.GROUP: literal_column("null::group_fields"),
    Scope.INDIVIDUAL: literal_column("null::individual_fields"),
}
# The planner knows nothing of a table that was just made, and guesses badly.
LOOK = text("analyze own_said (row_number)")


def weigh(session: Session, an_import: Import, scope: Scope) -> None:
    """Let `weighed` tell which rows say something new of own fields, and which break their rules;
    what is asked for beside and not said is a warning of `given`."""
    fields = _said_in(session, an_import, scope)
    if not fields:
        return
    said = _own_said(session, an_import, scope, fields)
    held = fields_table(scope, fields)
    row = WEIGHED.alias("row")
    differs = or_(
        *(and_(c.is_not(None), c.is_distinct_from(held.c[c.name])) for c in _values(said))
    )
    found = (
        select(row.c.row_number)
        .join(said, said.c.row_number == row.c.row_number)
        .outerjoin(held, held.c.registrant_id == row.c.registrant_id)
        .where(differs)
    )
    changed(
        session,
        update(WEIGHED).where(WEIGHED.c.row_number.in_(found)).values(says_new=True),
    )
    _weigh_rules(session, scope, said, known_fields(session, scope))


def _weigh_rules(session: Session, scope: Scope, said: Table, fields: Fields) -> None:
    """Hold rows that say something of own fields, with what is known already, against the rules."""
    held, row = fields_table(scope, fields), WEIGHED.alias("row")
    values = [
        func.coalesce(said.c[name], held.c[name]).label(name) if name in said.c else held.c[name]
        for name in (each.name for each in _values(held))
    ]
    whole = (
        select(row.c.row_number, *values)
        .join(said, said.c.row_number == row.c.row_number)
        .outerjoin(held, held.c.registrant_id == row.c.registrant_id)
        .where(or_(*(each.is_not(None) for each in _values(said))))
        .subquery("whole")
    )
    rules = rules_on(fields, whole)
    broken = [(f"rule_broken:{scope}.{f.code}", rule) for f, missing, rule in rules if not missing]
    missing = [(f"missing_value:{scope}.{f.code}", rule) for f, lacks, rule in rules if lacks]
    if broken:
        found = _found(whole, broken)
        kept = {
            name: func.array_cat(WEIGHED.c[name], found.c.found)
            for name in ("own_errors", "errors")
        }
        of = update(WEIGHED).where(WEIGHED.c.row_number == found.c.row_number)
        changed(session, of.values(kept))
    if missing:
        found = _found(whole, missing)
        of = update(GIVEN).where(GIVEN.c.row_number == found.c.row_number)
        both = func.array_cat(GIVEN.c.warnings, found.c.found)
        changed(session, of.values(warnings=both))


def _found(whole: FromClause, findings: Sequence[tuple[str, ColumnElement[Any]]]) -> Subquery:
    """The rows that something is found in, and what."""
    each: array[Any] = array([case((rule, name)) for name, rule in findings], type_=Text)
    return (
        select(whole.c.row_number, func.array_remove(each, null()).label("found"))
        .where(or_(*(rule for _name, rule in findings)))
        .subquery("found")
    )


def merge(session: Session, an_import: Import, scope: Scope) -> None:
    """Write what own fields say of those in `merging`, in one statement."""
    fields = _said_in(session, an_import, scope)
    if not fields:
        return
    said = _own_said(session, an_import, scope, fields)
    held = fields_table(scope, fields)
    values = _values(said)
    found = (
        select(Registrant.id, Registrant.area_id, Registrant.made_by, *values)
        .join(MERGING, MERGING.c.id == Registrant.id)
        .join(said, said.c.row_number == MERGING.c.row_number)
        .where(or_(*(each.is_not(None) for each in values)))
        .order_by(Registrant.id)
    )
    names = ["registrant_id", "area_id", "made_by", *(each.name for each in values)]
    wanted = insert(held).from_select(names, found)
    anew = {c.name: func.coalesce(wanted.excluded[c.name], held.c[c.name]) for c in values}
    session.execute(wanted.on_conflict_do_update(index_elements=["registrant_id"], set_=anew))


def put_back_values(session: Session, an_import: Import, scope: Scope) -> None:
    """Let own fields of those who were there before say what they said."""
    columns = columns_made(session, HOLD[scope])
    held = Table(HOLD[scope], MetaData(), Column("registrant_id", BigInteger()))
    for made in columns.values():
        held.append_column(Column(made.name, made.type))
    before = ImportBefore
    ours = before.import_id == an_import.id
    kept = exists().where(
        ours, before.table_name == HOLD[scope], before.row_id == held.c.registrant_id
    )
    there = select(before.row_id).where(ours, before.table_name == Registrant.__tablename__)
    changed(session, delete(held).where(held.c.registrant_id.in_(there), ~kept))
    if columns:
        changed(session, _as_it_was(held, scope, ours))


def _as_it_was(held: Table, scope: Scope, ours: ColumnElement[bool]) -> Update:
    names = [each.name for each in _values(held)]
    record = func.jsonb_populate_record(SHAPES[scope], ImportBefore.before)
    was = record.table_valued(*names, joins_implicitly=True).alias("was")
    return (
        update(held)
        .where(ours, ImportBefore.table_name == held.name)
        .where(ImportBefore.row_id == held.c.registrant_id)
        .values({name: was.c[name] for name in names})
    )


def _said_in(session: Session, an_import: Import, scope: Scope) -> Fields:
    """The own fields the rows of an import say."""
    return {
        code: each
        for code, each in known_fields(session, scope).items()
        if not each.computed and f"{scope}.{code}" in an_import.fields
    }


def _own_said(session: Session, an_import: Import, scope: Scope, fields: Fields) -> Table:
    """What the rows say of own fields, in a temporary table in place of an earlier one."""
    temporary = ["TEMPORARY"]
    made = Table(
        "own_said",
        MetaData(),
        Column("row_number", BigInteger, primary_key=True, autoincrement=False),
        *(Column(f"c_{code}", STORED[each.type]) for code, each in fields.items()),
        prefixes=temporary,
        postgresql_on_commit="DROP",
    )
    session.execute(DropTable(made, if_exists=True))
    session.execute(CreateTable(made))
    cells = [
        _typed(GIVEN.c.cells[an_import.fields.index(f"{scope}.{code}") + 1], each.type)
        for code, each in fields.items()
    ]
    rows: Select[Any] = select(GIVEN.c.row_number, *cells)
    session.execute(insert(made).from_select(made.columns.keys(), rows))
    session.execute(LOOK)
    return made


def _typed(cell: ColumnElement[Any], kind: FieldType) -> ColumnElement[Any]:
    if kind is FieldType.WORDS:
        return func.string_to_array(cell, ",")
    return cast(cell, STORED[kind])


def _values(said: Table) -> list[Column[Any]]:
    return [each for each in said.c if each.name.startswith("c_")]
