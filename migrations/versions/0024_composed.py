"""Releases tell how far a place is from another release."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


NAMES = ("maximum", "ever", "days", "distance")


def upgrade() -> None:
    _allow(NAMES)


def downgrade() -> None:
    _allow(NAMES[:-1])


def _allow(names: tuple[str, ...]) -> None:
    check = op.f("ck_releases_operation")
    op.drop_constraint(check, "releases", type_="check")
    longest = sa.String(max(map(len, names)))
    op.alter_column("releases", "operation", type_=longest, existing_nullable=True)
    op.create_check_constraint(check, "releases", sa.column("operation").in_(names))
