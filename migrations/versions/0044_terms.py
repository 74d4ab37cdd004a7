"""Terms of filters can be withheld from a role."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

# As in 0012: by table its key, whom a row is about, and the columns that are kept.
KEPT = {"terms_withheld": ("id", None, "role names")}


def upgrade() -> None:
    now = sa.text("now()")
    op.create_table(
        "terms_withheld",
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("names", ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_withheld")),
        sa.UniqueConstraint("role", name=op.f("uq_terms_withheld_role")),
    )
    keep = sa.text("call keep_changes(cast(:of as regclass), :key, null, :columns)")
    for table, (key, _about, columns) in KEPT.items():
        op.get_bind().execute(keep, {"of": table, "key": key, "columns": columns.split()})


def downgrade() -> None:
    op.drop_table("terms_withheld")
    for verb in ("insert", "update", "delete"):
        op.execute(f"drop function changes_terms_withheld_{verb}()")
