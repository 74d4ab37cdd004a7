"""A round says of whom it left out that they do not agree to receive help."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0045"
branch_labels = None
depends_on = None

REASONS = ("inactive", "paused", "exited", "rule", "same_purpose", "declined")


def upgrade() -> None:
    _allow(REASONS)


def downgrade() -> None:
    _allow(REASONS[:-1])


def _allow(reasons: tuple[str, ...]) -> None:
    check = op.f("ck_cycle_members_leftout")
    op.drop_constraint(check, "cycle_members", type_="check")
    op.create_check_constraint(check, "cycle_members", sa.column("reason").in_(reasons))
