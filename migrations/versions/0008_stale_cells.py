"""Whatever changes what was counted by cell leaves a note of the cell, in its own transaction."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# More than this many rows in one statement are noted as one: everything has to be counted again.
MOST_NOTED = 5000

# What stands for a household among the stale cells: the cell of its place or, below all cells, the
# area it lives in.
NOTED = """
create function noted_cell(cell bigint, area_id bigint) returns bigint language sql immutable as $$
    select coalesce(cell, -3 - coalesce(area_id, 0))
$$
"""

NOTE_GROUPS = """
create function note_stale_groups(group_ids bigint[]) returns void language sql as $$
    insert into stale_cells (cell)
    select distinct noted_cell(l.cell, r.area_id)
    from registrants r left join locations l on l.id = r.location_id
    where r.id = any (group_ids) and r.kind = 'group'
$$
"""

# The groups whose people a member counts for: a person in two groups is counted in one of them.
GROUPS_OF = """
create function groups_of_members(member_ids bigint[]) returns bigint[] language sql stable as $$
    select array_agg(distinct group_id) from memberships where member_id = any (member_ids)
$$
"""

ANY = ("insert", "update", "delete")

# What is noted when rows of a table change; {changed} are those rows, as they were and as they are.
BODIES = {
    "registrants": (
        ANY,
        """
        insert into stale_cells (cell)
        select distinct noted_cell(l.cell, c.area_id)
        from {changed} c left join locations l on l.id = c.location_id where c.kind = 'group';
        perform note_stale_groups(groups_of_members(
            (select array_agg(c.id) from {changed} c where c.kind = 'individual')));
        """,
    ),
    "groups": (
        ANY,
        "perform note_stale_groups((select array_agg(c.registrant_id) from {changed} c));",
    ),
    "individuals": (
        ANY,
        """
        perform note_stale_groups(groups_of_members(
            (select array_agg(c.registrant_id) from {changed} c)));
        """,
    ),
    "memberships": (
        ANY,
        """
        perform note_stale_groups((select array_agg(c.group_id) from {changed} c));
        perform note_stale_groups(groups_of_members(
            (select array_agg(c.member_id) from {changed} c)));
        """,
    ),
    "locations": (
        ("update",),
        """
        insert into stale_cells (cell)
        select distinct noted_cell(c.cell, r.area_id)
        from {changed} c join registrants r on r.location_id = c.id;
        """,
    ),
    "exposure_due": (
        ("insert", "delete"),
        """
        insert into stale_cells (cell)
        select distinct l.cell from {changed} c join locations l on l.id = c.location_id
        where l.cell is not null;
        """,
    ),
    # Counts tell of areas by their place in the tree, which is kept beside them.
    "areas": (ANY, "insert into stale_cells (cell) values (-2);"),
}

FUNCTION = """
create function stale_{table}_{verb}() returns trigger language plpgsql as $$
begin
    if (select count(*) from {rows}) > {most} then
        insert into stale_cells (cell) values (-2);
        return null;
    end if;
    {body}
    return null;
end $$
"""

TRIGGER = """
create trigger stale_cells_{verb} after {verb} on {table}
referencing {tables} for each statement execute function stale_{table}_{verb}()
"""

BOTH = """
    ((select * from old_rows except select * from new_rows)
     union all (select * from new_rows except select * from old_rows))
"""

# By verb: the rows to count, the tables a trigger sees, and the rows that changed.
VERBS = {
    "insert": ("new_rows", "new table as new_rows", "new_rows"),
    "delete": ("old_rows", "old table as old_rows", "old_rows"),
    "update": (
        "new_rows",
        "old table as old_rows new table as new_rows",
        BOTH,
    ),
}


def upgrade() -> None:
    op.execute(NOTED)
    op.execute(NOTE_GROUPS)
    op.execute(GROUPS_OF)
    for table, (verbs, body) in BODIES.items():
        for verb in verbs:
            rows, tables, changed = VERBS[verb]
            told = body.format(changed=changed)
            op.execute(
                FUNCTION.format(table=table, verb=verb, rows=rows, most=MOST_NOTED, body=told)
            )
            op.execute(TRIGGER.format(table=table, verb=verb, tables=tables))
