"""Filters are kept and shared."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "filters",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("written", sa.String(), nullable=False),
        sa.Column("terms", ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "shared",
            sa.Enum("none", "everybody", name="shared", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filters")),
        sa.UniqueConstraint("code", name=op.f("uq_filters_code")),
        sa.UniqueConstraint("made_by", "name", name=op.f("uq_filters_made_by_name")),
    )
    op.create_index("ix_filters_made_by", "filters", ["made_by"])


def downgrade() -> None:
    op.drop_table("filters")
