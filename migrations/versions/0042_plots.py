"""Plots of land, who holds them, and what hazard maps say of them."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NOW = sa.text("now()")
# As in 0010: people of no area, and their land, are seen by who made them.
MADE_BY = (
    "area_id = any (select unnest(reached_areas()))"
    " or area_id is null and made_by = (select acting())"
)
BRING_ALONG = """
create function bring_along_holdings() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    update holdings t set area_id = r.area_id, made_by = r.made_by
    from new_rows n join registrants r on r.id = n.registrant_id
    where t.registrant_id = n.registrant_id and n.area_id is null and n.made_by is null
      and num_nonnulls(r.area_id, r.made_by) > 0;
    return null;
end $$
"""
ON_INSERT = """
create trigger bring_along after insert on holdings
referencing new table as new_rows for each statement execute function bring_along_holdings()
"""
FOLLOW = """
create function follow_holdings() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
declare
    moved bigint[];
begin
    select array_agg(id) into moved
    from (select id, area_id from new_rows except select id, area_id from old_rows) as elsewhere;
    if moved is null then return null; end if;
    update holdings t set area_id = r.area_id from registrants r
    where r.id = t.registrant_id and t.registrant_id = any (moved)
      and t.area_id is distinct from r.area_id;
    return null;
end $$
"""
ON_MOVE = """
create trigger follow_holdings after update on registrants
referencing old table as old_rows new table as new_rows
for each statement execute function follow_holdings()
"""

# As in 0012: by table its key, whom a row is about, and the columns that are kept.
KEPT = {
    "holdings": (
        "id",
        "r.registrant_id",
        "registrant_id plot_id tenure use crop from_day until",
    ),
}


def upgrade() -> None:
    _plots()
    _holdings()
    _said_of_plots()
    op.execute(f"call guard('plots', '{MADE_BY}')")
    op.execute(f"call guard('holdings', '{MADE_BY}')")
    for statement in (BRING_ALONG, ON_INSERT, FOLLOW, ON_MOVE):
        op.execute(statement)
    keep = sa.text("call keep_changes(cast(:of as regclass), :key, :about, :columns)")
    for table, (key, about, columns) in KEPT.items():
        told = {"of": table, "key": key, "about": about, "columns": columns.split()}
        op.get_bind().execute(keep, told)


def _plots() -> None:
    number = sa.Computed("public_number('PLOT', id, 8)", persisted=True)
    sources = sa.Enum(
        *("drawn", "walked", "imported"),
        name="plotsource",
        native_enum=False,
        create_constraint=True,
    )
    op.create_table(
        "plots",
        sa.Column("number", sa.String(), number, nullable=False),
        sa.Column(
            "shape", Geometry("MULTIPOLYGON", srid=4326, spatial_index=False), nullable=False
        ),
        sa.Column("km2", sa.Float(), nullable=False),
        sa.Column("source", sources, nullable=False),
        sa.Column("accuracy_m", sa.Float()),
        sa.Column("taken_at", MOMENT),
        sa.Column("area_id", sa.BigInteger()),
        sa.Column("made_by", sa.BigInteger()),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        _points_at("plots", "area_id", "areas"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plots")),
        sa.UniqueConstraint("number", name=op.f("uq_plots_number")),
    )
    op.create_index("ix_plots_area_id", "plots", ["area_id"])
    op.create_index("idx_plots_shape", "plots", ["shape"], postgresql_using="gist")


def _holdings() -> None:
    op.create_table(
        "holdings",
        sa.Column("registrant_id", sa.BigInteger(), nullable=False),
        sa.Column("plot_id", sa.BigInteger(), nullable=False),
        sa.Column("tenure", sa.String(), nullable=False),
        sa.Column("use", sa.String(), nullable=False),
        sa.Column("crop", sa.String()),
        sa.Column("from_day", sa.Date()),
        sa.Column("until", sa.Date()),
        sa.Column("area_id", sa.BigInteger()),
        sa.Column("made_by", sa.BigInteger()),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.CheckConstraint("until >= from_day", name=op.f("ck_holdings_ends_after_it_begins")),
        _points_at("holdings", "registrant_id", "registrants"),
        _points_at("holdings", "plot_id", "plots", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holdings")),
    )
    op.create_index("ix_holdings_plot_id", "holdings", ["plot_id"])
    op.create_index(
        "uq_holdings_current",
        "holdings",
        ["registrant_id", "plot_id"],
        unique=True,
        postgresql_where=sa.text("until is null"),
    )


def _said_of_plots() -> None:
    shares = [
        sa.Column(name, sa.REAL(), nullable=False) for name in ("observed_share", "hit_share")
    ]
    for table, more in (("plot_exposure", shares), ("plot_due", [])):
        op.create_table(
            table,
            sa.Column("release_id", sa.BigInteger(), autoincrement=False, nullable=False),
            sa.Column("plot_id", sa.BigInteger(), autoincrement=False, nullable=False),
            *more,
            _points_at(table, "release_id", "releases", ondelete="CASCADE"),
            _points_at(table, "plot_id", "plots", ondelete="CASCADE"),
            sa.PrimaryKeyConstraint("release_id", "plot_id", name=op.f(f"pk_{table}")),
        )
        op.create_index(f"ix_{table}_plot_id", table, ["plot_id"])


def _points_at(
    table: str, column: str, other: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)


def downgrade() -> None:
    op.execute("drop trigger follow_holdings on registrants")
    op.execute("drop function follow_holdings")
    for table in ("plot_due", "plot_exposure", "holdings", "plots"):
        op.drop_table(table)
    op.execute("drop function bring_along_holdings")
