"""Every row of every file stands in one table, parted by import, and a merge can be undone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

VERDICTS = ("create", "update", "link", "ignore", "error")
KINDS = ("households", "people", "registrations", "roster")
STATES = ("uploaded", "mapped", "checked", "reviewed", "merged", "refused", "undone")
EVERYBODY = "highground_app, highground_works, highground_national, highground_local"
# As in 0010: those bound to other areas see the rows of a file they sent, and no others.
SENT_BY = "area_id = any (select unnest(reached_areas())) or made_by = (select acting())"

# A part is read through the whole alone, whose policies hold; the owner makes it.
MAKE_ROWS = f"""
create function make_import_rows(import bigint) returns void language plpgsql
security definer set search_path = public, pg_temp as $$
declare part constant text := 'import_rows_' || import;
begin
    if to_regclass(part) is not null then return; end if;
    execute format('create table %I (like import_rows including defaults including constraints)',
                   part);
    execute format('revoke all on %I from {EVERYBODY}', part);
    execute format('alter table import_rows attach partition %I for values in (%s)', part, import);
end $$
"""
OF_HOUSEHOLDS = (
    *("area_pcode", "settlement", "longitude", "latitude", "accuracy_m", "location_source"),
    *("located_on", "size", "roster", "address", "phone"),
)
OF_PEOPLE = (
    *("name", "name_local", "sex", "birth_date", "birth_date_exact", "relation", "id_type"),
    "disability",
)
PARTS = """
select make_import_rows(import_id) from (
    select import_id from import_households union select import_id from import_people) as told
"""
# Rows on their way are checked once more: what they say is kept written one way from now on.
ON_THEIR_WAY = """
update imports set state = 'mapped', counts = '{}' where state in ('checked', 'reviewed')
"""


def moved(table: str, keys: str, fields: tuple[str, ...], told: str) -> sa.TextClause:
    """A statement that brings the rows of a table over."""
    cells = ", ".join(fields)
    return sa.text(
        "insert into import_rows (import_id, row_number, household_key, person_key, verdict,"
        " warnings, errors, cells, accepted, area_id, made_by, id_number, id_key,"
        " registrant_id, group_id)"
        f" select import_id, row_number, {keys}, t.verdict, warnings, errors, array[{cells}],"
        f" accepted, t.area_id, t.made_by, {told}"
        f" from {table} t join imports i on i.id = t.import_id where i.state = 'merged'"
    )


def checked_words(column: str, words: tuple[str, ...]) -> str:
    return f"{column} in ({', '.join(repr(word) for word in words)})"


def upgrade() -> None:
    op.alter_column("imports", "kind", type_=sa.String(13), existing_nullable=False)
    for name, column, words in (("importkind", "kind", KINDS), ("importstate", "state", STATES)):
        op.drop_constraint(op.f(f"ck_imports_{name}"), "imports", type_="check")
        op.create_check_constraint(
            op.f(f"ck_imports_{name}"), "imports", checked_words(column, words)
        )
    fields = sa.Column("fields", ARRAY(sa.Text()), server_default="{}", nullable=False)
    op.add_column("imports", fields)
    _make_rows()
    _make_befores()
    _move_rows()
    for table in ("import_households", "import_people"):
        op.drop_table(table)


def _make_rows() -> None:
    verdict = sa.Enum(*VERDICTS, name="verdict", native_enum=False, create_constraint=True)
    decided = sa.Enum(*VERDICTS, name="verdict", native_enum=False)
    op.create_table(
        "import_rows",
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("row_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("household_key", sa.String()),
        sa.Column("person_key", sa.String()),
        sa.Column("verdict", verdict, nullable=False),
        sa.Column("warnings", ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("errors", ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("faulted", JSONB(), server_default="{}", nullable=False),
        sa.Column("cells", ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("id_number", sa.String()),
        sa.Column("id_key", sa.String()),
        sa.Column("accepted", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("decided", decided),
        sa.Column("registrant_id", sa.BigInteger()),
        sa.Column("group_id", sa.BigInteger()),
        sa.Column("area_id", sa.BigInteger()),
        sa.Column("made_by", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["imports.id"],
            name=op.f("fk_import_rows_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("import_id", "row_number", name=op.f("pk_import_rows")),
        postgresql_partition_by="LIST (import_id)",
    )
    op.create_index(
        op.f("ix_import_rows_import_id_verdict"), "import_rows", ["import_id", "verdict"]
    )
    for column in ("registrant_id", "group_id"):
        op.create_index(op.f(f"ix_import_rows_{column}"), "import_rows", [column])
    guard("import_rows")
    op.execute(MAKE_ROWS)
    op.execute("revoke execute on function make_import_rows(bigint) from public")
    op.execute("grant execute on function make_import_rows(bigint) to highground_whole")


def _make_befores() -> None:
    op.create_table(
        "import_befores",
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("table_name", sa.String(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("registrant_id", sa.BigInteger(), nullable=False),
        sa.Column("before", JSONB(), nullable=False),
        sa.Column("area_id", sa.BigInteger()),
        sa.Column("made_by", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["imports.id"],
            name=op.f("fk_import_befores_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "import_id", "table_name", "row_id", name=op.f("pk_import_befores")
        ),
    )
    op.create_index(op.f("ix_import_befores_registrant_id"), "import_befores", ["registrant_id"])
    guard("import_befores")


def guard(table: str) -> None:
    guarded = sa.text("call guard(cast(:table as regclass), :seen)")
    op.execute(guarded.bindparams(table=table, seen=SENT_BY))


def _move_rows() -> None:
    op.execute(PARTS)
    household, person = "code, null::text", "household_code, code"
    op.execute(
        moved("import_households", household, OF_HOUSEHOLDS, "null, null, null, registrant_id")
    )
    op.execute(moved("import_people", person, OF_PEOPLE, "id_number, id_key, registrant_id, null"))
    say = sa.text("update imports set fields = cast(:fields as text[]) where kind = :kind")
    for kind, fields in (("households", OF_HOUSEHOLDS), ("people", OF_PEOPLE)):
        op.execute(say.bindparams(fields="{" + ",".join(fields) + "}", kind=kind))
    op.execute(ON_THEIR_WAY)


def downgrade() -> None:
    raise NotImplementedError("The rows of files stand in one table from here on.")
