"""What providers answer is read, held against our orders, and applied as one act."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
MONEY = sa.Numeric(20, 4)
EVERYBODY = "highground_national, highground_local, highground_whole"
OWN = (
    "area_id = any (select unnest(reached_areas()))"
    " or area_id is null and made_by = (select acting())"
)
REASONS = ("refused", "account_unknown", "other")
STATES = ("uploaded", "checked", "applied", "discarded")
FINDINGS = (
    *("paid", "partly_paid", "failed", "reversed", "pending", "already", "twice", "disagrees"),
    *("contradicts", "amount_differs", "unknown", "elsewhere", "unclear", "unreadable"),
)
ANSWER_SUMS = """
    select e.cycle_id, p.state, p.created_at::date as sent_on, count(*) as orders,
           sum(p.amount) as total, sum(e.redeemed) as paid
    from payments p join entitlements e on e.id = p.entitlement_id
    group by e.cycle_id, p.state, p.created_at::date
"""


def upgrade() -> None:
    op.add_column("entitlements", sa.Column("rejected_for", sa.String(15)))
    op.create_check_constraint(
        op.f("ck_entitlements_rejection"), "entitlements", _one_of("rejected_for", REASONS)
    )
    _files()
    _rows()
    op.create_table(
        "provider_maps",
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("mapping", JSONB(), nullable=False),
        sa.Column("words", JSONB(), nullable=False),
        *_born("provider_maps"),
        sa.UniqueConstraint("provider", name=op.f("uq_provider_maps_provider")),
    )
    op.execute(f"create view answer_sums as {ANSWER_SUMS}")
    op.execute(f"grant select on answer_sums to {EVERYBODY}")


def _files() -> None:
    op.create_table(
        "reconciliations",
        sa.Column("cycle_id", sa.BigInteger(), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("provider", "original_name", "original_sha256", "digest")
        ),
        sa.Column("rows_digest", sa.String()),
        *(sa.Column(name, JSONB(), nullable=False) for name in ("columns", "mapping")),
        *(
            sa.Column(name, JSONB(), nullable=False, server_default="{}")
            for name in ("words", "counts")
        ),
        sa.Column("state", sa.String(9), nullable=False, server_default="uploaded"),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("applied_by", sa.BigInteger()),
        sa.Column("applied_at", MOMENT),
        *_born("reconciliations"),
        _key("reconciliations", "cycle_id", "cycles"),
        sa.CheckConstraint(
            _one_of("state", STATES), name=op.f("ck_reconciliations_reconciliationstate")
        ),
    )
    op.create_index("ix_reconciliations_cycle_id", "reconciliations", ["cycle_id"])
    op.create_index(
        "uq_reconciliations_same_file",
        "reconciliations",
        ["cycle_id", "digest"],
        unique=True,
        postgresql_where=sa.text("state <> 'discarded'"),
    )


def _rows() -> None:
    table = "reconciliation_rows"
    op.create_table(
        table,
        sa.Column("reconciliation_id", sa.BigInteger(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("reference", "said", "word", "reason", "their_number")
        ),
        sa.Column("amount", MONEY),
        sa.Column("has_amount", sa.Boolean(), nullable=False),
        sa.Column("rejection", sa.String(15), nullable=False),
        sa.Column("finding", sa.String(14), nullable=False),
        sa.Column("payment_id", sa.BigInteger()),
        sa.Column("area_id", sa.BigInteger()),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        _key(table, "reconciliation_id", "reconciliations"),
        _key(table, "payment_id", "payments"),
        sa.CheckConstraint(_one_of("rejection", REASONS), name=op.f(f"ck_{table}_rejection")),
        sa.CheckConstraint(_one_of("finding", FINDINGS), name=op.f(f"ck_{table}_finding")),
        sa.PrimaryKeyConstraint("reconciliation_id", "row_number", name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_payment_id", table, ["payment_id"])
    op.execute(f"call guard('{table}', '{OWN}')")


def _born(table: str) -> tuple[sa.Column[int], sa.Column[object], sa.PrimaryKeyConstraint]:
    return (
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def _one_of(column: str, words: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{word}'" for word in words)
    return f"{column} in ({listed})"


def downgrade() -> None:
    op.execute("drop view answer_sums")
    for table in ("provider_maps", "reconciliation_rows", "reconciliations"):
        op.drop_table(table)
    op.drop_column("entitlements", "rejected_for")
