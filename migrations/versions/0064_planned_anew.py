"""What many are asked by is planned for as many as there are.

A plan that is kept takes it that a list holds ten, whoever is on it. The sixth change of a
telephone in one connection got such a plan; half a million changes after it went through the list
once for each, for hours.
"""

from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

ASK_BY_LISTS = (
    *("count_registrants_update", "follow_fields", "follow_holdings", "follow_pairs"),
    *("follow_phone", "follow_place", "follow_registrant", "follow_scores", "follow_visits"),
)


def upgrade() -> None:
    for function in ASK_BY_LISTS:
        op.execute(f"alter function {function}() set plan_cache_mode = force_custom_plan")


def downgrade() -> None:
    for function in ASK_BY_LISTS:
        op.execute(f"alter function {function}() reset plan_cache_mode")
