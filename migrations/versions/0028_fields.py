"""An installation has fields of its own, each a column."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

SCOPES = ("group", "individual")
TYPES = ("text", "whole", "number", "flag", "date", "word", "words")
MOMENT = sa.DateTime(timezone=True)
# As in 0025: what is told of a registrant carries its area and its maker, and follows them.
OURS = ("group_fields", "individual_fields")
MADE_BY = (
    "area_id = any (select unnest(reached_areas()))"
    " or area_id is null and made_by = (select acting())"
)
DEFINER = "language plpgsql security definer set search_path = public, pg_temp"
BRING_ALONG = """
create function bring_along_{table}() returns trigger {definer} as $$
begin
    update {table} t set area_id = r.area_id, made_by = r.made_by
    from new_rows n join registrants r on r.id = n.registrant_id
    where t.registrant_id = n.registrant_id and n.area_id is null and n.made_by is null
      and num_nonnulls(r.area_id, r.made_by) > 0;
    return null;
end $$
"""
ON_INSERT = """
create trigger bring_along after insert on {table}
referencing new table as new_rows for each statement execute function bring_along_{table}()
"""
FOLLOW = """
create function follow_fields() returns trigger {definer} as $$
declare
    moved bigint[];
begin
    -- Not joined: a plan made for one row would go through all of them for each of a million.
    select array_agg(id) into moved
    from (select id, area_id from new_rows except select id, area_id from old_rows) as elsewhere;
    if moved is null then return null; end if;
    {updates}
    return null;
end $$
"""
FOLLOWING = """
    update {table} t set area_id = r.area_id from registrants r
    where r.id = t.registrant_id and t.registrant_id = any (moved)
      and t.area_id is distinct from r.area_id;
"""
ON_MOVE = """
create trigger follow_fields after update on registrants
referencing old table as old_rows new table as new_rows
for each statement execute function follow_fields()
"""
# A field is a column, so that asking it, bringing it in and noting its changes is as with any
# other. Who adds one asks the owner by this; it waits two seconds at most for those who write, and
# nobody else waits behind it longer.
ADD_FIELD = """
create function add_field(scope text, code text, type text) returns void
language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '2s' as $$
declare
    fields constant regclass := case scope
        when 'group' then 'group_fields'::regclass
        when 'individual' then 'individual_fields'::regclass end;
    kind constant text := case type
        when 'text' then 'text' when 'word' then 'text' when 'words' then 'text[]'
        when 'whole' then 'bigint' when 'number' then 'numeric'
        when 'flag' then 'boolean' when 'date' then 'date' end;
    kept text[];
begin
    if fields is null or kind is null or code !~ '^[a-z][a-z0-9_]{0,40}$' then
        raise 'This is no field.';
    end if;
    execute format('alter table %s add column %I %s', fields, 'c_' || code, kind);
    select array_agg(attname::text order by attnum) into kept
    from pg_attribute where attrelid = fields and attname like 'c\\_%' and not attisdropped;
    call keep_changes(fields, 'registrant_id', 'r.registrant_id', kept);
end $$
"""
# As in 0012: by table its key, whom a row is about, and the columns that are kept.
KEPT = {
    "fields": (
        "id",
        None,
        "scope code section_id type labels hints required least most pattern needs computed state",
    ),
}


def upgrade() -> None:
    _sections()
    _fields()
    for table in OURS:
        _values(table)
        op.execute(f"call guard('{table}', '{MADE_BY}')")
        op.execute(BRING_ALONG.format(table=table, definer=DEFINER))
        op.execute(ON_INSERT.format(table=table))
    updates = "".join(FOLLOWING.format(table=table) for table in OURS)
    op.execute(FOLLOW.format(updates=updates, definer=DEFINER))
    op.execute(ON_MOVE)
    op.execute(ADD_FIELD)
    keep = sa.text("call keep_changes(cast(:of as regclass), :key, null, :columns)")
    for table, (key, _about, columns) in KEPT.items():
        op.get_bind().execute(keep, {"of": table, "key": key, "columns": columns.split()})


def _sections() -> None:
    op.create_table(
        "field_sections",
        _one_of("scope", SCOPES),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("labels", JSONB(), nullable=False),
        sa.Column("position", sa.BigInteger(), server_default="0", nullable=False),
        *_key("field_sections"),
        sa.UniqueConstraint("scope", "code", name=op.f("uq_field_sections_scope_code")),
    )


def _fields() -> None:
    op.create_table(
        "fields",
        _one_of("scope", SCOPES),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("section_id", sa.BigInteger(), nullable=False),
        _one_of("type", TYPES, "fieldtype"),
        sa.Column("word_list", sa.String()),
        sa.Column("labels", JSONB(), nullable=False),
        sa.Column("hints", JSONB(), server_default="{}", nullable=False),
        sa.Column("required", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("least", sa.Numeric()),
        sa.Column("most", sa.Numeric()),
        sa.Column("pattern", sa.String()),
        sa.Column("needs", sa.String()),
        sa.Column("computed", sa.String()),
        _one_of("state", ("active", "retired"), "fieldstate"),
        sa.Column("position", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("changed_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        *_key("fields"),
        sa.UniqueConstraint("scope", "code", name=op.f("uq_fields_scope_code")),
        sa.CheckConstraint("code ~ '^[a-z][a-z0-9_]{0,40}$'", name=op.f("ck_fields_code")),
        sa.ForeignKeyConstraint(
            ["section_id"], ["field_sections.id"], name=op.f("fk_fields_section_id")
        ),
    )
    op.create_index(op.f("ix_fields_section_id"), "fields", ["section_id"])


def _values(table: str) -> None:
    op.create_table(
        table,
        sa.Column("registrant_id", sa.BigInteger(), nullable=False),
        sa.Column("area_id", sa.BigInteger()),
        sa.Column("made_by", sa.BigInteger()),
        sa.PrimaryKeyConstraint("registrant_id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(
            ["registrant_id"], ["registrants.id"], name=op.f(f"fk_{table}_registrant_id")
        ),
    )


def _one_of(column: str, words: tuple[str, ...], name: str = "") -> sa.Column[str]:
    kind = sa.Enum(*words, name=name or column, native_enum=False, create_constraint=True)
    return sa.Column(column, kind, nullable=False)


def _key(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def downgrade() -> None:
    op.execute("drop function add_field(text, text, text)")
    op.execute("drop trigger follow_fields on registrants")
    op.execute("drop function follow_fields()")
    for table in (*OURS, "fields", "field_sections"):
        op.drop_table(table)
    for table in OURS:
        op.execute(f"drop function bring_along_{table}()")
        for verb in ("insert", "update", "delete"):
            op.execute(f"drop function if exists changes_{table}_{verb}()")
    for verb in ("insert", "update", "delete"):
        op.execute(f"drop function changes_fields_{verb}()")
