"""Signing in with a second factor, what is kept of each sign-in, and what roles are bound to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _second_factor()
    _sign_ins()
    _bound_roles()
    _bound_work()


def _second_factor() -> None:
    op.add_column("users", sa.Column("second_key", sa.String(), nullable=True))
    op.add_column("users", sa.Column("second_since", MOMENT, nullable=True))
    op.add_column(
        "users", sa.Column("second_step", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.create_table(
        "recovery_codes",
        *_row(),
        sa.Column("user_id", sa.BigInteger(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.UniqueConstraint("user_id", "digest", name="uq_recovery_codes_user_id_digest"),
    )


def _sign_ins() -> None:
    op.create_table(
        "sign_ins",
        *_row(),
        sa.Column("user_id", sa.BigInteger(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.UniqueConstraint("digest", name="uq_sign_ins_digest"),
    )
    op.create_index("ix_sign_ins_user_id", "sign_ins", ["user_id"])
    op.create_table(
        "lockouts",
        *_row(),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("wrong", sa.BigInteger(), nullable=False),
        sa.Column("locks", sa.BigInteger(), nullable=False),
        sa.Column("locked_until", MOMENT, nullable=True),
        sa.Column("tried_at", MOMENT, nullable=False),
        sa.UniqueConstraint("digest", name="uq_lockouts_digest"),
    )


def _bound_roles() -> None:
    for column, table in (
        ("organisation_id", "organisations"),
        ("program_id", "programs"),
        ("given_by", "users"),
    ):
        op.add_column("role_grants", sa.Column(column, sa.BigInteger(), nullable=True))
        name = f"fk_role_grants_{column}"
        op.create_foreign_key(name, "role_grants", table, [column], ["id"])


def _bound_work() -> None:
    programs = sa.Column("actor_programs", postgresql.ARRAY(sa.BigInteger()), nullable=True)
    op.add_column("jobs", programs)


def _row() -> tuple[sa.Column[int], sa.Column[object]]:
    return (
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), primary_key=True),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
    )
