"""Everything that is known of who is registered."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ASKED = ["seeing", "hearing", "walking", "remembering", "self_care", "communicating"]
ANSWERS = [f"wg_{word}" for word in ASKED]
MUCH = " or ".join(f"{answer} in (3, 4)" for answer in ANSWERS)
LITTLE = " and ".join(f"{answer} in (1, 2)" for answer in ANSWERS)
# The short set of the Washington Group: who finds one of six hard is disabled, who finds none so is
# not; where it was not asked, or not all of it answered, what was said otherwise holds.
DISABLED = f"case when {MUCH} then true when {LITTLE} then false else has_disability end"

# What is told of a registrant, with the column that names whom, and the area copied from there.
TOLD_OF = {
    "relationships": "from_id",
    "contacts": "registrant_id",
    "accounts": "registrant_id",
    "registrant_tags": "registrant_id",
    "documents": "registrant_id",
}
BEFORE = {
    "groups": "registrant_id",
    "individuals": "registrant_id",
    "memberships": "group_id",
    "identifiers": "registrant_id",
    "former_places": "registrant_id",
}
# As in 0010: people of no area are seen by who made them.
MADE_BY = (
    "area_id = any (select unnest(reached_areas()))"
    " or area_id is null and made_by = (select acting())"
)
DEFINER = "language plpgsql security definer set search_path = public, pg_temp"
BRING_ALONG = """
create function bring_along_{table}() returns trigger {definer} as $$
begin
    update {table} t set area_id = r.area_id, made_by = r.made_by
    from new_rows n join registrants r on r.id = n.{key}
    where t.{key} = n.{key} and n.area_id is null and n.made_by is null
      and num_nonnulls(r.area_id, r.made_by) > 0;
    return null;
end $$
"""
ON_INSERT = """
create trigger bring_along after insert on {table}
referencing new table as new_rows for each statement execute function bring_along_{table}()
"""
FOLLOW = """
create or replace function follow_registrant() returns trigger {definer} as $$
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
    where r.id = t.{key} and t.{key} = any (moved) and t.area_id is distinct from r.area_id;
"""

# What is the same of two ways to write a number or an address: without the signs that divide it.
CONTACT_KEY = """
create function contact_key(value text) returns text language sql immutable strict
parallel safe as $$
    select case when strpos(value, '@') > 0 then lower(btrim(value))
                else lower(regexp_replace(value, '[\\s().\\-/]', '', 'g')) end
$$
"""
COPY_PHONES = """
insert into contacts (registrant_id, kind, value, key, is_main, area_id, made_by)
select id, 'phone', phone, contact_key(phone), true, area_id, made_by
from registrants where phone <> ''
"""
# Files still write the telephone beside the name; it is read from the contacts alone.
FOLLOW_PHONE = f"""
create function follow_phone() returns trigger {DEFINER} set enable_nestloop = off as $$
declare
    changed bigint[];
begin
    if tg_op = 'INSERT' then
        insert into contacts (registrant_id, kind, value, key, is_main, area_id, made_by)
        select id, 'phone', phone, contact_key(phone), true, area_id, made_by
        from new_rows where phone <> '';
        return null;
    end if;
    select array_agg(id) into changed
    from (select id, phone from new_rows except select id, phone from old_rows) as said;
    if changed is null then return null; end if;
    delete from contacts c using old_rows o
    where c.registrant_id = any (changed) and o.id = c.registrant_id and o.phone <> ''
      and c.kind = 'phone' and c.is_main;
    insert into contacts (registrant_id, kind, value, key, is_main, area_id, made_by)
    select n.id, 'phone', n.phone, contact_key(n.phone),
           not exists (select from contacts c
                       where c.registrant_id = n.id and c.kind = 'phone' and c.is_main),
           n.area_id, n.made_by
    from new_rows n where n.id = any (changed) and n.phone <> ''
    on conflict (registrant_id, kind, key) do update set is_main = excluded.is_main;
    return null;
