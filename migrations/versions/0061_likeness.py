"""From when on two records are looked at as of one is decided by the country."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0054"
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


def downgrade() -> None:
    _keep(BEFORE)
    for column in OURS.split():
        op.drop_column("country", column)


def _keep(columns: str) -> None:
    """Have the trail keep what changes in these columns."""
    keep = sa.text("call keep_changes(cast('country' as regclass), 'id', null, :columns)")
    op.get_bind().execute(keep, {"columns": columns.split()})
