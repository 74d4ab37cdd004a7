"""The end of an act reads its own changes alone, however many others there are."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# After one act over a million rows the planner takes every act for as large and would read all
# changes there are at the end of each; the key finds an act's own in either case.
BY_KEY = """
alter function sum_of_changes(bigint, timestamptz)
set enable_seqscan = off set enable_bitmapscan = off
"""


def upgrade() -> None:
    op.execute(BY_KEY)
