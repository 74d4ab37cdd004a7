"""A restore finds what numbers are made of: it looks for nothing that is not named in full."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# pg_restore works with an empty search path, so that no function of somebody else's is called. The
# numbers of registrants, entitlements and vouchers are made while their rows are brought back.
NAME_IN_FULL = """
do $$
begin
    execute replace(
        pg_get_functiondef('public_number(text, bigint, integer)'::regprocedure),
        ':= number_key()', ':= public.number_key()'
    );
end $$
"""


def upgrade() -> None:
    op.execute(NAME_IN_FULL)
