"""What is given is said by ordered items; approvals go through tiers; funds have currencies.

What a benefit gave until now (a base and an amount a person) becomes its items.
"""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

OF_ENTITLEMENTS = "cycle_id registrant_id benefit_id amount redeemed state"
KEPT = {
    "benefits": (
        "id",
        None,
        (
            "program_id name delivery minimum cap counting round_to rounding fee fee_percent "
            "valid_days"
        ),
    ),
    "benefit_items": ("id", None, "benefit_id place condition expression times cap"),
    "programs": (
        "id",
        None,
        ("number name purpose organisation_id currency state archived eligibility signers_needed"),
    ),
    "fund_entries": ("id", None, "fund_id kind amount covers rate cycle_id reference"),
    "exchange_rates": ("id", None, "from_currency to_currency rate on_day"),
    "approval_tiers": ("id", None, "program_id place from_amount signers role"),
    "approvals": ("id", None, "cycle_id state hash households total fees signers_needed comment"),
    "entitlements": (
        "id",
        "r.registrant_id",
        f"{OF_ENTITLEMENTS} fee valid_until rejected_for reissues_id",
    ),
}
BEFORE = {
    "programs": (
        "id",
        None,
        "number name purpose organisation_id currency state archived eligibility signers_needed",
    ),
    "fund_entries": ("id", None, "fund_id kind amount cycle_id reference"),
    "benefits": ("id", None, "program_id name delivery base per_member minimum cap"),
    "approvals": ("id", None, "cycle_id state hash households total signers_needed comment"),
    "entitlements": (
        "id",
        "r.registrant_id",
        f"{OF_ENTITLEMENTS} rejected_for reissues_id",
    ),
}
MONEY = sa.Numeric(precision=20, scale=4)
RATE = sa.Numeric(precision=20, scale=10)
NOUGHT = {"server_default": "0", "nullable": False}


def upgrade() -> None:
    _items()
    _tiers()
    _roles((*ROLES, "senior_approver"))
    _funds()


def _enum(*words: str, name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True)


def _key(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]  # fmt: skip


def _keep(*tables: str) -> None:
    """Keep the changes of tables, as `KEPT` says."""
    for table in tables:
        _keep_of(table, *KEPT[table])


def _keep_of(table: str, key: str, about: str | None, columns: str) -> None:
    keep = sa.text("call keep_changes(cast(:of as regclass), :key, :about, :columns)")
    said = {"of": table, "key": key, "about": about, "columns": columns.split()}
    op.get_bind().execute(keep.bindparams(**said))