end $$
"""
ON_PHONE = (
    """
    create trigger follow_phone_insert after insert on registrants
    referencing new table as new_rows for each statement execute function follow_phone()
    """,
    """
    create trigger follow_phone_update after update on registrants
    referencing old table as old_rows new table as new_rows
    for each statement execute function follow_phone()
    """,
)

# A name that is written without what it is searched by has none, until upkeep reads it again.
FORGET_READING = """
create function forget_reading() returns trigger language plpgsql as $$
begin
    new.names := null;
    new.bones := null;
    return new;
end $$
"""
ON_NAME = """
create trigger forget_reading before update of name, name_local on registrants for each row
when (old.names is not null and new.names is not distinct from old.names
      and (new.name, new.name_local) is distinct from (old.name, old.name_local))
execute function forget_reading()
"""

# The group a person counts in: of the active ones they belong to today a household before any
# other, then the one registered first; who is not active counts in none. Planned each time for as
# many as are asked.
COUNT_AGAIN = f"""
create function count_again(asked bigint[]) returns void {DEFINER} as $$
begin
    if coalesce(cardinality(asked), 0) = 0 then return; end if;
    execute $query$
        update individuals i set counted_in = now.group_id
        from (
            select distinct on (a.id) a.id,
                   case when p.state = 'active' then belongs.group_id end as group_id
            from unnest($1) as a (id)
            join registrants p on p.id = a.id
            left join (
                select m.member_id, m.group_id, g.kind
                from memberships m
                join groups g on g.registrant_id = m.group_id
                join registrants r on r.id = m.group_id and r.state = 'active'
                where m.ended_on is null
            ) as belongs on belongs.member_id = a.id
            order by a.id, belongs.kind = 'household' desc nulls last, belongs.group_id
        ) as now
        where i.registrant_id = now.id and i.counted_in is distinct from now.group_id
    $query$ using asked;
end $$
"""
# Whoever writes many people at once brings along what they count in; the others get it here.
COUNT_MEMBERS = {
    "memberships_insert": """
        execute $query$
            select array_agg(n.member_id) from new_rows n
            join individuals i on i.registrant_id = n.member_id
            where n.ended_on is null and i.counted_in is distinct from n.group_id
        $query$ into asked;
    """,
    "memberships_update": """
        select array_agg(member_id) into asked from (
            (select id, group_id, member_id, ended_on is null from new_rows
             except select id, group_id, member_id, ended_on is null from old_rows)
            union all
            (select id, group_id, member_id, ended_on is null from old_rows
             except select id, group_id, member_id, ended_on is null from new_rows)
        ) as changed (id, group_id, member_id, is_current);
    """,
    "memberships_delete": """
        select array_agg(member_id) into asked from old_rows where ended_on is null;
    """,
    "individuals_insert": """
        select array_agg(n.registrant_id) into asked from new_rows n
        where n.counted_in is null and exists (
            select from memberships m where m.member_id = n.registrant_id and m.ended_on is null);
    """,
    "groups_update": """
        select array_agg(distinct m.member_id) into asked from memberships m
        where m.ended_on is null and m.group_id = any (array(
            select registrant_id from (
                select registrant_id, kind from new_rows
                except select registrant_id, kind from old_rows) as changed));
    """,
    "registrants_update": """
        select array_agg(id) into turned from (
            select id, state from new_rows except select id, state from old_rows) as changed;
        if turned is null then return null; end if;
        select array_agg(id) into asked from (
            select registrant_id as id from individuals where registrant_id = any (turned)
            union
            select member_id from memberships where group_id = any (turned) and ended_on is null
        ) as theirs;
    """,
}
COUNT_MEMBER = """
create function count_{name}() returns trigger {definer} as $$
declare
    asked bigint[];
    turned bigint[];
begin
    {body}
    perform count_again(asked);
    return null;
