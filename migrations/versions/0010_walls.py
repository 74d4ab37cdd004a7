"""Who may see which rows, said by the database as well: the second wall."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# Roles belong to the whole server, so another database of it may have made them already, even at
# this very moment. The first two sign in, the others are what a transaction stands as.
ROLES = """
do $$
begin
    perform pg_advisory_xact_lock(hashtext('highground roles'));
    if to_regrole('highground_app') is null then
        create role highground_app login noinherit;
    end if;
    if to_regrole('highground_works') is null then
        create role highground_works login noinherit;
    end if;
    if to_regrole('highground_national') is null then create role highground_national; end if;
    if to_regrole('highground_local') is null then create role highground_local; end if;
    if to_regrole('highground_whole') is null then create role highground_whole; end if;
    grant highground_national, highground_local to highground_app, highground_works;
    grant highground_whole to highground_works;
end $$
"""

EVERYBODY = (
    "highground_app, highground_works, highground_national, highground_local, highground_whole"
)

LATER = "alter default privileges in schema public"

RIGHTS = (
    f"grant usage on schema public to {EVERYBODY}",
    f"grant select, insert, update, delete on all tables in schema public to {EVERYBODY}",
    f"grant usage on all sequences in schema public to {EVERYBODY}",
    f"{LATER} grant select, insert, update, delete on tables to {EVERYBODY}",
    f"{LATER} grant usage on sequences to {EVERYBODY}",
)

# Tiles made beforehand tell of all areas in one value, and no longer know which.
COUNTED_FOR_ALL = "revoke all on household_tiles from highground_local"

# The areas and the person a transaction stands for; nobody's unless `stand_locally` said so.
REACHED = """
create function reached_areas() returns bigint[] language sql stable parallel safe as $$
    select nullif(current_setting('highground.areas', true), '')::bigint[]
$$
"""

ACTING = """
create function acting() returns bigint language sql stable parallel safe as $$
    select nullif(current_setting('highground.acting', true), '')::bigint
$$
"""

# Reach is by P-code, so that it outlives a new map: an area stands for all its versions.
AREAS_REACHED = """
create function areas_reached(roots bigint[]) returns bigint[] language sql stable as $$
    select array(select a.id from areas a where a.path && array(
        select same.id from areas given join areas same on same.pcode = given.pcode
        where given.id = any (roots)))
$$
"""

STAND_LOCALLY = """
create function stand_locally(actor_id bigint, roots bigint[]) returns void language sql as $$
    select set_config('highground.acting', actor_id::text, true),
           set_config('highground.areas', areas_reached(roots)::text, true),
           set_config('role', 'highground_local', true)
