"""Cells are corrected in the review, rows are held against the registry, mappings bear names."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

KINDS = ("households", "people", "registrations", "roster")
ORDERS = ("dmy", "mdy", "ymd")
# As in 0010: those bound to other areas see the rows of a file they sent, and no others.
SENT_BY = "area_id = any (select unnest(reached_areas())) or made_by = (select acting())"


def upgrade() -> None:
    for column in _of_files():
        op.add_column("imports", column)
    op.add_column("imports", sa.Column("compared_at", sa.DateTime(timezone=True)))
    _make_cells()
    _make_matches()
    _make_mappings()


def _of_files() -> list[sa.Column[object]]:
    return [
        sa.Column("made", JSONB(), server_default="[]", nullable=False),
        sa.Column("words", JSONB(), server_default="{}", nullable=False),
        sa.Column("constants", JSONB(), server_default="{}", nullable=False),
    ]


def _of_row(table: str) -> list[sa.Column[object] | sa.ForeignKeyConstraint]:
    return [
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("row_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f(f"fk_{table}_import_id"), ondelete="CASCADE"
        ),
    ]


def _make_cells() -> None:
    op.create_table(
        "import_cells",
        *_of_row("import_cells"),
        sa.Column("heading", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("value_key", sa.String(), nullable=False),
        sa.Column(
            "corrected_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("area_id", sa.BigInteger()),
        sa.Column("made_by", sa.BigInteger()),
        sa.PrimaryKeyConstraint("import_id", "row_number", "heading", name=op.f("pk_import_cells")),
    )
    guarded = sa.text("call guard('import_cells', :seen)")
    op.execute(guarded.bindparams(seen=SENT_BY))


def _make_matches() -> None:
    op.create_table(
        "import_matches",
        *_of_row("import_matches"),
        sa.Column("registrant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("score", sa.REAL(), nullable=False),
        sa.Column("reasons", ARRAY(sa.Text()), nullable=False),
        sa.Column("area_id", sa.BigInteger()),
        sa.PrimaryKeyConstraint(
            "import_id", "row_number", "registrant_id", name=op.f("pk_import_matches")
        ),
    )
    op.create_index(op.f("ix_import_matches_registrant_id"), "import_matches", ["registrant_id"])
    op.execute("call guard('import_matches')")  # seen by who sees whom a row is like


def _make_mappings() -> None:
    kind = sa.Enum(*KINDS, name="importkind", native_enum=False, create_constraint=True)
    order = sa.Enum(*ORDERS, name="dayorder", native_enum=False, create_constraint=True)
    op.create_table(
        "import_mappings",
        sa.Column("kind", kind, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("mapping", JSONB(), nullable=False),
        *_of_files(),
        sa.Column("day_order", order),
        sa.Column("shared", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_mappings")),
        sa.UniqueConstraint("kind", "name", name=op.f("uq_import_mappings_kind_name")),
    )


def downgrade() -> None:
    raise NotImplementedError("Corrections and decisions would be lost.")
