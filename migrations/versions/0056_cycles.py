"""Members move between states for a cause, cycles recur, follow one another and top one another up,
and what came back is issued again."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

LANGUAGES = ("en", "fr", "es", "ar")
# code: labels in the languages above
EXIT_REASONS = {
    "graduated": "graduated|sorti du programme|graduado|تخرج من البرنامج",
    "moved_away": "moved away|a déménagé|se mudó|انتقل",
    "died": "died|décédé|falleció|توفي",
    "by_wish": "at their own wish|à sa demande|por voluntad propia|بناءً على طلبه",
    "not_found": "not found any more|introuvable|ya no se encuentra|لم يعد موجوداً",
    "fraud": "gave wrong facts|fausses déclarations|datos falsos|بيانات كاذبة",
    "other": "other|autre|otro|أخرى",
}
OF_CYCLES = "program_id number name roster_id with_probable starts_on state rule"
# As in 0012: by table its key, whom a row is about, and the columns that are kept.
KEPT = {
    "program_memberships": (
        "id",
        "r.registrant_id",
        "program_id registrant_id state reason cause",
    ),
    "cycles": (
        "id",
        None,
        f"{OF_CYCLES} rechecks follows_id tops_up_id due_on overlap_reason",
    ),
    "entitlements": (
        "id",
        "r.registrant_id",
        "cycle_id registrant_id benefit_id amount redeemed state rejected_for reissues_id",
    ),
}

# Who of a list another program of the same purpose gives something, from the moment signatures are
# asked for to the end of the cycle; `undone` are the states of an entitlement that gives nothing.
# What tops up is meant to be given beside what it tops up.
SERVED = """
create or replace function served_elsewhere(roster bigint, program bigint, undone text[])
returns table (registrant_id bigint, program_id bigint) language sql stable
security definer set search_path = public, pg_temp as $$
    select e.registrant_id, min(c.program_id)
    from entitlements e
    join cycles c on c.id = e.cycle_id
    join programs other on other.id = c.program_id
    join programs mine on mine.id = program
    where other.purpose = mine.purpose and other.id <> mine.id
      and c.state in ({states}) and e.state <> all (undone)
      and e.registrant_id in (
          select m.registrant_id from roster_members m where m.roster_id = roster){beside}
    group by e.registrant_id
$$
"""
LOCKED = "'to_approve', 'approved', 'distributed'"
BESIDE = """
      and not exists (select from cycles top where top.tops_up_id = c.id
          and top.program_id = program and top.roster_id = roster)
      and not exists (select from cycles base where base.id = c.tops_up_id
          and base.program_id = program)"""

# Of those enrolled in a cycle, how many a draft of another program of the same purpose has, too.
OVERLAPS = """
create function drafted_elsewhere(cycle bigint)
returns table (program_id bigint, households bigint) language sql stable
security definer set search_path = public, pg_temp as $$
    select other.id, count(distinct m.registrant_id)
    from cycles mine
    join programs p on p.id = mine.program_id
    join cycle_members m on m.cycle_id = mine.id and m.state = 'enrolled'
    join cycle_members o on o.registrant_id = m.registrant_id and o.state = 'enrolled'
    join cycles c on c.id = o.cycle_id and c.state = 'draft'
    join programs other on other.id = c.program_id
    where mine.id = cycle and other.purpose = p.purpose and other.id <> p.id
      and c.id is distinct from mine.tops_up_id and c.tops_up_id is distinct from mine.id
    group by other.id
