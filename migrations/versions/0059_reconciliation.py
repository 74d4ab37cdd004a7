"""Providers' answers are held against our orders; some of the paid are asked, others written to."""

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
STRATIFIED = ("nothing", "area", "sex", "mechanism")
CONFIRMATIONS = ("full", "partly", "not_received", "not_found")
VERIFICATION_SUMS = """
    select s.verification_id, v.cycle_id, s.stratum, s.result, s.mismatch, count(*) as households,
           sum(s.paid) as paid, sum(s.received) as received
    from verification_samples s join verifications v on v.id = s.verification_id
    group by s.verification_id, v.cycle_id, s.stratum, s.result, s.mismatch
"""
OCCASIONS = ("enrolled", "paid", "collect")
MESSAGE_STATES = ("queued", "sending", "sent", "failed")
MESSAGE_SUMS = "select run_id, state, count(*) as messages from messages group by run_id, state"


def upgrade() -> None:
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
    _verifications()
    _samples()
    op.execute(f"create view verification_sums as {VERIFICATION_SUMS}")
    op.execute(f"grant select on verification_sums to {EVERYBODY}")
    _messages()
    op.execute(f"create view message_sums as {MESSAGE_SUMS}")
    op.execute(f"grant select on message_sums to {EVERYBODY}")


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


def _verifications() -> None:
    op.create_table(
        "verifications",
        sa.Column("cycle_id", sa.BigInteger(), nullable=False),
        sa.Column("stratified_by", sa.String(9), nullable=False),
        *(
            sa.Column(name, sa.SmallInteger(), nullable=False)
            for name in ("confidence", "margin", "cluster")
        ),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("seed", "population", "wanted", "drawn")
        ),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", MOMENT),
        *_born("verifications"),
        _key("verifications", "cycle_id", "cycles"),
        sa.CheckConstraint(
            _one_of("stratified_by", STRATIFIED), name=op.f("ck_verifications_stratifiedby")
        ),
    )
    op.create_index("ix_verifications_cycle_id", "verifications", ["cycle_id"])
    op.create_table(
        "verification_strata",
        sa.Column("verification_id", sa.BigInteger(), nullable=False),
        sa.Column("stratum", sa.String(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        _key("verification_strata", "verification_id", "verifications"),
        sa.PrimaryKeyConstraint("verification_id", "stratum", name=op.f("pk_verification_strata")),
    )


def _samples() -> None:
    table = "verification_samples"
    op.create_table(
        table,
        sa.Column("verification_id", sa.BigInteger(), nullable=False),
        sa.Column("registrant_id", sa.BigInteger(), nullable=False),
        sa.Column("area_id", sa.BigInteger()),
        sa.Column("stratum", sa.String(), nullable=False),
        sa.Column("team", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("paid", MONEY, nullable=False),
        sa.Column("result", sa.String(12)),
        sa.Column("received", MONEY),
        sa.Column("note", sa.String()),
        sa.Column("asked_by", sa.BigInteger()),
        sa.Column("asked_at", MOMENT),
        sa.Column("mismatch", sa.String(7)),
        sa.Column("settled_because", sa.String()),
        _key(table, "verification_id", "verifications"),
        _key(table, "registrant_id", "registrants"),
        sa.CheckConstraint(_one_of("result", CONFIRMATIONS), name=op.f(f"ck_{table}_confirmation")),
        sa.CheckConstraint(
            _one_of("mismatch", ("open", "settled")), name=op.f(f"ck_{table}_mismatchstate")
        ),
        sa.PrimaryKeyConstraint("verification_id", "registrant_id", name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_registrant_id", table, ["registrant_id"])
    op.execute(f"call guard('{table}')")


def _messages() -> None:
    texts, runs, table = "message_texts", "message_runs", "messages"
    op.create_table(
        texts,
        sa.Column("program_id", sa.BigInteger(), nullable=False),
        sa.Column("occasion", sa.String(8), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        *_born(texts),
        _key(texts, "program_id", "programs"),
        sa.CheckConstraint(_one_of("occasion", OCCASIONS), name=op.f(f"ck_{texts}_occasion")),
        sa.UniqueConstraint(
            *("program_id", "occasion", "language"),
            name=op.f(f"uq_{texts}_program_id_occasion_language"),
        ),
    )
    op.create_table(
        runs,
        sa.Column("cycle_id", sa.BigInteger(), nullable=False),
        sa.Column("occasion", sa.String(8), nullable=False),
        sa.Column("texts", JSONB(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("day", sa.Date()),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        *_born(runs),
        _key(runs, "cycle_id", "cycles"),
        sa.CheckConstraint(_one_of("occasion", OCCASIONS), name=op.f(f"ck_{runs}_occasion")),
    )
    op.create_index(f"ix_{runs}_cycle_id", runs, ["cycle_id"])
    op.create_table(
        table,
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("run_id", "cycle_id", "registrant_id")
        ),
        sa.Column("occasion", sa.String(8), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("area_id", sa.BigInteger()),
        sa.Column("state", sa.String(7), nullable=False, server_default="queued"),
        sa.Column("handed_at", MOMENT),
        *_born(table),
        _key(table, "run_id", runs),
        _key(table, "cycle_id", "cycles"),
        _key(table, "registrant_id", "registrants"),
        sa.CheckConstraint(_one_of("occasion", OCCASIONS), name=op.f(f"ck_{table}_occasion")),
        sa.CheckConstraint(_one_of("state", MESSAGE_STATES), name=op.f(f"ck_{table}_messagestate")),
        sa.UniqueConstraint(
            *("cycle_id", "registrant_id", "occasion"),
            name=op.f(f"uq_{table}_cycle_id_registrant_id_occasion"),
        ),
    )
    for column in ("run_id", "registrant_id"):
        op.create_index(f"ix_{table}_{column}", table, [column])
    op.execute(f"call guard('{table}')")


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
    for view in ("message_sums", "verification_sums", "answer_sums"):
        op.execute(f"drop view {view}")
    for table in ("messages", "message_runs", "message_texts"):
        op.drop_table(table)
    for table in ("verification_samples", "verification_strata", "verifications"):
        op.drop_table(table)
    for table in ("provider_maps", "reconciliation_rows", "reconciliations"):
        op.drop_table(table)
