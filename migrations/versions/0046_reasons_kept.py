"""A kept list says why nobody knows of some of its households, as the map it was asked of did."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("roster_members", sa.Column("why", sa.SmallInteger()))


def downgrade() -> None:
    op.drop_column("roster_members", "why")