$$
"""


def upgrade() -> None:
    _memberships()
    _cycles()
    _entitlements()
    _conditions()
    _recurrences()
    _words()
    op.execute(SERVED.format(states=LOCKED, beside=BESIDE))
    op.execute(OVERLAPS)
    _keep(KEPT)


def downgrade() -> None:
    op.execute("drop function drafted_elsewhere(bigint)")
    op.execute(SERVED.format(states="'approved', 'distributed'", beside=""))
    new = {"cause", "rechecks", "follows_id", "tops_up_id", "due_on", "overlap_reason"}
    new |= {"rejected_for", "reissues_id"}
    before = {
        table: (key, about, " ".join(name for name in columns.split() if name not in new))
        for table, (key, about, columns) in KEPT.items()
    }
    _keep(before)
    op.execute("delete from vocabularies where list = 'exit_reason'")
    op.drop_table("recurrences")
    op.drop_table("conditions")
    op.drop_index("ix_entitlements_cycle_id", "entitlements")
    op.drop_index("uq_entitlements_live", "entitlements")
    unique = ["cycle_id", "registrant_id", "benefit_id"]
    name = op.f("uq_entitlements_cycle_id_registrant_id_benefit_id")
    op.create_unique_constraint(name, "entitlements", unique)
    for table, names in (
        ("entitlements", ("reissues_id", "rejected_for")),
        ("cycles", ("overlap_reason", "due_on", "tops_up_id", "follows_id", "rechecks")),
        ("program_memberships", ("cycle_id", "cause")),
    ):
        for column in names:
            op.drop_column(table, column)


def _memberships() -> None:
    op.add_column("program_memberships", sa.Column("cause", sa.String()))
    _refer("program_memberships", "cycle_id", "cycles", index=True)


def _cycles() -> None:
    yes = sa.Column("rechecks", sa.Boolean(), server_default="true", nullable=False)
    op.add_column("cycles", yes)
    _refer("cycles", "follows_id", "cycles", index=True)
    _refer("cycles", "tops_up_id", "cycles", index=True)
    op.add_column("cycles", sa.Column("due_on", sa.Date()))
    op.add_column("cycles", sa.Column("overlap_reason", sa.String()))
    name = op.f("uq_cycles_program_id_due_on")
    op.create_unique_constraint(name, "cycles", ["program_id", "due_on"])


def _entitlements() -> None:
    kind = sa.Enum(
        *("refused", "account_unknown", "other"),
        name="rejection",
        native_enum=False,
        create_constraint=True,
    )
    op.add_column("entitlements", sa.Column("rejected_for", kind))
    _refer("entitlements", "reissues_id", "entitlements", index=False)
    op.create_unique_constraint(
        op.f("uq_entitlements_reissues_id"), "entitlements", ["reissues_id"]
    )
    once = op.f("uq_entitlements_cycle_id_registrant_id_benefit_id")
    op.drop_constraint(once, "entitlements", type_="unique")
    op.create_index(
        "uq_entitlements_live",
        "entitlements",
        ["cycle_id", "registrant_id", "benefit_id"],
        unique=True,
        postgresql_where="state <> 'rejected'",
    )
    op.create_index("ix_entitlements_cycle_id", "entitlements", ["cycle_id"])


def _refer(table: str, column: str, to: str, *, index: bool) -> None:
    op.add_column(table, sa.Column(column, sa.BigInteger()))
    op.create_foreign_key(op.f(f"fk_{table}_{column}"), table, to, [column], ["id"])
    if index:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _conditions() -> None:
    kind = sa.Enum(
        *("compliance", "graduation"),
        name="conditionkind",
        native_enum=False,
        create_constraint=True,
    )
    op.create_table(
        "conditions",
        _program("conditions"),
        sa.Column("kind", kind, nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("program_id", "kind", name=op.f("pk_conditions")),
    )


def _recurrences() -> None:
    op.create_table(
        "recurrences",
        _program("recurrences"),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("rechecks", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("is_nightly", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("looked_on", sa.Date()),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("program_id", name=op.f("pk_recurrences")),
    )


def _program(table: str) -> sa.Column[int]:
    key = sa.ForeignKey("programs.id", name=op.f(f"fk_{table}_program_id"))
    return sa.Column("program_id", sa.BigInteger(), key, nullable=False)


def _words() -> None:
    add = sa.text(
        "insert into vocabularies (list, code, labels, position)"
        " values ('exit_reason', :code, :labels, :position) on conflict (list, code) do nothing"
    ).bindparams(sa.bindparam("labels", type_=sa.JSON))
    op.execute("alter table vocabularies disable trigger user")
    for position, (code, labels) in enumerate(EXIT_REASONS.items()):
        said = dict(zip(LANGUAGES, labels.split("|"), strict=True))
        op.get_bind().execute(add, {"code": code, "labels": said, "position": position})
    op.execute("alter table vocabularies enable trigger user")


def _keep(tables: dict[str, tuple[str, str | None, str]]) -> None:
    keep = sa.text("call keep_changes(cast(:of as regclass), :key, :about, :columns)")
    for table, (key, about, columns) in tables.items():
        told = {"of": table, "key": key, "about": about, "columns": columns.split()}
        op.get_bind().execute(keep, told)