end $$
"""
SEEN = {
    "insert": "new table as new_rows",
    "update": "old table as old_rows new table as new_rows",
    "delete": "old table as old_rows",
}
ON_MEMBERS = """
create trigger count_members_{verb} after {verb} on {table}
referencing {seen} for each statement execute function count_{name}()
"""
COUNT_ALL = """
update individuals i set counted_in = now.group_id
from (
    select distinct on (m.member_id) m.member_id, m.group_id
    from memberships m
    join groups g on g.registrant_id = m.group_id
    join registrants r on r.id = m.group_id and r.state = 'active'
    join registrants p on p.id = m.member_id and p.state = 'active'
    where m.ended_on is null
    order by m.member_id, g.kind = 'household' desc, m.group_id
) as now
where i.registrant_id = now.member_id
"""

# As in 0008, but for what changes a count alone: neither what a name is searched by nor what is
# said of somebody beside sex, age and disability does.
NOTED = {
    "registrants": (
        "id, kind, state, location_id, area_id",
        """
        insert into stale_cells (cell)
        select distinct noted_cell(l.cell, c.area_id)
        from {changed} c left join locations l on l.id = c.location_id where c.kind = 'group';
        perform note_stale_groups(groups_of_members(
            (select array_agg(c.id) from {changed} c where c.kind = 'individual')));
        """,
    ),
    "individuals": (
        "registrant_id, sex, birth_date, disabled",
        """
        perform note_stale_groups(groups_of_members(
            (select array_agg(c.registrant_id) from {changed} c)));
        """,
    ),
}
STALE = """
create or replace function stale_{table}_update() returns trigger {definer} as $$
begin
    if (select count(*) from (select {columns} from new_rows except select {columns} from old_rows)
        as changed) > 5000 then
        insert into stale_cells (cell) values (-2);
        return null;
    end if;
    {body}
    return null;
end $$
"""
CHANGED = """
    ((select {columns} from old_rows except select {columns} from new_rows)
     union all (select {columns} from new_rows except select {columns} from old_rows))
