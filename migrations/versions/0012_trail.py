"""What happened, chained, field by field, and who looked."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# What a digest is over. It is one expression, so that the planner takes it in where it is called.
CHANGE_DIGEST = """
create function change_digest(
    salt uuid, entry_id bigint, table_name text, row_id bigint, registrant_id bigint,
    kind text, before text, after text
) returns bytea language sql stable parallel safe as $$
    select sha256(uuid_send(salt) || convert_to(
        entry_id || '|' || table_name || '|' || row_id || '|' || coalesce(registrant_id::text, '')
        || '|' || kind || '|' || coalesce(before, '') || '|' || coalesce(after, ''), 'UTF8'))
$$
"""

# Of an act however large: digests of blocks, so that none is longer than two megabytes.
SUM_OF_CHANGES = """
create function sum_of_changes(entry bigint, began timestamptz, out n bigint, out digest bytea)
language sql stable security definer set search_path = public, pg_temp as $$
    select coalesce(sum(b.n), 0)::bigint,
           sha256(coalesce(string_agg(b.digest, ''::bytea order by b.block), ''))
    from (
        select id / 65536 as block, count(*) as n,
               sha256(string_agg(field_changes.digest, ''::bytea order by id)) as digest
        from field_changes where entry_id = entry and at = began group by 1
    ) b
$$
"""

# How a column is written as JSON: numbers and truths as they are, which is twice as quick.
SAID_AS_JSON = """
create function said_as_json(of regclass, col text, alias text) returns text
language sql stable as $$
    select format(case
        when atttypid = any (array['int2', 'int4', 'int8', 'numeric', 'bool']::regtype[])
        then '%1$s.%2$I::text'
        when atttypid = any (array['date', 'uuid']::regtype[]) then '''"'' || %1$s.%2$I || ''"'''
        else 'to_json(%1$s.%2$I)::text' end, alias, col)
    from pg_attribute where attrelid = of and attname = col
$$
"""

# Writes the functions and triggers that note every change of some columns of a table. `about` says
# whom a row `r` is about; a row's area goes with it where the table has one. Called again, it does
# it anew. What transition tables hold is joined by hashing: a plan made for one row would not do
# for a million.
KEEP_CHANGES = """
create procedure keep_changes(
    of regclass, row_key text, about text, columns text[],
    verbs text[] default array['insert', 'update', 'delete']
) language plpgsql as $body$
declare
    verb text;
    area text := 'null';
    whole text := (
        select string_agg(
            format('%L || %s', to_json(c)::text || ':', said_as_json(of, c, 'r')), ', ')
        from unnest(columns) c);
    was text := (
        select string_agg(format(
            'case when o.%1$I is distinct from r.%1$I then %2$L || coalesce(%3$s, ''null'') end',
            c, to_json(c)::text || ':', said_as_json(of, c, 'o')), ', ')
        from unnest(columns) c);
    now text := (
        select string_agg(format(
            'case when o.%1$I is distinct from r.%1$I then %2$L || coalesce(%3$s, ''null'') end',
            c, to_json(c)::text || ':', said_as_json(of, c, 'r')), ', ')
        from unnest(columns) c);
    differs text := (
        select format('(%s) is distinct from (%s)', string_agg(format('o.%I', c), ', '),
                      string_agg(format('r.%I', c), ', '))
        from unnest(columns) c);
    fields text;
    source text;
    seen text;
