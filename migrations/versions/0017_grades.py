"""Graded evidence: what part of a place is in, and questions of several hazards."""

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