$$
"""

# The array is asked for once a statement and hashed, and the planner does not take what is seen for
# next to nothing, as it does with an array it cannot look into. Writing is judged by the acts.
GUARD = """
create procedure guard(
    guarded regclass,
    seen text default 'area_id = any (select unnest(reached_areas()))'
) language plpgsql as $$
begin
    execute format('alter table %s enable row level security', guarded);
    execute format('create policy national on %s to highground_national, highground_whole
                    using (true) with check (true)', guarded);
    execute format('create policy local on %s to highground_local
                    using (%s) with check (true)', guarded, seen);
end $$
"""

GUARDED = (
    *("locations", "former_places", "roster_members", "program_memberships", "cycle_members"),
    *("entitlements", "vouchers", "redemptions", "payments"),
)
# People of no area are seen by who made them, and the rows of a file by who sent it.
OF_PEOPLE = ("registrants", "groups", "individuals", "memberships", "identifiers")
MADE_BY = (
    "area_id = any (select unnest(reached_areas()))"
    " or area_id is null and made_by = (select acting())"
)
OF_IMPORTS = ("import_households", "import_people")
UPLOADED_BY = "area_id = any (select unnest(reached_areas())) or made_by = (select acting())"

# A registrant's area and maker are copied to what is told of it, so that no policy joins. Whoever
# writes brings them along; what comes without gets them here.
COPIED = {
    "groups": "registrant_id",
    "individuals": "registrant_id",
    "memberships": "group_id",
    "identifiers": "registrant_id",
    "former_places": "registrant_id",
}
BRING_ALONG = """
create function bring_along_{table}() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    update {table} t set {copied}
    from new_rows n join registrants r on r.id = n.{key}
    where t.{key} = n.{key} and {lacks} and {has};
    return null;
end $$
"""
ON_INSERT = """
create trigger bring_along after insert on {table}
referencing new table as new_rows for each statement execute function bring_along_{table}()
"""
FOLLOW = """
create function follow_registrant() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
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
ON_MOVE = """
create trigger follow_registrant after update on registrants
referencing old table as old_rows new table as new_rows
for each statement execute function follow_registrant()
"""

# As in 0009, but not joined either.
FOLLOW_PLACE = """
create or replace function follow_place() returns trigger language plpgsql as $$
declare
    moved bigint[];
begin
    select array_agg(id) into moved
    from (select id, area_id from new_rows except select id, area_id from old_rows) as elsewhere;
    if moved is null then return null; end if;
    update registrants r set area_id = l.area_id from locations l
    where l.id = any (moved) and l.area_id is not null
      and r.location_id = l.id and r.area_id is distinct from l.area_id;
    return null;
end $$
"""

# Rows that stand already.
CATCH_UP = (
    """
    update registrants r set made_by = i.uploaded_by from imports i where i.id = r.import_id
    """,
    *(
        f"update {table} t set area_id = r.area_id, made_by = r.made_by"
        f" from registrants r where r.id = t.{key}"
        for table, key in COPIED.items()
        if table != "former_places"
    ),
    """
    update former_places t set area_id = r.area_id
    from registrants r where r.id = t.registrant_id
    """,
    """
    update redemptions t set area_id = e.area_id
    from entitlements e where e.id = t.entitlement_id
    """,
    *(
        f"update {table} t set made_by = i.uploaded_by from imports i where i.id = t.import_id"
        for table in OF_IMPORTS
    ),
)

# Triggers keep what the whole country needs, whoever's act they are part of.
WIDE_TRIGGERS = """
do $$
declare f regprocedure;
begin
    for f in select p.oid from pg_proc p join pg_trigger t on t.tgfoid = p.oid
             where not t.tgisinternal and p.pronamespace = 'public'::regnamespace
    loop
        execute format('alter function %s security definer set search_path = public, pg_temp', f);
    end loop;
end $$
"""

# Sums that decide are never filtered: they name no person, and a view reads as its owner.
SUMS = {
    "cycle_member_sums": """
        select cycle_id, state, reason, by_program_id,
               count(*) as households, sum(people)::bigint as people
        from cycle_members group by cycle_id, state, reason, by_program_id
    """,
    "entitlement_sums": """
        select cycle_id, benefit_id, state, count(*) as entitlements,
               sum(amount) as total, max(amount) as most
        from entitlements group by cycle_id, benefit_id, state
    """,
    "cycle_sums": """
        select cycle_id, count(distinct registrant_id) as households,
               count(*) as entitlements, sum(amount) as total
        from entitlements where state not in ('cancelled', 'rejected', 'expired')
        group by cycle_id
    """,
    "voucher_sums": """
        select e.cycle_id, v.state, count(*) as vouchers
        from vouchers v join entitlements e on e.id = v.entitlement_id
        group by e.cycle_id, v.state
    """,
}

# Whether somebody bound to some areas would see a part of a list only: of the households as they
# were listed, of where they are registered now, or of their members.
BEYOND_REACH = """
create function beyond_reach(roster bigint, roots bigint[]) returns boolean language sql stable
security definer set search_path = public, pg_temp as $$
    with mine as materialized (select unnest(areas_reached(roots)) as area_id)
    select exists (
        select from roster_members m
        join registrants r on r.id = m.registrant_id
        where m.roster_id = roster
          and (not exists (select from mine where mine.area_id = m.area_id)
               or not exists (select from mine where mine.area_id = r.area_id))
    ) or exists (
        select from roster_members m
        join memberships b on b.group_id = m.registrant_id and b.ended_on is null
        join registrants p on p.id = b.member_id
        where m.roster_id = roster
          and not exists (select from mine where mine.area_id = p.area_id)
    )
$$
"""

# Who of a list another program of the same purpose gives something, from approval to the end of
# the cycle; `undone` are the states of an entitlement that gives nothing.
SERVED = """
create function served_elsewhere(roster bigint, program bigint, undone text[])
returns table (registrant_id bigint, program_id bigint) language sql stable
security definer set search_path = public, pg_temp as $$
    select e.registrant_id, min(c.program_id)
    from entitlements e
    join cycles c on c.id = e.cycle_id
    join programs other on other.id = c.program_id
    join programs mine on mine.id = program
    where other.purpose = mine.purpose and other.id <> mine.id
      and c.state in ('approved', 'distributed') and e.state <> all (undone)
      and e.registrant_id in (
          select m.registrant_id from roster_members m where m.roster_id = roster)
    group by e.registrant_id
$$
"""

# Partitions are the owner's work; who fills them asks for them by these.
PARTITIONS = {
    "begin_exposure": """
        create function begin_exposure(release bigint) returns void language plpgsql
        security definer set search_path = public, pg_temp as $$
        declare
            part constant text := 'exposure_r' || release;
            alike constant text := 'like exposure including defaults including constraints';
        begin
            execute format('drop table if exists %I', part);
            execute format('create table %I (%s)', part, alike);
        end $$
    """,
    "end_exposure": """
        create function end_exposure(release bigint) returns void language plpgsql
        security definer set search_path = public, pg_temp as $$
        declare part constant text := 'exposure_r' || release;
        begin
            execute format('alter table %I add primary key (release_id, location_id)', part);
            execute format('analyze %I', part);
            execute format('alter table exposure attach partition %I
                            for values in (%s)', part, release);
        end $$
    """,
    "begin_household_cells": """
        create function begin_household_cells(release bigint) returns void language plpgsql
        security definer set search_path = public, pg_temp as $$
        declare fresh constant text := 'household_cells_r' || release || '_new';
        begin
            execute format('drop table if exists %I', fresh);
            execute format('create table %I (like household_cells)', fresh);
            execute format('alter table %I alter packed set storage external', fresh);
        end $$
    """,
    "end_household_cells": """
        create function end_household_cells(release bigint) returns void language plpgsql
        security definer set search_path = public, pg_temp as $$
        declare part constant text := 'household_cells_r' || release;
                fresh constant text := part || '_new';
        begin
            execute format('alter table %I add primary key (release_id, grain, cell)', fresh);
            execute format('analyze %I', fresh);
            execute format('drop table if exists %I', part);
            execute format('alter table %I rename to %I', fresh, part);
            execute format('alter table household_cells attach partition %I
                            for values in (%s)', part, release);
        end $$
    """,
    "look_at": """
        create function look_at(variadic tables regclass[]) returns void language plpgsql
        security definer set search_path = public, pg_temp as $$
        declare name regclass;
        begin
            foreach name in array tables loop execute format('analyze %s', name); end loop;
        end $$
    """,
}
FOR_WORKS = ("begin_exposure", "end_exposure", "begin_household_cells", "end_household_cells")


def upgrade() -> None:
    _columns()
    for statement in (*CATCH_UP, ROLES, *RIGHTS, COUNTED_FOR_ALL):
        op.execute(statement)
    for statement in (REACHED, ACTING, AREAS_REACHED, STAND_LOCALLY):
        op.execute(statement)
    _policies()
    _followers()
    for name, asked in SUMS.items():
        op.execute(f"create view {name} as {asked}")
        op.execute(f"grant select on {name} to {EVERYBODY}")
    for statement in (BEYOND_REACH, SERVED, *PARTITIONS.values(), WIDE_TRIGGERS):
        op.execute(statement)
    for name in FOR_WORKS:
        op.execute(f"revoke execute on function {name} from public")
        op.execute(f"grant execute on function {name} to highground_whole")


def _columns() -> None:
    for table in (*COPIED, "redemptions", *OF_IMPORTS):
        op.add_column(table, sa.Column("area_id", sa.BigInteger(), nullable=True))
    for table in (*OF_PEOPLE, *OF_IMPORTS):
        op.add_column(table, sa.Column("made_by", sa.BigInteger(), nullable=True))


def _policies() -> None:
    op.execute(GUARD)
    for table in GUARDED:
        op.execute(f"call guard('{table}')")
    for table in OF_PEOPLE:
        op.execute(f"call guard('{table}', '{MADE_BY}')")
    for table in OF_IMPORTS:
        op.execute(f"call guard('{table}', '{UPLOADED_BY}')")


def _followers() -> None:
    for table, key in COPIED.items():
        columns = ("area_id",) if table == "former_places" else ("area_id", "made_by")
        copied = ", ".join(f"{column} = r.{column}" for column in columns)
        lacks = " and ".join(f"n.{column} is null" for column in columns)
        has = f"num_nonnulls({', '.join(f'r.{column}' for column in columns)}) > 0"
        names = {"table": table, "key": key, "copied": copied, "lacks": lacks, "has": has}
        op.execute(BRING_ALONG.format(**names))
        op.execute(ON_INSERT.format(table=table))
    updates = "".join(FOLLOWING.format(table=table, key=key) for table, key in COPIED.items())
    op.execute(FOLLOW.format(updates=updates))
    op.execute(FOLLOW_PLACE)
    op.execute(ON_MOVE)
