"""Records that may be of the same person, and merging them; names are searched in any script."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
# A pair tells of two: whoever may not see both of them sees neither.
BOTH = (
    "area_id = any (select unnest(reached_areas()))"
    " and other_area_id = any (select unnest(reached_areas()))"
)
# As in 0010: not joined, and nothing is done where nobody moved.
FOLLOW = """
create function follow_pairs() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
declare
    moved bigint[];
begin
    select array_agg(id) into moved
    from (select id, area_id from new_rows except select id, area_id from old_rows) as elsewhere;
    if moved is null then return null; end if;
    update duplicate_pairs p set area_id = r.area_id from registrants r
    where p.left_id = any (moved) and r.id = p.left_id and p.area_id is distinct from r.area_id;
    update duplicate_pairs p set other_area_id = r.area_id from registrants r
    where p.right_id = any (moved) and r.id = p.right_id
      and p.other_area_id is distinct from r.area_id;
    update merges m set area_id = r.area_id from registrants r
    where m.kept_id = any (moved) and r.id = m.kept_id and m.area_id is distinct from r.area_id;
    update merges m set other_area_id = r.area_id from registrants r
    where m.gone_id = any (moved) and r.id = m.gone_id
      and m.other_area_id is distinct from r.area_id;
    update merge_befores b set area_id = m.area_id, other_area_id = m.other_area_id from merges m
    where (m.kept_id = any (moved) or m.gone_id = any (moved)) and b.merge_id = m.id;
    return null;
end $$
"""
ON_MOVE = """
create trigger follow_pairs after update on registrants
referencing old table as old_rows new table as new_rows
for each statement execute function follow_pairs()
"""
# How many pairs reach beyond one's areas: a figure, and nobody's name.
BEYOND = """
create function pairs_beyond(roots bigint[]) returns bigint language sql stable
security definer set search_path = public, pg_temp as $$
    with mine as materialized (select unnest(areas_reached(roots)) as area_id)
    select count(*) from duplicate_pairs
    where state = 'open'
      and (area_id in (select area_id from mine)) <> (other_area_id in (select area_id from mine))
