"""Places that are circles are found by their cells without a look at those that are points."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

NAME = "ix_locations_circles"


def upgrade() -> None:
    op.create_index(NAME, "locations", ["cell"], postgresql_where=sa.text("accuracy_m > 0"))


def downgrade() -> None:
    op.drop_index(NAME, "locations")
