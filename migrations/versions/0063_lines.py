"""What is asked for waits and is kept, what is over expires, silent providers are asked."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

FINDINGS = (
    *("paid", "partly_paid", "failed", "reversed", "pending", "already", "twice", "disagrees"),
    *("contradicts", "amount_differs", "unknown", "elsewhere", "unclear", "unreadable"),
)
CHECK = "ck_reconciliation_rows_finding"
# Amounts of cycles that wait for signatures wait with them.
ASKED = """
    update entitlements e set state = 'pending_validation'
    from cycles c where c.id = e.cycle_id and c.state = 'to_approve' and e.state = 'draft'
"""
OPEN_ORDERS = "state in ('sending', 'sent', 'in_doubt')"


def upgrade() -> None:
    op.execute(ASKED)
    _findings("confirmed", "earlier")
    for table, column, where in (
        ("entitlements", "valid_until", "state = 'approved'"),
        ("vouchers", "expires_on", "state = 'issued'"),
    ):
        op.create_index(f"ix_{table}_over", table, [column], postgresql_where=where)
    op.create_index(
        "ix_payments_unanswered", "payments", ["batch_id"], postgresql_where=OPEN_ORDERS
    )
    op.create_table(
        "approval_lines",
        _key("approval_id", "approvals"),
        _key("registrant_id", "registrants"),
        sa.Column("area_id", sa.BigInteger()),
        sa.Column("amount", sa.Numeric(20, 4), nullable=False),
        sa.PrimaryKeyConstraint("approval_id", "registrant_id", name=op.f("pk_approval_lines")),
    )
    op.create_index(op.f("ix_approval_lines_registrant_id"), "approval_lines", ["registrant_id"])
    op.execute("call guard('approval_lines')")
    op.add_column("payment_batches", sa.Column("asked_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("payment_batches", "asked_at")
    op.drop_table("approval_lines")
    op.drop_index("ix_payments_unanswered", "payments")
    for table in ("vouchers", "entitlements"):
        op.drop_index(f"ix_{table}_over", table)
    op.execute("update reconciliation_rows set finding = 'already' where finding = 'confirmed'")
    op.execute("update reconciliation_rows set finding = 'unknown' where finding = 'earlier'")
    _findings()
    op.execute("update entitlements set state = 'draft' where state = 'pending_validation'")


def _key(column: str, table: str) -> sa.Column[int]:
    named = op.f(f"fk_approval_lines_{column}")
    key = sa.ForeignKey(f"{table}.id", name=named)
    return sa.Column(column, sa.BigInteger(), key, nullable=False)


def _findings(*more: str) -> None:
    words = ", ".join(f"'{word}'" for word in (*FINDINGS, *more))
    op.drop_constraint(op.f(CHECK), "reconciliation_rows")
    op.create_check_constraint(op.f(CHECK), "reconciliation_rows", f"finding in ({words})")
