"""Whom a program is for stands in rows, each judgement is a record, and scenarios are kept.

What a program's rule was is its first block.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
MONEY = sa.Numeric(20, 4)
SIDES = ("take", "leave")
STATES = (
    *("draft", "enrolled", "paused", "exited", "not_eligible", "duplicated"),
    "non_compliant",
)
BEFORE = ("inactive", "declined", "paused", "exited", "rule", "same_purpose")
REASONS = (
    *BEFORE,
    *("listed_out", "excluded", "below_line", "quota_full", "places_taken"),
    *("conditions", "twin"),
)
# As in 0012: by table its key, whom a row is about, and the columns that are kept.
KEPT = {
    "targeting_blocks": ("id", None, "program_id side place name household member members"),
    "targetings": ("id", None, "program_id value most score lowest_first"),
    "targeting_quotas": ("id", None, "program_id pcode households"),
    "targeting_lists": ("id", None, "program_id side reason"),
    "scenarios": (
        "id",
        None,
        "program_id name roster_id with_probable starts_on rule value most",
    ),
    "scenario_amounts": ("id", None, "scenario_id benefit_id amounts minimum cap"),
}
TABLES = (
    *("scenario_amounts", "scenarios", "targeting_changes", "targeting_runs"),
    *("targeting_list_members", "targeting_lists", "targeting_quotas", "targetings"),
    "targeting_blocks",
)
FIRST_BLOCK = """
insert into targeting_blocks (program_id, side, place, name, household, member, members)
select id, 'take', 1, '', eligibility, '', 1 from programs where eligibility <> ''
"""
# What decides is never filtered by reach: how long a list is.
SIZES = """
create function targeting_list_sizes(program bigint)
returns table (list_id bigint, households bigint) language sql stable
security definer set search_path = public, pg_temp as $$
    select m.list_id, count(*) from targeting_list_members m
    join targeting_lists l on l.id = m.list_id
    where l.program_id = program group by m.list_id
