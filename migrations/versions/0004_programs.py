"""Programs: who gets what, from which money, and whether it arrived."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "organisations",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), server_default="government", nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("name", name=op.f("uq_organisations_name")),
    )
    op.create_table(
        "programs",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "active",
                "ended",
                name="programstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("eligibility", sa.String(), server_default="", nullable=False),
        sa.Column("signers_needed", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_programs_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programs")),
        sa.UniqueConstraint("name", name=op.f("uq_programs_name")),
        sa.UniqueConstraint("number", name=op.f("uq_programs_number")),
    )
    op.create_table(
        "benefits",
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "delivery",
            sa.Enum(
                "cash",
                "bank",
                "mobile",
                "voucher",
                name="delivery",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("base", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("per_member", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("minimum", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("cap", sa.Numeric(precision=20, scale=4), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "base >= 0 and per_member >= 0 and minimum >= 0 and cap >= 0",
            name=op.f("ck_benefits_amounts_not_negative"),
        ),
        sa.CheckConstraint("minimum <= cap", name=op.f("ck_benefits_minimum_below_cap")),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_benefits_program_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benefits")),
    )
    op.create_index(op.f("ix_benefits_program_id"), "benefits", ["program_id"], unique=False)
    op.create_table(
        "funds",
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["program_id"], ["programs.id"], name=op.f("fk_funds_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funds")),
        sa.UniqueConstraint("program_id", "currency", name=op.f("uq_funds_program_id_currency")),
    )
    op.create_table(
        "service_points",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_service_points_location_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_points")),
        sa.UniqueConstraint("code", name=op.f("uq_service_points_code")),
    )
    op.create_table(
        "fund_entries",
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "deposit",
                "commit",
                "release",
                name="fundentrykind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("cycle_id", sa.BigInteger(), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name=op.f("fk_fund_entries_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_entries")),
    )
    op.create_index(op.f("ix_fund_entries_fund_id"), "fund_entries", ["fund_id"], unique=False)
    op.create_table(
        "program_memberships",
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("registrant_id", sa.BigInteger(), nullable=False),
        sa.Column("area_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "enrolled",
                "paused",
                "exited",
                "not_eligible",
                "duplicated",
                "non_compliant",
                name="membershipstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_program_memberships_program_id")
        ),
        sa.ForeignKeyConstraint(
            ["registrant_id"], ["registrants.id"], name=op.f("fk_program_memberships_registrant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_memberships")),
        sa.UniqueConstraint(
            "program_id",
            "registrant_id",
            name=op.f("uq_program_memberships_program_id_registrant_id"),
        ),
    )
    op.create_index(
        op.f("ix_program_memberships_registrant_id"),
        "program_memberships",
        ["registrant_id"],
        unique=False,
    )
    op.create_table(
        "cycles",
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("roster_id", sa.BigInteger(), nullable=False),
        sa.Column("with_probable", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "to_approve",
                "approved",
                "distributed",
                "ended",
                "cancelled",
                name="cyclestate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("rule", sa.String(), nullable=True),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("prepared_by", sa.BigInteger(), nullable=True),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["program_id"], ["programs.id"], name=op.f("fk_cycles_program_id")),
        sa.ForeignKeyConstraint(["roster_id"], ["rosters.id"], name=op.f("fk_cycles_roster_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycles")),
        sa.UniqueConstraint("program_id", "number", name=op.f("uq_cycles_program_id_number")),
    )
    op.create_index(op.f("ix_cycles_roster_id"), "cycles", ["roster_id"], unique=False)
    op.create_table(
        "approvals",
        sa.Column("cycle_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "approved",
                "rejected",
                "returned",
                name="approvalstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("total", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("signers_needed", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("comment", sa.String(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_approvals_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
    )
    op.create_index(op.f("ix_approvals_cycle_id"), "approvals", ["cycle_id"], unique=False)
    op.create_index(
        "uq_approvals_pending",
        "approvals",
        ["cycle_id"],
        unique=True,
        postgresql_where="state = 'pending'",
    )
    op.create_table(
        "cycle_members",
        sa.Column("cycle_id", sa.BigInteger(), nullable=False),
        sa.Column("registrant_id", sa.BigInteger(), nullable=False),
        sa.Column("area_id", sa.BigInteger(), nullable=True),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "enrolled",
                "paused",
                "exited",
                "not_eligible",
                "duplicated",
                "non_compliant",
                name="membershipstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "reason",
            sa.Enum(
                "inactive",
                "paused",
                "exited",
                "rule",
                "same_purpose",
                name="leftout",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=True,
        ),
        sa.Column("by_program_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_program_id"], ["programs.id"], name=op.f("fk_cycle_members_by_program_id")
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["cycles.id"], name=op.f("fk_cycle_members_cycle_id")
        ),
        sa.ForeignKeyConstraint(
            ["registrant_id"], ["registrants.id"], name=op.f("fk_cycle_members_registrant_id")
        ),
        sa.PrimaryKeyConstraint("cycle_id", "registrant_id", name=op.f("pk_cycle_members")),
    )
    op.create_index(
        op.f("ix_cycle_members_registrant_id"), "cycle_members", ["registrant_id"], unique=False
    )
    op.create_table(
        "entitlements",
        sa.Column(
            "ern",
            sa.String(),
            sa.Computed("public_number('ERN', id, 10)", persisted=True),
            nullable=False,
        ),
        sa.Column("cycle_id", sa.BigInteger(), nullable=False),
        sa.Column("registrant_id", sa.BigInteger(), nullable=False),
        sa.Column("benefit_id", sa.BigInteger(), nullable=False),
        sa.Column("area_id", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column(
            "redeemed", sa.Numeric(precision=20, scale=4), server_default="0", nullable=False
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "pending_validation",
                "approved",
                "sent",
                "redeemed",
                "partly_redeemed",
                "rejected",
                "cancelled",
                "expired",
                name="entitlementstate",
                native_enum=False,
                create_constraint=True,
            ),
            server_default="draft",
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_entitlements_amount_positive")),
        sa.CheckConstraint(
            "redeemed between 0 and amount", name=op.f("ck_entitlements_never_more_than_due")
        ),
        sa.ForeignKeyConstraint(
            ["benefit_id"], ["benefits.id"], name=op.f("fk_entitlements_benefit_id")
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_entitlements_cycle_id")),
        sa.ForeignKeyConstraint(
            ["registrant_id"], ["registrants.id"], name=op.f("fk_entitlements_registrant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entitlements")),
        sa.UniqueConstraint(
            "cycle_id",
            "registrant_id",
            "benefit_id",
            name=op.f("uq_entitlements_cycle_id_registrant_id_benefit_id"),
        ),
        sa.UniqueConstraint("ern", name=op.f("uq_entitlements_ern")),
    )
    op.create_index(
        op.f("ix_entitlements_registrant_id"), "entitlements", ["registrant_id"], unique=False
    )
    op.create_table(
        "payment_batches",
        sa.Column("cycle_id", sa.BigInteger(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("total", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["cycles.id"], name=op.f("fk_payment_batches_cycle_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_batches")),
        sa.UniqueConstraint("cycle_id", name=op.f("uq_payment_batches_cycle_id")),
    )
    op.create_table(
        "payments",
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("entitlement_id", sa.BigInteger(), nullable=False),
        sa.Column("registrant_id", sa.BigInteger(), nullable=False),
        sa.Column("area_id", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "issued",
                "sending",
                "sent",
                "paid",
                "partly_paid",
                "failed",
                "in_doubt",
                "reconciled",
                "reversed",
                name="paymentstate",
                native_enum=False,
                create_constraint=True,
            ),
            server_default="issued",
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["payment_batches.id"], name=op.f("fk_payments_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["entitlement_id"], ["entitlements.id"], name=op.f("fk_payments_entitlement_id")
        ),
        sa.ForeignKeyConstraint(
            ["registrant_id"], ["registrants.id"], name=op.f("fk_payments_registrant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("entitlement_id", name=op.f("uq_payments_entitlement_id")),
    )
    op.create_index(op.f("ix_payments_batch_id"), "payments", ["batch_id"], unique=False)
    op.create_table(
        "signatures",
        sa.Column("approval_id", sa.BigInteger(), nullable=False),
        sa.Column("signer_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approvals.id"], name=op.f("fk_signatures_approval_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
        sa.UniqueConstraint(
            "approval_id", "signer_id", name=op.f("uq_signatures_approval_id_signer_id")
        ),
    )
    op.create_table(
        "vouchers",
        sa.Column(
            "code",
            sa.String(),
            sa.Computed("public_number('V', id, 12)", persisted=True),
            nullable=False,
        ),
        sa.Column("entitlement_id", sa.BigInteger(), nullable=False),
        sa.Column("area_id", sa.BigInteger(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "issued",
                "redeemed",
                "expired",
                "void",
                name="voucherstate",
                native_enum=False,
                create_constraint=True,
            ),
            server_default="issued",
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["entitlement_id"], ["entitlements.id"], name=op.f("fk_vouchers_entitlement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vouchers")),
        sa.UniqueConstraint("code", name=op.f("uq_vouchers_code")),
    )
    op.create_index(
        "uq_vouchers_live",
        "vouchers",
        ["entitlement_id"],
        unique=True,
        postgresql_where="state <> 'void'",
    )
    op.create_table(
        "redemptions",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("entitlement_id", sa.BigInteger(), nullable=False),
        sa.Column("voucher_id", sa.BigInteger(), nullable=True),
        sa.Column("service_point_id", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["entitlement_id"], ["entitlements.id"], name=op.f("fk_redemptions_entitlement_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_point_id"],
            ["service_points.id"],
            name=op.f("fk_redemptions_service_point_id"),
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["vouchers.id"], name=op.f("fk_redemptions_voucher_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemptions")),
        sa.UniqueConstraint("client_id", name=op.f("uq_redemptions_client_id")),
    )
    op.create_index(
        op.f("ix_redemptions_entitlement_id"), "redemptions", ["entitlement_id"], unique=False
    )