def _items() -> None:
    op.create_table(
        "benefit_items",
        sa.Column("benefit_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("condition", sa.String(), server_default="", nullable=False),
        sa.Column("expression", sa.String(), nullable=False),
        sa.Column("times", sa.String(), nullable=True),
        sa.Column("cap", MONEY, nullable=True),
        *_key("benefit_items"),
        sa.CheckConstraint("cap >= 0", name=op.f("ck_benefit_items_cap_not_negative")),
        sa.ForeignKeyConstraint(
            ["benefit_id"], ["benefits.id"], name=op.f("fk_benefit_items_benefit_id"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "benefit_id", "place", name=op.f("uq_benefit_items_benefit_id_place")
        ),
    )  # fmt: skip
    op.execute("""
        insert into benefit_items (benefit_id, place, expression, times)
        select b.id, row_number() over (partition by b.id order by part.times nulls first),
               trim_scale(part.amount)::text, part.times
        from benefits b
        cross join lateral (values (b.base, null), (b.per_member, 'people')) part (amount, times)
        where part.amount > 0
    """)
    op.drop_constraint(op.f("ck_benefits_amounts_not_negative"), "benefits")
    op.drop_column("benefits", "base")
    op.drop_column("benefits", "per_member")
    op.create_check_constraint(
        op.f("ck_benefits_bounds_not_negative"), "benefits", "minimum >= 0 and cap >= 0"
    )
    first = _enum("all", "first", name="counting")
    how = _enum("half_up", "half_even", "up", "down", name="rounding")
    for column in (
        sa.Column("counting", first, server_default="all", nullable=False),
        sa.Column("round_to", MONEY, nullable=True),
        sa.Column("rounding", how, server_default="half_up", nullable=False),
        sa.Column("fee", MONEY, **NOUGHT),
        sa.Column("fee_percent", sa.Numeric(precision=7, scale=4), **NOUGHT),
        sa.Column("valid_days", sa.Integer(), nullable=True),
    ):
        op.add_column("benefits", column)
    op.create_check_constraint(op.f("ck_benefits_unit_positive"), "benefits", "round_to > 0")
    op.create_check_constraint(
        op.f("ck_benefits_fees_not_negative"), "benefits",
        "fee >= 0 and fee_percent between 0 and 100",
    )  # fmt: skip
    op.create_check_constraint(
        op.f("ck_benefits_valid_some_days"), "benefits", "valid_days > 0"
    )  # fmt: skip
    _keep("benefits", "benefit_items")
    op.add_column("entitlements", sa.Column("fee", MONEY, **NOUGHT))
    op.add_column("entitlements", sa.Column("valid_until", sa.Date(), nullable=True))
    op.create_check_constraint(op.f("ck_entitlements_fee_not_negative"), "entitlements", "fee >= 0")
    _sums("sum(amount + fee) as cost")
    op.add_column("approvals", sa.Column("fees", MONEY, **NOUGHT))
    _keep("approvals", "entitlements")


def _tiers() -> None:
    op.create_table(
        "approval_tiers",
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("from_amount", MONEY, nullable=False),
        sa.Column("signers", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=True),
        *_key("approval_tiers"),
        sa.CheckConstraint(
            "signers between 1 and 5", name=op.f("ck_approval_tiers_signers_few")
        ),
        sa.CheckConstraint(
            "from_amount >= 0", name=op.f("ck_approval_tiers_from_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.id"], name=op.f("fk_approval_tiers_program_id")
        ),
        sa.UniqueConstraint(
            "program_id", "place", name=op.f("uq_approval_tiers_program_id_place")
        ),
    )  # fmt: skip
    op.create_table(
        "approval_steps",
        sa.Column("approval_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("signers", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=True),
        *_key("approval_steps"),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approvals.id"], name=op.f("fk_approval_steps_approval_id")
        ),
        sa.UniqueConstraint(
            "approval_id", "place", name=op.f("uq_approval_steps_approval_id_place")
        ),
    )  # fmt: skip
    op.execute("""
        insert into approval_steps (approval_id, place, signers)
        select id, 1, signers_needed from approvals
    """)
    op.add_column(
        "signatures", sa.Column("place", sa.Integer(), server_default="1", nullable=False)
    )
    _keep("approval_tiers")


def _funds() -> None:
    op.create_table(
        "exchange_rates",
        sa.Column("from_currency", sa.String(), nullable=False),
        sa.Column("to_currency", sa.String(), nullable=False),
        sa.Column("rate", RATE, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        *_key("exchange_rates"),
        sa.CheckConstraint("rate > 0", name=op.f("ck_exchange_rates_rate_positive")),
        sa.CheckConstraint(
            "from_currency <> to_currency", name=op.f("ck_exchange_rates_two_currencies")
        ),
    )
    op.create_index(
        op.f("ix_exchange_rates_from_currency_to_currency_on_day"),
        "exchange_rates",
        ["from_currency", "to_currency", "on_day"],
    )
    op.add_column("fund_entries", sa.Column("covers", MONEY, nullable=True))
    op.add_column("fund_entries", sa.Column("rate", RATE, nullable=True))
    op.execute("update fund_entries set covers = amount, rate = 1 where kind <> 'deposit'")
    _keep("exchange_rates", "fund_entries")


ROLES = (
    *("administrator", "coordinator", "gis_analyst", "registrar", "registry_supervisor"),
    *("program_manager", "approver", "finance", "distributor", "viewer"),
)


def _roles(roles: tuple[str, ...]) -> None:
    """The roles people may hold."""
    check = op.f("ck_role_grants_role")
    op.drop_constraint(check, "role_grants")
    listed = ", ".join(f"'{role}'" for role in roles)
    op.create_check_constraint(check, "role_grants", f"role in ({listed})")


def _sums(*more: str) -> None:
    """The sums of cycles, with what they cost beside what households are due."""
    added = "".join(f", {each}" for each in more)
    op.execute(f"""
        create or replace view entitlement_sums as
        select cycle_id, benefit_id, state, count(*) as entitlements,
               sum(amount) as total, max(amount) as most{added}
        from entitlements group by cycle_id, benefit_id, state
    """)
    op.execute(f"""
        create or replace view cycle_sums as
        select cycle_id, count(distinct registrant_id) as households,
               count(*) as entitlements, sum(amount) as total{added}
        from entitlements where state not in ('cancelled', 'rejected', 'expired')
        group by cycle_id
    """)


def downgrade() -> None:
    op.drop_column("fund_entries", "rate")
    op.drop_column("fund_entries", "covers")
    op.drop_table("exchange_rates")
    for table in ("programs", "fund_entries"):
        _keep_of(table, *BEFORE[table])
    op.execute("delete from role_grants where role = 'senior_approver'")
    _roles(ROLES)
    op.drop_column("signatures", "place")
    op.drop_table("approval_steps")
    op.drop_table("approval_tiers")
    _items_back()


def _items_back() -> None:
    """A base and an amount a person again, of the items that are no more than that."""
    op.execute("drop view cycle_sums")
    op.execute("drop view entitlement_sums")
    _sums()
    for view in ("cycle_sums", "entitlement_sums"):
        op.execute(f"grant select on {view} to highground_national, highground_local")
        op.execute(f"grant select on {view} to highground_whole")
    op.drop_column("approvals", "fees")
    op.drop_column("entitlements", "valid_until")
    op.drop_column("entitlements", "fee")
    for name in ("valid_some_days", "fees_not_negative", "unit_positive", "bounds_not_negative"):
        op.drop_constraint(op.f(f"ck_benefits_{name}"), "benefits")
    for name in ("valid_days", "fee_percent", "fee", "rounding", "round_to", "counting"):
        op.drop_column("benefits", name)
    op.execute("alter table benefits disable trigger user")  # they know columns that are gone
    for name, times in (("base", "is null"), ("per_member", "= 'people'")):
        op.add_column("benefits", sa.Column(name, MONEY, **NOUGHT))
        op.execute(f"""
            update benefits set {name} = coalesce((
                select sum(expression::numeric) from benefit_items
                where benefit_id = benefits.id and times {times} and condition = ''
                  and expression ~ '^[0-9]+([.][0-9]+)?$'), 0)
        """)
        op.alter_column("benefits", name, server_default=None)
    op.create_check_constraint(
        op.f("ck_benefits_amounts_not_negative"), "benefits",
        "base >= 0 and per_member >= 0 and minimum >= 0 and cap >= 0",
    )  # fmt: skip
    op.execute("alter table benefits enable trigger user")
    op.drop_table("benefit_items")
    for table in ("benefits", "approvals", "entitlements"):
        _keep_of(table, *BEFORE[table])