$$
"""


def upgrade() -> None:
    _runs()
    _pairs()
    _merges()
    op.create_table(
        "match_models",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("settings", JSONB(), nullable=False),
        sa.Column("records", sa.BigInteger(), nullable=False),
        sa.Column("trained_by", sa.BigInteger(), nullable=False),
        sa.Column("trained_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        *_row("match_models"),
    )
    for table in ("duplicate_pairs", "merges", "merge_befores"):
        op.execute(f"call guard('{table}', '{BOTH}')")
    for statement in (FOLLOW, ON_MOVE, BEYOND):
        op.execute(statement)
    # Names are found by what they are searched by, in any script (0025).
    op.drop_index("ix_registrants_name", "registrants")
    op.drop_index("ix_registrants_name_local", "registrants")


def _row(table: str) -> tuple[sa.Column[int], sa.Column[object], sa.PrimaryKeyConstraint]:
    return (
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _runs() -> None:
    kinds = sa.Enum("fast", "model", name="runkind", native_enum=False, create_constraint=True)
    op.create_table(
        "duplicate_runs",
        sa.Column("kind", kinds, nullable=False),
        sa.Column("program_id", sa.BigInteger()),
        sa.Column("least", sa.REAL(), nullable=False),
        sa.Column("records", sa.BigInteger(), nullable=False),
        sa.Column("compared", sa.BigInteger(), nullable=False),
        sa.Column("found", sa.BigInteger(), nullable=False),
        sa.Column("fresh", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.REAL(), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        *_row("duplicate_runs"),
    )
    figures = ("groups", "records", "pairs", "largest", "dropped")
    op.create_table(
        "duplicate_blocks",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in figures),
        sa.ForeignKeyConstraint(
            ["run_id"], ["duplicate_runs.id"], name=op.f("fk_duplicate_blocks_run_id")
        ),
        sa.PrimaryKeyConstraint("run_id", "rule", name=op.f("pk_duplicate_blocks")),
    )


def _pairs() -> None:
    decided = sa.Enum(
        *("open", "merged", "not_duplicate"),
        name="pairstate",
        native_enum=False,
        create_constraint=True,
    )
    op.create_table(
        "duplicate_pairs",
        sa.Column("left_id", sa.BigInteger(), nullable=False),
        sa.Column("right_id", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.REAL(), nullable=False),
        sa.Column("reasons", ARRAY(sa.Text()), nullable=False),
        sa.Column("distance_m", sa.REAL()),
        sa.Column("same_roof", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("state", decided, server_default="open", nullable=False),
        sa.Column("decided_by", sa.BigInteger()),
        sa.Column("decided_at", MOMENT),
        sa.Column("because", sa.String()),
        sa.Column("area_id", sa.BigInteger()),
        sa.Column("other_area_id", sa.BigInteger()),
        *_row("duplicate_pairs"),
        *_people("duplicate_pairs", "left_id", "right_id"),
        sa.ForeignKeyConstraint(
            ["run_id"], ["duplicate_runs.id"], name=op.f("fk_duplicate_pairs_run_id")
        ),
        sa.UniqueConstraint(
            "left_id", "right_id", name=op.f("uq_duplicate_pairs_left_id_right_id")
        ),
        sa.CheckConstraint("left_id < right_id", name=op.f("ck_duplicate_pairs_each_once")),
    )
    op.create_index("ix_duplicate_pairs_right_id", "duplicate_pairs", ["right_id"])
    waiting = sa.text("state = 'open'")
    op.create_index(
        "ix_duplicate_pairs_open", "duplicate_pairs", ["score", "id"], postgresql_where=waiting
    )


def _people(table: str, *columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], ["registrants.id"], name=op.f(f"fk_{table}_{name}"))
        for name in columns
    ]


def _merges() -> None:
    op.create_table(
        "merges",
        sa.Column("kept_id", sa.BigInteger(), nullable=False),
        sa.Column("gone_id", sa.BigInteger(), nullable=False),
        sa.Column("merged_by", sa.BigInteger(), nullable=False),
        sa.Column("undone_at", MOMENT),
        sa.Column("undone_by", sa.BigInteger()),
        sa.Column("area_id", sa.BigInteger()),
        sa.Column("other_area_id", sa.BigInteger()),
        *_row("merges"),
        *_people("merges", "kept_id", "gone_id"),
    )
    standing = sa.text("undone_at is null")
    op.create_index(
        "uq_merges_standing", "merges", ["gone_id"], unique=True, postgresql_where=standing
    )
    op.create_index("ix_merges_kept_id", "merges", ["kept_id"])
    op.create_table(
        "merge_befores",
        sa.Column("merge_id", sa.BigInteger(), nullable=False),
        sa.Column("table_name", sa.String(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("before", JSONB(), nullable=False),
        sa.Column("after", JSONB(), nullable=False),
        sa.Column("area_id", sa.BigInteger()),
        sa.Column("other_area_id", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["merge_id"], ["merges.id"], name=op.f("fk_merge_befores_merge_id")
        ),
        sa.PrimaryKeyConstraint("merge_id", "table_name", "row_id", name=op.f("pk_merge_befores")),
    )


def downgrade() -> None:
    op.execute("drop trigger follow_pairs on registrants")
    op.execute("drop function follow_pairs(), pairs_beyond(bigint[])")
    tables = (
        *("merge_befores", "merges", "match_models"),
        *("duplicate_pairs", "duplicate_blocks", "duplicate_runs"),
    )
    for table in tables:
        op.drop_table(table)
    for name in ("name", "name_local"):
        op.create_index(
            f"ix_registrants_{name}",
            "registrants",
            [name],
            postgresql_using="gin",
            postgresql_ops={name: "gin_trgm_ops"},
        )