"""

# As in 0012: by table its key, whom a row is about, and the columns that are kept; of what may be
# sealed, what tells two apart.
KEPT = {
    "registrants": (
        "id",
        "r.id",
        (
            "kind code name name_local state merged_into_id location_id settlement address phone"
            " language registered_on exited_on exit_reason"
        ),
    ),
    "individuals": (
        "registrant_id",
        "r.registrant_id",
        (
            "sex birth_date birth_date_exact has_disability family_name given_name other_names"
            f" civil_status education occupation {' '.join(ANSWERS)}"
        ),
    ),
    "memberships": (
        "id",
        "r.member_id",
        "group_id member_id kind started_on ended_on is_principal is_alternate is_caretaker note",
    ),
    "relationships": ("id", "r.from_id", "from_id to_id kind started_on ended_on"),
    "contacts": ("id", "r.registrant_id", "registrant_id kind key region is_main messages"),
    "accounts": (
        "id",
        "r.registrant_id",
        "registrant_id kind provider holder key currency state is_main",
    ),
    "registrant_tags": ("registrant_id", "r.registrant_id", "registrant_id tag"),
    "documents": (
        "id",
        "r.registrant_id",
        "registrant_id kind name sha256 bytes media issued_on expires_on removed_because",
    ),
    "identifier_types": (
        "id",
        None,
        "code pattern example check_digit registrant_kind months_valid",
    ),
}


def upgrade() -> None:
    _more_columns()
    _new_tables()
    for table, key in TOLD_OF.items():
        op.execute(f"call guard('{table}', '{MADE_BY}')")
        op.execute(BRING_ALONG.format(table=table, key=key, definer=DEFINER))
        op.execute(ON_INSERT.format(table=table))
    followers = (BEFORE | TOLD_OF).items()
    updates = "".join(FOLLOWING.format(table=table, key=key) for table, key in followers)
    op.execute(FOLLOW.format(updates=updates, definer=DEFINER))
    for statement in (CONTACT_KEY, COPY_PHONES, FOLLOW_PHONE, *ON_PHONE, FORGET_READING, ON_NAME):
        op.execute(statement)
    _counted()
    for table, (columns, body) in NOTED.items():
        told = body.format(changed=CHANGED.format(columns=columns))
        op.execute(STALE.format(table=table, columns=columns, body=told, definer=DEFINER))
    keep = sa.text("call keep_changes(cast(:of as regclass), :key, :about, :columns)")
    for table, (key, about, columns) in KEPT.items():
        told_of = {"of": table, "key": key, "about": about, "columns": columns.split()}
        op.get_bind().execute(keep, told_of)


def _more_columns() -> None:
    for name, kind in (
        ("names", sa.String()),
        ("bones", sa.ARRAY(sa.Text())),
        ("language", sa.String()),
        ("registered_on", sa.Date()),
        ("exited_on", sa.Date()),
        ("exit_reason", sa.String()),
    ):
        op.add_column("registrants", sa.Column(name, kind))
    for name in ("family_name", "given_name", "other_names"):
        op.add_column("individuals", sa.Column(name, sa.String()))
    for name in ("civil_status", "education", "occupation"):
        op.add_column("individuals", sa.Column(name, sa.String()))
    for name in ANSWERS:
        op.add_column("individuals", sa.Column(name, sa.SmallInteger()))
    told = sa.Computed(DISABLED, persisted=True)
    op.add_column("individuals", sa.Column("disabled", sa.Boolean(), told))
    op.add_column("individuals", sa.Column("counted_in", sa.BigInteger()))
    said = " and ".join(f"{answer} in (1, 2, 3, 4, 7, 9)" for answer in ANSWERS)
    op.create_check_constraint(op.f("ck_individuals_washington_group"), "individuals", said)
    for name in ("is_principal", "is_alternate", "is_caretaker"):
        no = sa.Column(name, sa.Boolean(), server_default="false", nullable=False)
        op.add_column("memberships", no)
    op.add_column("memberships", sa.Column("note", sa.String()))
    op.create_check_constraint(
        op.f("ck_memberships_ends_after_it_starts"), "memberships", "ended_on >= started_on"
    )
    for name in ("principal", "alternate"):
        only = sa.text(f"is_{name} and ended_on is null")
        index = f"uq_memberships_{name}"
        op.create_index(index, "memberships", ["group_id"], unique=True, postgresql_where=only)


def _new_tables() -> None:
    _relationships()
    _contacts()
    _accounts()
    _identifier_types()
    _tags()
    _documents()


def _row(table: str, *columns: sa.schema.SchemaItem) -> None:
    """A table with a surrogate key and a birthday, whose rows tell of a registrant."""
    told_of = [sa.Column("area_id", sa.BigInteger()), sa.Column("made_by", sa.BigInteger())]
    op.create_table(table, *columns, *(told_of if table in TOLD_OF else ()), *_key(table))


def _key(table: str) -> list[sa.schema.SchemaItem]:
    now = sa.text("now()")
    return [
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _of(table: str, column: str = "registrant_id") -> list[sa.schema.SchemaItem]:
    """The column that names a registrant."""
    name = op.f(f"fk_{table}_{column}")
    return [
        sa.Column(column, sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint([column], ["registrants.id"], name=name),
    ]


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default="false", nullable=False)


def _state(name: str, *words: str, column: str, default: str | None = None) -> sa.Column[str]:
    kind = sa.Enum(*words, name=name, native_enum=False, create_constraint=True)
    return sa.Column(column, kind, server_default=default, nullable=False)


def _relationships() -> None:
    _row(
        "relationships",
        *_of("relationships", "from_id"),
        *_of("relationships", "to_id"),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("started_on", sa.Date()),
        sa.Column("ended_on", sa.Date()),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_relationships_nobody_to_themselves")),
        sa.CheckConstraint(
            "ended_on >= started_on", name=op.f("ck_relationships_ends_after_it_starts")
        ),
    )
    op.create_index(
        "uq_relationships_current",
        "relationships",
        ["from_id", "to_id", "kind"],
        unique=True,
        postgresql_where=sa.text("ended_on is null"),
    )
    op.create_index(op.f("ix_relationships_to_id"), "relationships", ["to_id"])


def _contacts() -> None:
    _row(
        "contacts",
        *_of("contacts"),
        _state("contactkind", "phone", "email", "other", column="kind"),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("region", sa.String()),
        _flag("is_main"),
        _flag("messages"),
        sa.UniqueConstraint(
            "registrant_id", "kind", "key", name=op.f("uq_contacts_registrant_id_kind_key")
        ),
    )
    op.create_index(op.f("ix_contacts_key"), "contacts", ["key"])
    op.create_index(
        "uq_contacts_main",
        "contacts",
        ["registrant_id", "kind"],
        unique=True,
        postgresql_where=sa.text("is_main"),
    )


def _accounts() -> None:
    _row(
        "accounts",
        *_of("accounts"),
        _state("accountkind", "bank", "wallet", column="kind"),
        sa.Column("provider", sa.String()),
        sa.Column("holder", sa.String()),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("currency", sa.String()),
        _state("accountstate", "valid", "closed", column="state", default="valid"),
        _flag("is_main"),
    )
    op.create_index(op.f("ix_accounts_key"), "accounts", ["key"])
    op.create_index(
        "uq_accounts_valid",
        "accounts",
        ["registrant_id", "key"],
        unique=True,
        postgresql_where=sa.text("state = 'valid'"),
    )
    op.create_index(
        "uq_accounts_main",
        "accounts",
        ["registrant_id"],
        unique=True,
        postgresql_where=sa.text("is_main and state = 'valid'"),
    )


def _identifier_types() -> None:
    _row(
        "identifier_types",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("pattern", sa.String()),
        sa.Column("example", sa.String()),
        _state(
            "checkdigit",
            *("none", "luhn", "mod97", "verhoeff"),
            column="check_digit",
            default="none",
        ),
        sa.Column(
            "registrant_kind",
            sa.Enum(
                "group",
                "individual",
                name="registrantkind",
                native_enum=False,
                create_constraint=True,
            ),
        ),
        sa.Column("months_valid", sa.BigInteger()),
        sa.CheckConstraint("months_valid > 0", name=op.f("ck_identifier_types_valid_for_a_while")),
        sa.UniqueConstraint("code", name=op.f("uq_identifier_types_code")),
    )


def _tags() -> None:
    now = sa.text("now()")
    op.create_table(
        "registrant_tags",
        *_of("registrant_tags"),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("area_id", sa.BigInteger()),
        sa.Column("made_by", sa.BigInteger()),
        sa.PrimaryKeyConstraint("registrant_id", "tag", name=op.f("pk_registrant_tags")),
    )
    op.create_index(op.f("ix_registrant_tags_tag"), "registrant_tags", ["tag"])


def _documents() -> None:
    _row(
        "documents",
        *_of("documents"),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String()),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("media", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date()),
        sa.Column("expires_on", sa.Date()),
        sa.Column("removed_because", sa.String()),
    )
    op.create_index(op.f("ix_documents_registrant_id"), "documents", ["registrant_id"])


def _counted() -> None:
    op.execute("alter table individuals disable trigger user")
    op.execute(COUNT_ALL)
    op.execute("alter table individuals enable trigger user")
    op.execute(COUNT_AGAIN)
    op.execute("revoke execute on function count_again from public")
    for name, body in COUNT_MEMBERS.items():
        table, verb = name.rsplit("_", 1)
        op.execute(COUNT_MEMBER.format(name=name, body=body, definer=DEFINER))
        op.execute(ON_MEMBERS.format(name=name, table=table, verb=verb, seen=SEEN[verb]))
    op.create_index(
        "ix_registrants_names",
        "registrants",
        ["names"],
        postgresql_using="gin",
        postgresql_ops={"names": "gin_trgm_ops"},
    )
    op.create_index("ix_registrants_bones", "registrants", ["bones"], postgresql_using="gin")
    op.create_index(
        "ix_registrants_unread",
        "registrants",
        ["id"],
        postgresql_where=sa.text("names is null and state <> 'erased'"),
    )