begin
    if about is not null and exists (
        select from pg_attribute where attrelid = of and attname = 'area_id' and not attisdropped
    ) then
        area := format('coalesce(r.area_id, (
            select s.area_id from registrants s where s.id = (%s)))', about);
    end if;
    foreach verb in array verbs loop
        case verb
        when 'insert' then
            fields := format(
                'null::text as before, ''{'' || concat_ws('','', %s) || ''}'' as after', whole);
            source := 'new_rows r';
            seen := 'new table as new_rows';
        when 'delete' then
            fields := format(
                '''{'' || concat_ws('','', %s) || ''}'' as before, null::text as after', whole);
            source := 'old_rows r';
            seen := 'old table as old_rows';
        else
            fields := format(
                '''{'' || concat_ws('','', %s) || ''}'' as before, '
                '''{'' || concat_ws('','', %s) || ''}'' as after',
                was, now);
            source := format('old_rows o join new_rows r on o.%1$I = r.%1$I where %2$s',
                             row_key, differs);
            seen := 'old table as old_rows new table as new_rows';
        end case;
        execute format($function$
            create or replace function %1$I() returns trigger language plpgsql
            security definer set search_path = public, pg_temp set enable_nestloop = off as $$
            declare
                entry constant bigint :=
                    coalesce(nullif(current_setting('highground.entry', true), ''), '0');
            begin
                insert into field_changes (entry_id, at, table_name, row_id, registrant_id,
                                           area_id, kind, before, after, salt, digest)
                select entry, now(), %2$L, c.row_id, c.registrant_id, c.area_id, %3$L,
                       c.before::json, c.after::json, c.salt,
                       change_digest(c.salt, entry, %2$L, c.row_id, c.registrant_id, %3$L,
                                     c.before, c.after)
                from (
                    select r.%4$I as row_id, (%5$s)::bigint as registrant_id,
                           (%6$s)::bigint as area_id, gen_random_uuid() as salt, %7$s
                    from %8$s
                    offset 0
                ) c;
                return null;
            end $$
        $function$, 'changes_' || of || '_' || verb, of::text, verb, row_key,
            coalesce(about, 'null'), area, fields, source);
        execute format(
            'create or replace trigger keep_changes_%s after %1$s on %s referencing %s '
            'for each statement execute function %I()',
            verb, of, seen, 'changes_' || of || '_' || verb);
    end loop;
end $body$
"""

# By table: its key, whom a row is about, and the columns that are kept. No secret is among them,
# and nothing that follows from others, such as the area of a place.
KEPT = {
    "registrants": (
        "id",
        "r.id",
        "kind code name name_local state merged_into_id location_id settlement address phone",
    ),
    "groups": ("registrant_id", "r.registrant_id", "kind stated_size is_partial"),
    "individuals": (
        "registrant_id",
        "r.registrant_id",
        "sex birth_date birth_date_exact has_disability",
    ),
    "memberships": ("id", "r.member_id", "group_id member_id kind started_on ended_on"),
    "identifiers": (
        "id",
        "r.registrant_id",
        "registrant_id type value issued_on expires_on state",
    ),
    "program_memberships": ("id", "r.registrant_id", "program_id registrant_id state reason"),
    "entitlements": (
        "id",
        "r.registrant_id",
        "cycle_id registrant_id benefit_id amount redeemed state",
    ),
    "payments": (
        "id",
        "r.registrant_id",
        "batch_id entitlement_id registrant_id amount state",
    ),
    "vouchers": (
        "id",
        "select e.registrant_id from entitlements e where e.id = r.entitlement_id",
        "entitlement_id expires_on state",
    ),
    "organisations": ("id", None, "name kind"),
    "programs": (
        "id",
        None,
        "number name purpose organisation_id currency state archived eligibility signers_needed",
    ),
    "benefits": ("id", None, "program_id name delivery base per_member minimum cap"),
    "fund_entries": ("id", None, "fund_id kind amount cycle_id reference"),
    "cycles": ("id", None, "program_id number name roster_id with_probable starts_on state rule"),
    "approvals": ("id", None, "cycle_id state hash households total signers_needed comment"),
    "rosters": ("id", None, "code name selection_id filter state hash"),
    "users": ("id", None, "name email organisation_id language active"),
    "role_grants": (
        "id",
        None,
        "user_id role area_id organisation_id program_id starts_on ends_on given_by",
    ),
    "events": ("id", None, "name kind glide severity state began_at ended_at"),
    "releases": (
        "id",
        None,
        "event_id layer_id number state measure unit direction floor observed_at source licence",
    ),
    "vocabularies": ("id", None, "list code labels synonyms position active"),
}
# A place does not know who stands there; where it is one registrant alone, its moves are theirs.
# A new place is told by the registrant that comes to stand at it.
LOCATIONS = """
call keep_changes('locations', 'id',
    'select case when count(*) = 1 then min(s.id) end
     from registrants s where s.location_id = r.id',
    array['lon', 'lat', 'accuracy_m', 'source'], array['update', 'delete'])
"""

# Months of a table: this one and the next ones, each a table of its own that nobody reads directly.
# It is filled in beforehand, so that the default partition, which loses nothing, stays empty.
MAKE_MONTHS = """
create function make_months(ahead int) returns void language plpgsql
security definer set search_path = public, pg_temp set lock_timeout = '2s' as $$
declare
    parent text;
    first date;
    part text;
begin
    foreach parent in array array['field_changes', 'looks'] loop
        for first in
            select generate_series(date_trunc('month', now() at time zone 'UTC'),
                date_trunc('month', now() at time zone 'UTC') + make_interval(months => ahead),
                '1 month')::date
        loop
            part := format('%s_%s', parent, to_char(first, 'YYYY_MM'));
            continue when to_regclass(part) is not null;
            execute format('create table %I (like %I including all)', part, parent);
            execute format('revoke all on %I from highground_app, highground_works,
                            highground_national, highground_local, highground_whole', part);
            execute format('alter table %I attach partition %I for values from (%L) to (%L)',
                parent, part, first || ' 00:00+00',
                (first + interval '1 month')::date || ' 00:00+00');
        end loop;
    end loop;
end $$
"""

# Drops the months of a table that were over before a day; answers their names.
DROP_MONTHS = """
create function drop_months(parent text, before date) returns text[] language plpgsql
security definer set search_path = public, pg_temp set lock_timeout = '2s' as $$
declare
    gone text[] := (
        select array_agg(c.relname::text order by c.relname)
        from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = to_regclass(parent) and parent in ('field_changes', 'looks')
          and c.relname < format('%s_%s', parent, to_char(before, 'YYYY_MM'))
          and c.relname ~ '_[0-9]{4}_[0-9]{2}$');
    part text;
begin
    foreach part in array coalesce(gone, '{}') loop
        execute format('drop table %I', part);
    end loop;
    return coalesce(gone, '{}');
end $$
"""

REFUSE = """
create function refuse_change() returns trigger language plpgsql as $$
begin
    if coalesce(current_setting('highground.retiring', true), '') <> 'yes' then
        raise 'The audit trail is never changed.';
    end if;
    return null;
end $$
"""
# The sealer gives an entry its place once; everything else stays as it was written.
UNCHANGED = """
create trigger unchanged before update on audit_entries for each row
when (old.position is not null
      or (old.id, old.created_at, old.at, old.actor_id, old.actor_name, old.action, old.subject,
          old.subject_id, old.figures, old.changes, old.changes_digest, old.key_id, old.digest)
      is distinct from
         (new.id, new.created_at, new.at, new.actor_id, new.actor_name, new.action, new.subject,
          new.subject_id, new.figures, new.changes, new.changes_digest, new.key_id, new.digest))
execute function refuse_change()
"""
UNDELETED = """
create trigger undeleted before delete or truncate on audit_entries
for each statement execute function refuse_change()
"""

# Entries up to a position are over; where they ended is written down by the act that takes them.
RETIRE_ENTRIES = """
create function retire_entries(through bigint) returns bigint language sql
security definer set search_path = public, pg_temp set highground.retiring = 'yes' as $$
    with gone as (delete from audit_entries where position <= through returning 1)
    select count(*) from gone
$$
"""

# Empties what is kept of a registrant's fields, as part of the act that is being done: all that is
# theirs, the places left by it, and the names of their groups where they bear theirs. The digests
# stay.
EMPTY_CHANGES = """
create function empty_changes(registrant bigint, name text) returns bigint language plpgsql
security definer set search_path = public, pg_temp as $$
declare
    entry constant bigint := current_setting('highground.entry')::bigint;
    written constant text := btrim(to_json(name)::text, '"');
    more bigint;
    emptied bigint;
begin
    update field_changes set before = null, after = null, salt = null, erased_by = entry
    where registrant_id = registrant and salt is not null;
    get diagnostics emptied = row_count;
    update field_changes set before = null, after = null, salt = null, erased_by = entry
    where entry_id = entry and table_name = 'locations' and salt is not null;
    get diagnostics more = row_count;
    emptied := emptied + more;
    update field_changes set before = null, after = null, salt = null, erased_by = entry
    where registrant_id = any (array(
              select group_id from memberships where member_id = registrant))
      and table_name = 'registrants' and salt is not null
      and position(written in concat(before, after)) > 0;
    get diagnostics more = row_count;
    return emptied + more;
end $$
"""

# Whether somebody of these is in a cycle that is not over.
STILL_SERVED = """
create function still_served(asked bigint[]) returns boolean language sql stable
security definer set search_path = public, pg_temp as $$
    select exists (
        select from cycle_members m join cycles c on c.id = m.cycle_id
        where m.registrant_id = any (asked) and m.state = 'enrolled'
          and c.state not in ('ended', 'cancelled')
    ) or exists (
        select from entitlements e join cycles c on c.id = e.cycle_id
        where e.registrant_id = any (asked) and c.state not in ('ended', 'cancelled')
          and e.state not in ('redeemed', 'rejected', 'cancelled', 'expired')
    )
$$
"""

EVERYBODY = (
    "highground_app, highground_works, highground_national, highground_local, highground_whole"
)
RIGHTS = (
    f"revoke update, delete on audit_entries from {EVERYBODY}",
    "grant update (position, chain) on audit_entries to highground_works",
    f"revoke insert, update, delete on field_changes from {EVERYBODY}",
    f"revoke update, delete on looks from {EVERYBODY}",
    "call guard('field_changes')",
    "revoke execute on function make_months, drop_months, retire_entries from public",
    "revoke execute on function empty_changes from public",
    "grant execute on function make_months, drop_months, retire_entries to highground_works",
    "grant execute on function empty_changes to highground_national, highground_local",
)


def upgrade() -> None:
    _entries()
    _changes()
    _looks()
    for statement in (
        CHANGE_DIGEST,
        SUM_OF_CHANGES,
        SAID_AS_JSON,
        KEEP_CHANGES,
        MAKE_MONTHS,
        DROP_MONTHS,
    ):
        op.execute(statement)
    for statement in (REFUSE, UNCHANGED, UNDELETED, RETIRE_ENTRIES, EMPTY_CHANGES, STILL_SERVED):
        op.execute(statement)
    for statement in RIGHTS:
        op.execute(statement)
    op.execute("select make_months(2)")
    keep = sa.text("call keep_changes(cast(:of as regclass), :key, :about, :columns)")
    for table, (key, about, columns) in KEPT.items():
        told = {"of": table, "key": key, "about": about, "columns": columns.split()}
        op.get_bind().execute(keep, told)
    op.execute(LOCATIONS)


def _entries() -> None:
    of = "audit_entries"
    op.add_column(of, sa.Column("changes", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column(of, sa.Column("changes_digest", sa.LargeBinary(32)))
    op.add_column(of, sa.Column("key_id", sa.String()))
    op.add_column(of, sa.Column("position", sa.BigInteger()))
    op.add_column(of, sa.Column("chain", sa.LargeBinary(32)))
    op.create_unique_constraint(op.f("uq_audit_entries_position"), of, ["position"])
    op.create_index("ix_audit_entries_unsealed", of, ["id"], postgresql_where="position is null")


def _changes() -> None:
    op.execute("create sequence field_changes_id_seq")
    op.create_table(
        "field_changes",
        sa.Column("entry_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "id",
            sa.BigInteger(),
            server_default=sa.text("nextval('field_changes_id_seq')"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("table_name", sa.String(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("registrant_id", sa.BigInteger()),
        sa.Column("area_id", sa.BigInteger()),
        sa.Column(
            "kind",
            sa.Enum(
                "insert",
                "update",
                "delete",
                name="changekind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("before", postgresql.JSON()),
        sa.Column("after", postgresql.JSON()),
        sa.Column("salt", sa.Uuid()),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("erased_by", sa.BigInteger()),
        sa.PrimaryKeyConstraint("entry_id", "id", "at", name=op.f("pk_field_changes")),
        postgresql_partition_by="RANGE (at)",
    )
    op.create_index(
        op.f("ix_field_changes_registrant_id"),
        "field_changes",
        ["registrant_id"],
        postgresql_using="brin",
    )
    op.create_index(
        "ix_field_changes_history",
        "field_changes",
        ["registrant_id"],
        postgresql_where="kind <> 'insert' and registrant_id is not null",
    )
    op.execute("create table field_changes_other partition of field_changes default")


def _looks() -> None:
    op.execute("create sequence looks_id_seq")
    op.create_table(
        "looks",
        sa.Column(
            "id",
            sa.BigInteger(),
            server_default=sa.text("nextval('looks_id_seq')"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("subject", sa.String()),
        sa.Column("subject_id", sa.BigInteger()),
        sa.Column(
            "registrant_ids",
            postgresql.ARRAY(sa.BigInteger()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("number", sa.Integer()),
        sa.Column("purpose", sa.String()),
        sa.Column("address", sa.Text()),
        sa.PrimaryKeyConstraint("id", "at", name=op.f("pk_looks")),
        postgresql_partition_by="RANGE (at)",
    )
    op.create_index(
        op.f("ix_looks_registrant_ids"), "looks", ["registrant_ids"], postgresql_using="gin"
    )
    op.create_index(op.f("ix_looks_actor_id"), "looks", ["actor_id"])
    op.execute("create table looks_other partition of looks default")
    op.execute(f"revoke all on field_changes_other, looks_other from {EVERYBODY}")
