"""A program is for households or for the people in them, and serves one purpose or several."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

TARGET = sa.Enum(*("group", "individual"), name="target", native_enum=False, create_constraint=True)
REASONS = (
    *("inactive", "declined", "paused", "exited", "rule", "same_purpose"),
    *("listed_out", "excluded", "below_line", "quota_full", "places_taken"),
    *("conditions", "twin"),
)
OF_PROGRAMS = "organisation_id currency state archived eligibility signers_needed"
ANNOUNCED = "announced announced_in announced_from"

# Of a list, who is asked by a program for households: those on it. By one for people: those who
# count in them, or were in a round of the program from this list; each of them is served where they
# themselves or the household they count in are. Members of a household do not speak for it.
SERVED = """
create or replace function served_elsewhere(roster bigint, program bigint, undone text[])
returns table (registrant_id bigint, program_id bigint) language sql stable
security definer set search_path = public, pg_temp as $$
    with asked as (
        select m.registrant_id as whose, m.registrant_id as who
        from roster_members m
        where m.roster_id = roster and (select target from programs where id = program) = 'group'
        union all
        select p.id, whom.id
        from (
            select i.registrant_id as id
            from roster_members m
            join individuals i on i.counted_in = m.registrant_id
            where m.roster_id = roster
            union
            select m.registrant_id
            from cycles c join cycle_members m on m.cycle_id = c.id
            where c.program_id = program and c.roster_id = roster
        ) as p
        join individuals i on i.registrant_id = p.id
        cross join lateral (values (i.registrant_id), (i.counted_in)) as whom (id)
        where (select target from programs where id = program) = 'individual'
          and whom.id is not null
    )
    select a.whose, min(c.program_id)
    from asked a
    join entitlements e on e.registrant_id = a.who
    join cycles c on c.id = e.cycle_id
    join programs other on other.id = c.program_id
    join programs mine on mine.id = program
    where other.purposes && mine.purposes and other.id <> mine.id
      and c.state in ('to_approve', 'approved', 'distributed') and e.state <> all (undone)
      and not exists (select from cycles top where top.tops_up_id = c.id
          and top.program_id = program and top.roster_id = roster)
      and not exists (select from cycles base where base.id = c.tops_up_id
          and base.program_id = program)
    group by a.whose
$$
"""
# Of those enrolled in a cycle, how many a draft of another program of a shared purpose has, too; of
# people, also how many count in a household it has.
OVERLAPS = """
create or replace function drafted_elsewhere(cycle bigint)
returns table (program_id bigint, households bigint) language sql stable
security definer set search_path = public, pg_temp as $$
    with asked as (
        select m.registrant_id as whose, m.registrant_id as who
        from cycle_members m where m.cycle_id = cycle and m.state = 'enrolled'
        union all
        select m.registrant_id, i.counted_in
        from cycle_members m
        join individuals i on i.registrant_id = m.registrant_id
        where m.cycle_id = cycle and m.state = 'enrolled' and i.counted_in is not null
          and (select p.target from programs p join cycles c on c.program_id = p.id
               where c.id = cycle) = 'individual'
    )
    select other.id, count(distinct a.whose)
    from cycles mine
    join programs p on p.id = mine.program_id
    cross join asked a
    join cycle_members o on o.registrant_id = a.who and o.state = 'enrolled'
    join cycles c on c.id = o.cycle_id and c.state = 'draft'
    join programs other on other.id = c.program_id
    where mine.id = cycle and other.purposes && p.purposes and other.id <> p.id
      and c.id is distinct from mine.tops_up_id and c.tops_up_id is distinct from mine.id
    group by other.id
$$
"""
SERVED_BEFORE = """
create or replace function served_elsewhere(roster bigint, program bigint, undone text[])
returns table (registrant_id bigint, program_id bigint) language sql stable
security definer set search_path = public, pg_temp as $$
    select e.registrant_id, min(c.program_id)
    from entitlements e
    join cycles c on c.id = e.cycle_id
    join programs other on other.id = c.program_id
    join programs mine on mine.id = program
    where other.purpose = mine.purpose and other.id <> mine.id
      and c.state in ('to_approve', 'approved', 'distributed') and e.state <> all (undone)
      and e.registrant_id in (
          select m.registrant_id from roster_members m where m.roster_id = roster)
      and not exists (select from cycles top where top.tops_up_id = c.id
          and top.program_id = program and top.roster_id = roster)
      and not exists (select from cycles base where base.id = c.tops_up_id
          and base.program_id = program)
    group by e.registrant_id
