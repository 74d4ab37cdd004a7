"""From when on two records are looked at as of one is decided by the country; earlier versions of
filters keep their text."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

BEFORE = (
    "name code timezone phone_region home language languages currency currencies young_below"
    " old_from fewest rounding ask_purpose crowd near_m vague_m fresh_months old_months"
    " coarse_m largest_household document_mb purpose_hours undo_days land_percent platform"
    " accent accent_dark logo"
)
OURS = "alike_percent roof_m"


def upgrade() -> None:
    op.add_column(
        "country",
        sa.Column("alike_percent", sa.SmallInteger(), server_default="70", nullable=False),
    )
    op.add_column("country", sa.Column("roof_m", sa.Float(), server_default="15", nullable=False))
    _keep(f"{BEFORE} {OURS}")
    op.create_table(
        "filter_versions",
        sa.Column("filter_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("written", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["filter_id"],
            ["filters.id"],
            name=op.f("fk_filter_versions_filter_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("filter_id", "version", name=op.f("pk_filter_versions")),
    )


def downgrade() -> None:
    op.drop_table("filter_versions")
    _keep(BEFORE)
    for column in OURS.split():
        op.drop_column("country", column)


def _keep(columns: str) -> None:
    """Have the trail keep what changes in these columns."""
    keep = sa.text("call keep_changes(cast('country' as regclass), 'id', null, :columns)")
    op.get_bind().execute(keep, {"columns": columns.split()})
