"""In which group a person counts is found by keys alone, whatever the planner thinks of the tables.

Where it had last looked at them while they were empty, it joined memberships, groups and people by
reading each of them whole for each row of the others: two hundred families took minutes.
"""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

DEFINER = "language plpgsql security definer set search_path = public, pg_temp"
# A question within another is answered by a key for each row, where a join may be answered by
# reading a whole table for each.
COUNTS_IN = """
create function counts_in(person bigint) returns bigint language sql stable as $$
    select case when (select p.state from registrants p where p.id = person) = 'active' then (
        select m.group_id from memberships m
        where m.member_id = person and m.ended_on is null
          and (select r.state from registrants r where r.id = m.group_id) = 'active'
          and (select true from groups g where g.registrant_id = m.group_id)
        order by (
            select g.kind from groups g where g.registrant_id = m.group_id
        ) = 'household' desc, m.group_id
        limit 1
    ) end
$$
"""
COUNT_AGAIN = f"""
create or replace function count_again(asked bigint[]) returns void {DEFINER} as $$
begin
    if coalesce(cardinality(asked), 0) = 0 then return; end if;
    execute $query$
        update individuals i set counted_in = counts_in(i.registrant_id)
        where i.registrant_id = any ($1)
          and i.counted_in is distinct from counts_in(i.registrant_id)
    $query$ using asked;
end $$
"""
BEFORE = f"""
create or replace function count_again(asked bigint[]) returns void {DEFINER} as $$
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


def upgrade() -> None:
    op.execute(COUNTS_IN)
    op.execute("revoke execute on function counts_in from public")
    op.execute(COUNT_AGAIN)


def downgrade() -> None:
    op.execute(BEFORE)
    op.execute("drop function counts_in")
