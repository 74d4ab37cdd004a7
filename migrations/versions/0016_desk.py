"""The hazard desk: what a file is, what its classes mean, what was mended and found."""

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