$$
"""
OVERLAPS_BEFORE = """
create or replace function drafted_elsewhere(cycle bigint)
returns table (program_id bigint, households bigint) language sql stable
security definer set search_path = public, pg_temp as $$
    select other.id, count(distinct m.registrant_id)
    from cycles mine
    join programs p on p.id = mine.program_id
    join cycle_members m on m.cycle_id = mine.id and m.state = 'enrolled'
    join cycle_members o on o.registrant_id = m.registrant_id and o.state = 'enrolled'
    join cycles c on c.id = o.cycle_id and c.state = 'draft'
    join programs other on other.id = c.program_id
    where mine.id = cycle and other.purpose = p.purpose and other.id <> p.id
      and c.id is distinct from mine.tops_up_id and c.tops_up_id is distinct from mine.id
    group by other.id
$$
"""


def upgrade() -> None:
    op.add_column("programs", sa.Column("target", TARGET, server_default="group", nullable=False))
    op.add_column("programs", sa.Column("purposes", sa.ARRAY(sa.Text()), nullable=True))
    op.execute("alter table programs disable trigger user")
    op.execute("update programs set purposes = array[purpose]")
    op.execute("alter table programs enable trigger user")
    op.alter_column("programs", "purposes", nullable=False)
    op.create_check_constraint(
        op.f("ck_programs_purpose_named"), "programs", "cardinality(purposes) > 0"
    )
    op.add_column("programs", sa.Column("announced", sa.Numeric(precision=20, scale=4)))
    for name in ("announced_in", "announced_from"):
        op.add_column("programs", sa.Column(name, sa.String()))
    _keep(f"number name purposes target {OF_PROGRAMS} {ANNOUNCED}")
    op.drop_column("programs", "purpose")
    op.add_column(
        "cycles", sa.Column("takes_over", sa.Boolean(), server_default="false", nullable=False)
    )
    _reasons((*REASONS, "off_list"))
    op.execute(SERVED)
    op.execute(OVERLAPS)


def downgrade() -> None:
    op.execute("update cycle_members set reason = 'inactive' where reason = 'off_list'")
    for column in ("was_reason", "now_reason", "stood_reason"):
        op.execute(
            f"update targeting_changes set {column} = 'inactive' where {column} = 'off_list'"
        )
    _reasons(REASONS)
    op.add_column("programs", sa.Column("purpose", sa.String(), nullable=True))
    op.execute("alter table programs disable trigger user")
    op.execute("update programs set purpose = purposes[1]")
    op.execute("alter table programs enable trigger user")
    op.alter_column("programs", "purpose", nullable=False)
    op.execute(SERVED_BEFORE)
    op.execute(OVERLAPS_BEFORE)
    _keep(f"number name purpose {OF_PROGRAMS}")
    op.drop_column("cycles", "takes_over")
    for column in ("purposes", "target", *ANNOUNCED.split()):
        op.drop_column("programs", column)


def _reasons(words: tuple[str, ...]) -> None:
    """Let somebody be left out for these."""
    listed = ", ".join(f"'{word}'" for word in words)
    columns = {"leftout": ("cycle_members", "reason")}
    columns |= {
        name: ("targeting_changes", name) for name in ("was_reason", "now_reason", "stood_reason")
    }
    for name, (table, column) in columns.items():
        check = op.f(f"ck_{table}_{name}")
        op.drop_constraint(check, table)
        op.create_check_constraint(check, table, f"{column} in ({listed})")


def _keep(columns: str) -> None:
    """Have the trail keep what changes in these columns."""
    keep = sa.text("call keep_changes(cast('programs' as regclass), 'id', null, :columns)")
    op.get_bind().execute(keep, {"columns": columns.split()})
