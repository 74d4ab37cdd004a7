"""Places are looked over, and what was stated beside a point is kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NOW = sa.text("now()")
IS_STATED = sa.text("stated_area_id is not null")


def upgrade() -> None:
    op.add_column("locations", sa.Column("stated_area_id", sa.BigInteger()))
    stated = op.f("fk_locations_stated_area_id")
    op.create_foreign_key(stated, "locations", "areas", ["stated_area_id"], ["id"])
    op.create_index(
        "ix_locations_stated", "locations", ["stated_area_id"], postgresql_where=IS_STATED
    )
    op.create_table(
        "place_checks",
        sa.Column("location_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("area_id", sa.BigInteger()),
        sa.Column("codes", ARRAY(sa.Text()), nullable=False),
        sa.Column("accepted", ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("accepted_by", sa.BigInteger()),
        sa.Column("accepted_at", MOMENT),
        sa.Column("looked_at", MOMENT, server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["locations.id"],
            name=op.f("fk_place_checks_location_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("location_id", name=op.f("pk_place_checks")),
    )
    is_open = sa.text("codes <> '{}'")
    op.create_index("ix_place_checks_open", "place_checks", ["area_id"], postgresql_where=is_open)
    op.execute("call guard('place_checks')")
    op.create_table(
        "place_looks",
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_looks")),
    )
    kinds = sa.Enum(
        *("turn", "area_only", "move", "accept"),
        name="correctionkind",
        native_enum=False,
        create_constraint=True,
    )
    op.create_table(
        "place_corrections",
        sa.Column("kind", kinds, nullable=False),
        sa.Column("listed", sa.String(), nullable=False),
        sa.Column("area_id", sa.BigInteger()),
        sa.Column("places", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["area_id"], ["areas.id"], name=op.f("fk_place_corrections_area_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_corrections")),
    )


def downgrade() -> None:
    for table in ("place_corrections", "place_looks", "place_checks"):
        op.drop_table(table)
    op.drop_column("locations", "stated_area_id")
