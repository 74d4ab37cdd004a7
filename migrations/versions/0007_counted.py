"""Households counted by cell and by tile, situation maps, look-ups, and the order of days."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# The same numbers as before, made in two thirds of the time.
# The check character adds up the letters' values, every other one doubled and its digits in base
# 32 added; that is done for all of them at once, in lanes of ten bits, which mod 1023 adds up.
PUBLIC_NUMBER = """
create or replace function public_number(prefix text, id bigint, places int) returns text
language plpgsql immutable strict parallel safe as $$
declare
    key constant bigint := number_key() # hashtext(prefix)::bigint;
    bits constant int := 5 * (places - 1);
    low_mask constant bigint := (1::bigint << (bits / 2)) - 1;
    high_mask constant bigint := (1::bigint << (bits - bits / 2)) - 1;
    low bigint := id & low_mask;
    high bigint := (id >> (bits / 2)) & high_mask;
    a constant text := 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
    lanes constant bigint := 34937015291116575; -- five bits set, five clear, and so on
    lowest constant bigint := 1127000493261825; -- the lowest bit of each lane
    n bigint;
    doubled bigint;
    total bigint;
begin
    for turn in 1..4 loop
        high := high # (((((low + key) & 2147483647) * 2654435761) >> 17) & high_mask);
        low := low # (((((high + (key >> 20)) & 2147483647) * 2246822519) >> 17) & low_mask);
    end loop;
    n := (high << (bits / 2)) | low;
    doubled := (((n & lanes) << 1) & lanes) | (((n & lanes) >> 4) & lowest);
    total := doubled % 1023 + (n >> 5 & lanes) % 1023;
    return prefix || '-' || right(
        substr(a, (n >> 50 & 31)::int + 1, 1) || substr(a, (n >> 45 & 31)::int + 1, 1)
        || substr(a, (n >> 40 & 31)::int + 1, 1) || substr(a, (n >> 35 & 31)::int + 1, 1)
        || substr(a, (n >> 30 & 31)::int + 1, 1) || substr(a, (n >> 25 & 31)::int + 1, 1)
        || substr(a, (n >> 20 & 31)::int + 1, 1) || substr(a, (n >> 15 & 31)::int + 1, 1)
        || substr(a, (n >> 10 & 31)::int + 1, 1) || substr(a, (n >> 5 & 31)::int + 1, 1)
        || substr(a, (n & 31)::int + 1, 1), places - 1
    ) || substr(a, (-total & 31)::int + 1, 1);
end $$
"""


def upgrade() -> None:
    op.execute(PUBLIC_NUMBER)
    op.add_column("releases", sa.Column("lookup_sha256", sa.String(), nullable=True))
    op.add_column("imports", sa.Column("day_order", sa.String(3), nullable=True))
    op.create_check_constraint(
        op.f("ck_imports_dayorder"), "imports", "day_order in ('ymd', 'dmy', 'mdy')"
    )
    op.create_table(
        "household_cells",
        sa.Column("release_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("grain", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("cell", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("release_id", "grain", "cell", name=op.f("pk_household_cells")),
        postgresql_partition_by="LIST (release_id)",
    )
    op.create_table(
        "stale_cells",
        sa.Column("cell", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stale_cells")),
    )
    op.create_table(
        "counted_releases",
        sa.Column("release_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ages_on", sa.Date(), nullable=False),
        sa.Column("edges", sa.ARRAY(sa.REAL()), nullable=True),
        sa.Column(
            "counted_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_counted_releases_release_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("release_id", name=op.f("pk_counted_releases")),
    )
    op.create_table(
        "household_tiles",
        sa.Column("release_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("zoom", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("x", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("y", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_household_tiles_release_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("release_id", "zoom", "x", "y", name=op.f("pk_household_tiles")),
    )
    op.create_table(
        "situation_maps",
        sa.Column("roster_id", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("areas", sa.ARRAY(sa.BigInteger()), nullable=True),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["roster_id"], ["rosters.id"], name=op.f("fk_situation_maps_roster_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_situation_maps")),
        sa.UniqueConstraint(
            "roster_id",
            "sha256",
            "areas",
            name=op.f("uq_situation_maps_roster_id_sha256_areas"),
            postgresql_nulls_not_distinct=True,
        ),
    )
