"""A kept filter says whom it is over: households or people."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

SUBJECT = sa.Enum("households", "people", name="subject", native_enum=False, create_constraint=True)


def upgrade() -> None:
    op.add_column(
        "filters", sa.Column("subject", SUBJECT, server_default="households", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("filters", "subject")