$$
"""


def upgrade() -> None:
    _reasons(REASONS)
    op.add_column("cycle_members", sa.Column("rank", sa.Integer()))
    _rules()
    _lists()
    _runs()
    _scenarios()
    for table in ("targeting_list_members", "targeting_changes"):
        op.execute(f"call guard('{table}')")
    op.execute(SIZES)
    op.execute(FIRST_BLOCK)
    keep = sa.text("call keep_changes(cast(:of as regclass), :key, null, :columns)")
    for table, (key, _about, columns) in KEPT.items():
        op.get_bind().execute(keep, {"of": table, "key": key, "columns": columns.split()})


def _rules() -> None:
    _table(
        "targeting_blocks",
        _of("targeting_blocks", "program_id", "programs"),
        _states("side", "side", SIDES),
        sa.Column("place", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("name", "household", "member")),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.UniqueConstraint(
            "program_id",
            "side",
            "place",
            name=op.f("uq_targeting_blocks_program_id_side_place"),
        ),
        _check("targeting_blocks", "members_at_least_one", "members >= 1"),
    )
    _table(
        "targetings",
        _of("targetings", "program_id", "programs"),
        sa.Column("value", sa.Numeric()),
        sa.Column("most", sa.Integer()),
        sa.Column("score", sa.String(), nullable=False),
        sa.Column("lowest_first", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("program_id", name=op.f("uq_targetings_program_id")),
        _check("targetings", "most_not_negative", "most >= 0"),
    )
    _table(
        "targeting_quotas",
        _of("targeting_quotas", "program_id", "programs"),
        sa.Column("pcode", sa.String(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.UniqueConstraint(
            "program_id", "pcode", name=op.f("uq_targeting_quotas_program_id_pcode")
        ),
        _check("targeting_quotas", "households_not_negative", "households >= 0"),
    )


def _lists() -> None:
    _table(
        "targeting_lists",
        _of("targeting_lists", "program_id", "programs"),
        _states("side", "side", SIDES),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
    )
    _index("targeting_lists", "program_id")
    op.create_table(
        "targeting_list_members",
        _of("targeting_list_members", "list_id", "targeting_lists", ondelete="CASCADE"),
        _of("targeting_list_members", "registrant_id", "registrants"),
        sa.Column("area_id", sa.BigInteger()),
        sa.PrimaryKeyConstraint("list_id", "registrant_id", name=op.f("pk_targeting_list_members")),
    )
    _index("targeting_list_members", "registrant_id")


def _runs() -> None:
    _table(
        "targeting_runs",
        _of("targeting_runs", "cycle_id", "cycles"),
        sa.Column("asked", JSONB(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("rules_sha256", sa.String(), nullable=False),
        sa.Column("counts", JSONB()),
        sa.Column("changed", sa.Integer()),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("undone_at", MOMENT),
        sa.Column("undone_by", sa.BigInteger()),
    )
    _index("targeting_runs", "cycle_id")
    table = "targeting_changes"
    op.create_table(
        table,
        _of(table, "run_id", "targeting_runs"),
        _of(table, "registrant_id", "registrants"),
        sa.Column("area_id", sa.BigInteger()),
        _states("was", "membershipstate", STATES, nullable=True),
        _states("was_reason", "leftout", REASONS, nullable=True),
        sa.Column("was_people", sa.Integer()),
        sa.Column("was_by_program_id", sa.BigInteger()),
        sa.Column("was_rank", sa.Integer()),
        _states("now", "membershipstate", STATES),
        _states("now_reason", "leftout", REASONS, nullable=True),
        _states("stood", "membershipstate", STATES, nullable=True),
        _states("stood_reason", "leftout", REASONS, nullable=True),
        sa.PrimaryKeyConstraint("run_id", "registrant_id", name=op.f(f"pk_{table}")),
        *(
            _check(table, name, f"{name} in ({_listed(words)})")
            for words, names in (
                (STATES, ("was", "now", "stood")),
                (REASONS, ("was_reason", "now_reason", "stood_reason")),
            )
            for name in names
        ),
    )
    _index(table, "registrant_id")


def _scenarios() -> None:
    _table(
        "scenarios",
        _of("scenarios", "program_id", "programs"),
        sa.Column("name", sa.String(), nullable=False),
        _of("scenarios", "roster_id", "rosters"),
        sa.Column("with_probable", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("value", sa.Numeric()),
        sa.Column("most", sa.Integer()),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("program_id", "name", name=op.f("uq_scenarios_program_id_name")),
        _check("scenarios", "most_not_negative", "most >= 0"),
    )
    _index("scenarios", "roster_id")
    _table(
        "scenario_amounts",
        _of("scenario_amounts", "scenario_id", "scenarios", ondelete="CASCADE"),
        _of("scenario_amounts", "benefit_id", "benefits", ondelete="CASCADE"),
        sa.Column("amounts", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("minimum", MONEY),
        sa.Column("cap", MONEY),
        sa.UniqueConstraint(
            "scenario_id", "benefit_id", name=op.f("uq_scenario_amounts_scenario_id_benefit_id")
        ),
    )


def _table(name: str, *parts: sa.schema.SchemaItem) -> None:
    """A table with a surrogate key and a birthday."""
    op.create_table(
        name,
        *parts,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )


def _of(table: str, key: str, above: str, **given: Any) -> sa.Column[int]:
    points_at = sa.ForeignKey(f"{above}.id", name=op.f(f"fk_{table}_{key}"), **given)
    return sa.Column(key, sa.BigInteger(), points_at, nullable=False)


def _states(
    column: str, kind: str, words: tuple[str, ...], *, nullable: bool = False
) -> sa.Column[str]:
    one_of = kind == "side"  # of a table's several states each has a check of its own name
    type_ = sa.Enum(*words, name=kind, native_enum=False, create_constraint=one_of)
    return sa.Column(column, type_, nullable=nullable)


def _check(table: str, name: str, says: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(says, name=op.f(f"ck_{table}_{name}"))


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _reasons(words: tuple[str, ...]) -> None:
    check = op.f("ck_cycle_members_leftout")
    op.drop_constraint(check, "cycle_members")
    op.create_check_constraint(check, "cycle_members", f"reason in ({_listed(words)})")


def downgrade() -> None:
    op.execute("drop function targeting_list_sizes(bigint)")
    for table in TABLES:
        op.drop_table(table)
    for table in KEPT:
        for verb in ("insert", "update", "delete"):
            op.execute(f"drop function changes_{table}_{verb}()")
    op.drop_column("cycle_members", "rank")
    older = f"reason not in ({_listed(BEFORE)})"
    op.execute(f"update cycle_members set reason = 'rule', state = 'not_eligible' where {older}")
    _reasons(BEFORE)
