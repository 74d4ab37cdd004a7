"""Who has an area but no place follows a new map too; what was corrected together can be undone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)

# Registrants whose area has ended and whose place does not tell another one: they stand nowhere, or
# outside every area. They go where their area went as a whole; without a new map that says so, to
# the area that bears its P-code. Fired when areas end, and again when all places were brought
# into the new ones.
FOLLOW_AREAS = """
create function follow_areas() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    with the_change as (
        select c.id from area_changes c
        where c.version = (select version from areas where valid_to is null and level = 0)
        order by c.id desc limit 1
    ), meant as materialized (
        select gone.id, gone.pcode, the_change.id as change_id,
               coalesce(s.to_id, same.id) as to_id, coalesce(not s.is_sure, false) as to_look_at
        from areas gone
        left join the_change on true
        left join area_successors s on s.change_id = the_change.id and s.from_id = gone.id
        left join areas same on s.from_id is null and same.pcode = gone.pcode
                            and same.valid_to is null
        where gone.valid_to is not null
    ), going as materialized (
        select r.id, m.id as from_id, m.pcode, m.to_id, m.change_id, m.to_look_at
        from meant m
        join registrants r on r.area_id = m.id
        left join locations l on l.id = r.location_id
        where m.to_id is not null and l.area_id is null
    ), noted as (
        insert into moved_registrants (change_id, registrant_id, area_id, to_area_id, to_look_at)
        select g.change_id, g.id, g.from_id, g.to_id, g.to_look_at
        from going g join areas now on now.id = g.to_id
        where g.change_id is not null and (g.to_look_at or now.pcode <> g.pcode)
        on conflict do nothing
    )
    update registrants r set area_id = g.to_id from going g where r.id = g.id;
    return null;
end $$
"""
TRIGGERS = (
    """
    create trigger follow_areas after update of valid_to on areas
    for each statement execute function follow_areas()
    """,
    """
    create trigger follow_areas after update of state on area_changes
    for each row when (new.state = 'enforced') execute function follow_areas()
    """,
)
# How well places are known is counted by area; whoever changes what is counted marks the areas.
# Marks are never shared: one that comes while areas are counted anew outlives the counting.
MARK = """
create function mark_{name}() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    insert into stale_places (area_id)
    select distinct coalesce(area_id, 0) from ({changed}) as of_it;
    return null;
