"""Orders of payment go to providers by plans, and every step of an order is written down."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
MONEY = sa.Numeric(20, 4)
MECHANISMS = ("cash", "bank", "mobile", "voucher")
CONNECTORS = ("file", "iso20022", "mobile_money")
PAYMENT = (
    *("issued", "sending", "sent", "paid", "partly_paid", "failed", "in_doubt"),
    *("reconciled", "reversed"),
)
REASONS = (
    *("inactive", "declined", "not_shared", "paused", "no_account", "bad_account", "over_limit"),
)

# Whoever changes the state of an order, its history is written by the database.
EVENTS = """
create function tell_payment_events_{verb}() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    insert into payment_events (payment_id, registrant_id, area_id, at, state, reference, attempt,
                                provider_reference, said)
    select n.id, n.registrant_id, n.area_id, clock_timestamp(), n.state, n.reference, n.attempt,
           n.provider_reference, n.said
    from new_rows n {differs} order by n.id;
    return null;
end $$
"""
DIFFERS = (
    "join old_rows o on o.id = n.id"
    " where (n.state, n.attempt, n.reference, n.said)"
    " is distinct from (o.state, o.attempt, o.reference, o.said)"
    " and not (n.said is null and n.state = o.state and n.attempt = o.attempt)"
)
ON_INSERT = """
create trigger tell_events_insert after insert on payments referencing new table as new_rows
for each statement execute function tell_payment_events_insert()
"""
ON_UPDATE = """
create trigger tell_events_update after update on payments
referencing old table as old_rows new table as new_rows
for each statement execute function tell_payment_events_update()
"""
FIRST_EVENTS = """
insert into payment_events (payment_id, registrant_id, area_id, at, state, reference, attempt)
select id, registrant_id, area_id, created_at, state, reference, attempt from payments
"""
# What an act signs or sends is counted whole, whoever looks: sums name nobody.
SUMS = """
create view payment_sums with (security_invoker = false) as
select batch_id, state, count(*) as orders, sum(amount) as total, sum(paid) as paid
from payments group by batch_id, state
"""
# As in 0012: by table its key, whom a row is about, and the columns that are kept.
KEPT = {
    "fsps": (
        "id",
        None,
        "code name mechanism connector address account columns batch_size most wait active",
    ),
    "payment_plans": ("id", None, "cycle_id number fsp_id within_id by_area"),
}


def upgrade() -> None:
    _providers()
    _plans()
    _payments()
    _events()
    _left_out()
    op.execute(SUMS)
    op.execute(
        "grant select on payment_sums to highground_app, highground_works,"
        " highground_national, highground_local, highground_whole"
    )
    keep = sa.text("call keep_changes(cast(:of as regclass), :key, null, :columns)")
    for table, (key, _about, columns) in KEPT.items():
        op.get_bind().execute(keep, {"of": table, "key": key, "columns": columns.split()})


def _providers() -> None:
    op.create_table(
        "fsps",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("mechanism", _one_of("delivery", MECHANISMS), nullable=False),
        sa.Column("connector", _one_of("connectorkind", CONNECTORS), nullable=False),
        sa.Column("address", sa.String()),
        sa.Column("account", sa.String()),
        sa.Column("secret", sa.String()),
        sa.Column("columns", ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("batch_size", sa.BigInteger(), server_default="500", nullable=False),
        sa.Column("most", MONEY),
        sa.Column("wait", sa.BigInteger(), server_default="20", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        *_key("fsps"),
        sa.UniqueConstraint("code", name=op.f("uq_fsps_code")),
        _check("fsps", "batch_size_in_bounds", "batch_size between 1 and 10000"),
        _check("fsps", "wait_in_bounds", "wait between 1 and 120"),
        _check("fsps", "most_positive", "most > 0"),
    )
    op.create_table(
        "fsp_answers",
        _of("fsp_answers", "fsps", "fsp_id"),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("answer", JSONB(), nullable=False),
        sa.Column("taken_at", MOMENT),
        *_key("fsp_answers"),
        sa.UniqueConstraint("fsp_id", "digest", name=op.f("uq_fsp_answers_fsp_id_digest")),
    )
    op.create_index(
        "ix_fsp_answers_waiting", "fsp_answers", ["fsp_id"], postgresql_where="taken_at is null"
    )


def _plans() -> None:
    op.create_table(
        "payment_plans",
        _of("payment_plans", "cycles", "cycle_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        _of("payment_plans", "fsps", "fsp_id"),
        _of("payment_plans", "areas", "within_id", nullable=True),
        sa.Column("by_area", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("total", MONEY, nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        *_key("payment_plans"),
        sa.UniqueConstraint("cycle_id", "number", name=op.f("uq_payment_plans_cycle_id_number")),
    )
    op.add_column(
        "payment_batches", _of("payment_batches", "payment_plans", "plan_id", nullable=True)
    )
    op.add_column(
        "payment_batches", sa.Column("number", sa.Integer(), server_default="1", nullable=False)
    )
    op.drop_constraint("uq_payment_batches_cycle_id", "payment_batches")
    op.create_index(op.f("ix_payment_batches_cycle_id"), "payment_batches", ["cycle_id"])
    op.create_index(
        "uq_payment_batches_list",
        "payment_batches",
        ["cycle_id"],
        unique=True,
        postgresql_where="plan_id is null",
    )
    op.create_unique_constraint(
        op.f("uq_payment_batches_plan_id_number"), "payment_batches", ["plan_id", "number"]
    )


def _payments() -> None:
    for column in (
        sa.Column("reference", sa.String()),
        _of("payments", "accounts", "account_id", nullable=True, ondelete="SET NULL"),
        _of("payments", "contacts", "contact_id", nullable=True, ondelete="SET NULL"),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("paid", MONEY, server_default="0", nullable=False),
        sa.Column("provider_reference", sa.String()),
        sa.Column("said", sa.String()),
        sa.Column("claimed_at", MOMENT),
    ):
        op.add_column("payments", column)
    op.execute("alter table payments disable trigger user")
    op.execute(
        "update payments p set reference = e.ern from entitlements e where e.id = p.entitlement_id"
    )
    op.execute("alter table payments enable trigger user")
    op.alter_column("payments", "reference", nullable=False)
    op.create_unique_constraint(op.f("uq_payments_reference"), "payments", ["reference"])
    op.create_check_constraint(
        op.f("ck_payments_never_more_than_ordered"), "payments", "paid between 0 and amount"
    )
    op.create_index(
        "ix_payments_open",
        "payments",
        ["state"],
        postgresql_where="state in ('sending', 'in_doubt')",
    )
    for column in ("account_id", "contact_id"):
        op.create_index(op.f(f"ix_payments_{column}"), "payments", [column])


def _events() -> None:
    op.create_table(
        "payment_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        _of("payment_events", "payments", "payment_id"),
        _of("payment_events", "registrants", "registrant_id"),
        sa.Column("area_id", sa.BigInteger()),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("state", _one_of("paymentstate", PAYMENT), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("provider_reference", sa.String()),
        sa.Column("said", sa.String()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_events")),
    )
    for column in ("payment_id", "registrant_id"):
        op.create_index(op.f(f"ix_payment_events_{column}"), "payment_events", [column])
    op.execute("call guard('payment_events')")
    op.execute(FIRST_EVENTS)
    op.execute(EVENTS.format(verb="insert", differs=""))
    op.execute(EVENTS.format(verb="update", differs=DIFFERS))
    op.execute(ON_INSERT)
    op.execute(ON_UPDATE)


def _left_out() -> None:
    op.create_table(
        "left_unpaid",
        _of("left_unpaid", "payment_plans", "plan_id"),
        _of("left_unpaid", "entitlements", "entitlement_id"),
        _of("left_unpaid", "registrants", "registrant_id"),
        sa.Column("area_id", sa.BigInteger()),
        sa.Column("reason", _one_of("unpayable", REASONS), nullable=False),
        sa.PrimaryKeyConstraint("plan_id", "entitlement_id", name=op.f("pk_left_unpaid")),
    )
    op.create_index(op.f("ix_left_unpaid_registrant_id"), "left_unpaid", ["registrant_id"])
    op.execute("call guard('left_unpaid')")


def _one_of(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True)


def _of(table: str, above: str, key: str, *, nullable: bool = False, **said: Any) -> sa.Column[int]:
    points_at = sa.ForeignKey(f"{above}.id", name=op.f(f"fk_{table}_{key}"), **said)
    return sa.Column(key, sa.BigInteger(), points_at, nullable=nullable)


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _key(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def downgrade() -> None:
    op.execute("drop view payment_sums")
    for verb in ("insert", "update"):
        op.execute(f"drop trigger tell_events_{verb} on payments")
        op.execute(f"drop function tell_payment_events_{verb}()")
    for table in ("left_unpaid", "payment_events"):
        op.drop_table(table)
    op.execute(
        "delete from payments using payment_batches b"
        " where b.id = batch_id and b.plan_id is not null"
    )
    op.execute("delete from payment_batches where plan_id is not null")
    for column in ("account_id", "contact_id", "attempt", "paid", "provider_reference", "said"):
        op.drop_column("payments", column)
    op.drop_column("payments", "claimed_at")
    op.drop_column("payments", "reference")
    op.drop_index("ix_payments_open", "payments")
    op.drop_index("uq_payment_batches_list", "payment_batches")
    op.drop_index("ix_payment_batches_cycle_id", "payment_batches")
    for column in ("plan_id", "number"):
        op.drop_column("payment_batches", column)
    op.create_unique_constraint("uq_payment_batches_cycle_id", "payment_batches", ["cycle_id"])
    for table in ("payment_plans", "fsp_answers", "fsps"):
        op.drop_table(table)
    for table in KEPT:
        for verb in ("insert", "update", "delete"):
            op.execute(f"drop function changes_{table}_{verb}()")
