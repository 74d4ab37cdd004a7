"""A new map of areas waits beside the one in force, and what it moves is listed."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)

# An area in all its versions: those of its P-code, and those that a new map made of it. Where a map
# says what became of an area, its P-code may mean another place by then. Of an area that was merged
# with others, or only gave ground, nobody reaches more than they did.
VERSIONS_OF = """
create function versions_of(roots bigint[]) returns setof bigint language sql stable as $$
    with recursive mine (id) as (
        select same.id from areas given join areas same on same.pcode = given.pcode
        where given.id = any (roots)
        union
        select same.id
        from mine
        join area_links l on l.from_id = mine.id
        join area_changes c on c.id = l.change_id and c.state = 'enforced'
        join areas new on new.id = l.to_id
        join areas same on same.pcode = new.pcode and same.version = new.version
        where l.became in ('same', 'renamed', 'recoded', 'split')
          and coalesce(l.of_new, 1) >= 0.95
    )
    select id from mine
$$
"""
AREAS_REACHED = """
create or replace function areas_reached(roots bigint[]) returns bigint[]
language sql stable as $$
    select array(select a.id from areas a where a.path && array(select versions_of(roots)))
$$
"""
AS_BEFORE = """
create or replace function areas_reached(roots bigint[]) returns bigint[]
language sql stable as $$
    select array(select a.id from areas a where a.path && array(
        select same.id from areas given join areas same on same.pcode = given.pcode
        where given.id = any (roots)))
$$
"""


def upgrade() -> None:
    _changes()
    _links()
    _moves()
    op.execute("call guard('place_moves')")
    op.execute(VERSIONS_OF)
    op.execute(AREAS_REACHED)


def _changes() -> None:
    op.create_table(
        "area_changes",
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("from_version", sa.String(), nullable=False),
        sa.Column(
            "state",
            _one_of("areachangestate", "staged", "enforced", "dropped"),
            server_default="staged",
            nullable=False,
        ),
        sa.Column("staged_by", sa.BigInteger(), nullable=False),
        sa.Column("enforced_by", sa.BigInteger()),
        sa.Column("enforced_at", MOMENT),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_changes")),
    )
    op.create_index(
        "uq_area_changes_staged",
        "area_changes",
        ["state"],
        unique=True,
        postgresql_where=sa.text("state = 'staged'"),
    )


def _links() -> None:
    became = ("same", "renamed", "recoded", "split", "merged", "moved")
    op.create_table(
        "area_links",
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.Column("from_id", sa.BigInteger(), nullable=False),
        sa.Column("to_id", sa.BigInteger(), nullable=False),
        sa.Column("became", _one_of("became", *became), nullable=False),
        sa.Column("of_old", sa.Float()),
        sa.Column("of_new", sa.Float()),
        sa.Column("given", sa.Boolean(), server_default="false", nullable=False),
        _key("area_links", "change_id", "area_changes", ondelete="CASCADE"),
        _key("area_links", "from_id", "areas"),
        _key("area_links", "to_id", "areas"),
        sa.PrimaryKeyConstraint("change_id", "from_id", "to_id", name=op.f("pk_area_links")),
    )
    for column in ("from_id", "to_id"):
        op.create_index(f"ix_area_links_{column}", "area_links", [column])


def _moves() -> None:
    op.create_table(
        "place_moves",
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("area_id", sa.BigInteger()),
        sa.Column("to_area_id", sa.BigInteger()),
        sa.Column("to_look_at", sa.Boolean(), server_default="false", nullable=False),
        _key("place_moves", "change_id", "area_changes", ondelete="CASCADE"),
        _key("place_moves", "location_id", "locations", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("change_id", "location_id", name=op.f("pk_place_moves")),
    )
    op.create_index("ix_place_moves_location_id", "place_moves", ["location_id"])


def _one_of(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True)


def _key(
    table: str, column: str, other: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)


def downgrade() -> None:
    op.execute(AS_BEFORE)
    op.execute("drop function versions_of")
    for table in ("place_moves", "area_links", "area_changes"):
        op.drop_table(table)