end $$
"""
CHANGED_REGISTRANTS = {
    "insert": "select area_id from new_rows",
    "delete": "select area_id from old_rows",
    "update": """
        (select id, area_id, location_id, state from new_rows
         except select id, area_id, location_id, state from old_rows)
        union all
        (select id, area_id, location_id, state from old_rows
         except select id, area_id, location_id, state from new_rows)
    """,
}
CHANGED_INDIVIDUALS = {
    "update": """
        select r.area_id from (
            select registrant_id, counted_in from new_rows
            except select registrant_id, counted_in from old_rows
        ) as i join registrants r on r.id = i.registrant_id
    """,
}
CHANGED_CHECKS = {
    "insert": "select r.area_id from new_rows join registrants r using (location_id)",
    "delete": "select r.area_id from old_rows join registrants r using (location_id)",
    "update": """
        select r.area_id from (
            select location_id, codes from new_rows except select location_id, codes from old_rows
        ) as c join registrants r on r.location_id = c.location_id
    """,
}
CHANGED = {
    "registrants": CHANGED_REGISTRANTS,
    "individuals": CHANGED_INDIVIDUALS,
    "place_checks": CHANGED_CHECKS,
}
ROWS = {
    "insert": "new table as new_rows",
    "delete": "old table as old_rows",
    "update": "old table as old_rows new table as new_rows",
}
ALL_STALE = (
    "insert into stale_places (area_id) select distinct coalesce(area_id, 0) from registrants"
)
KINDS = ("turn", "area_only", "move", "accept")
MORE_KINDS = (*KINDS, "shift", "each", "snap", "undo")


def upgrade() -> None:
    op.create_table(
        "area_successors",
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.Column("from_id", sa.BigInteger(), nullable=False),
        sa.Column("to_id", sa.BigInteger()),
        sa.Column("is_sure", sa.Boolean(), nullable=False),
        _key("area_successors", "change_id", "area_changes", ondelete="CASCADE"),
        _key("area_successors", "from_id", "areas"),
        _key("area_successors", "to_id", "areas"),
        sa.PrimaryKeyConstraint("change_id", "from_id", name=op.f("pk_area_successors")),
    )
    op.create_table(
        "moved_registrants",
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.Column("registrant_id", sa.BigInteger(), nullable=False),
        sa.Column("area_id", sa.BigInteger()),
        sa.Column("to_area_id", sa.BigInteger()),
        sa.Column("to_look_at", sa.Boolean(), server_default="false", nullable=False),
        _key("moved_registrants", "change_id", "area_changes", ondelete="CASCADE"),
        _key("moved_registrants", "registrant_id", "registrants", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("change_id", "registrant_id", name=op.f("pk_moved_registrants")),
    )
    op.create_index("ix_moved_registrants_registrant_id", "moved_registrants", ["registrant_id"])
    op.execute("call guard('moved_registrants')")
    op.execute(FOLLOW_AREAS)
    for trigger in TRIGGERS:
        op.execute(trigger)
    _corrections()
    _counts()


def _counts() -> None:
    op.create_table(
        "place_counts",
        sa.Column("area_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("n", ARRAY(sa.Integer()), nullable=False),
        sa.PrimaryKeyConstraint("area_id", name=op.f("pk_place_counts")),
    )
    op.execute("call guard('place_counts')")
    op.create_table(
        "stale_places",
        sa.Column("area_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stale_places")),
    )
    for table, changes in CHANGED.items():
        for event, changed in changes.items():
            name = f"{table}_{event}"
            op.execute(MARK.format(name=name, changed=changed))
            op.execute(
                f"create trigger mark_{event} after {event} on {table} referencing {ROWS[event]}"
                f" for each statement execute function mark_{name}()"
            )
    op.execute(ALL_STALE)


def _corrections() -> None:
    """Places that were corrected together, each with the one before, so that it can be undone."""
    op.add_column("place_corrections", sa.Column("undoes_id", sa.BigInteger()))
    op.create_foreign_key(
        op.f("fk_place_corrections_undoes_id"),
        *("place_corrections", "place_corrections"),
        *(["undoes_id"], ["id"]),
    )
    op.create_unique_constraint(
        op.f("uq_place_corrections_undoes_id"), "place_corrections", ["undoes_id"]
    )
    _allow(MORE_KINDS)
    op.create_table(
        "corrected_places",
        sa.Column("correction_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("before_id", sa.BigInteger()),
        sa.Column("area_id", sa.BigInteger()),
        _key("corrected_places", "correction_id", "place_corrections", ondelete="CASCADE"),
        _key("corrected_places", "location_id", "locations", ondelete="CASCADE"),
        _key("corrected_places", "before_id", "locations", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("correction_id", "location_id", name=op.f("pk_corrected_places")),
    )
    for column in ("location_id", "before_id"):
        op.create_index(f"ix_corrected_places_{column}", "corrected_places", [column])
    op.execute("call guard('corrected_places')")


def _allow(kinds: tuple[str, ...]) -> None:
    named = op.f("ck_place_corrections_correctionkind")
    op.drop_constraint(named, "place_corrections", type_="check")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(named, "place_corrections", f"kind in ({listed})")


def _key(
    table: str, column: str, other: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)


def downgrade() -> None:
    for table, changes in CHANGED.items():
        for event in changes:
            op.execute(f"drop trigger mark_{event} on {table}")
            op.execute(f"drop function mark_{table}_{event}")
    op.drop_table("stale_places")
    op.drop_table("place_counts")
    op.drop_table("corrected_places")
    op.execute("delete from place_corrections where kind in ('shift', 'each', 'snap', 'undo')")
    _allow(KINDS)
    op.drop_column("place_corrections", "undoes_id")
    for table in ("area_changes", "areas"):
        op.execute(f"drop trigger follow_areas on {table}")
    op.execute("drop function follow_areas")
    op.drop_table("moved_registrants")
    op.drop_table("area_successors")
