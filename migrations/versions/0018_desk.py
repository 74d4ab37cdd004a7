"""The meaning of files and what was answered before."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

STATES = """
    alter table releases drop constraint ck_releases_releasestate,
    add constraint ck_releases_releasestate check (state in ('received', 'asked', 'read',
        'confirmed', 'published', 'superseded', 'withdrawn', 'refused'))
"""
# Zeros that were said to be unseen stood among the stored numbers that mean no data.
ZEROS = """
    update releases set
        zeros = case when 0 = any (extra_nodata) then 'unseen' else 'value' end,
        extra_nodata = nullif(array_remove(extra_nodata, 0::double precision), '{}')
    where kind = 'raster' and confirmed_by is not null
"""


def upgrade() -> None:
    op.create_table(
        "product_answers",
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column(
            "direction",
            sa.Enum(
                "at_least", "at_most", name="direction", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("floor", sa.Double(), nullable=True),
        sa.Column("zeros", sa.String(), nullable=True),
        sa.Column("extra_nodata", sa.ARRAY(sa.Float()), nullable=True),
        sa.Column(
            "observed_rule",
            sa.Enum(
                "cells",
                "box",
                "layer",
                "country",
                name="observedrule",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=True,
        ),
        sa.Column("value_field", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("answered_by", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("product", name="pk_product_answers"),
    )
    op.create_table(
        "product_classes",
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column(
            "means",
            sa.Enum(
                "in",
                "out",
                "not_observed",
                "permanent_water",
                "excluded",
                name="means",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("plus", sa.Double(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["product"],
            ["product_answers.product"],
            name="fk_product_classes_product",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("product", "code", name="pk_product_classes"),
    )
    op.create_table(
        "file_parts",
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "grid",
                "polygons",
                "lines",
                "points",
                "table",
                "picture",
                "document",
                "unreadable",
                name="partkind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=True),
        sa.Column("layer", sa.String(), nullable=True),
        sa.Column("variable", sa.String(), nullable=True),
        sa.Column("time", sa.String(), nullable=True),
        sa.Column("band", sa.SmallInteger(), nullable=True),
        sa.Column("crs", sa.String(), nullable=True),
        sa.Column("size", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("columns", sa.ARRAY(sa.String()), server_default="{}", nullable=False),
        sa.Column("bounds", sa.ARRAY(sa.Float()), nullable=True),
        sa.Column("says", sa.String(), server_default="", nullable=False),
        sa.Column("picture_sha256", sa.String(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.id"], name="fk_file_parts_release_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_file_parts"),
        sa.UniqueConstraint("release_id", "number", name="uq_file_parts_release_id_number"),
    )
    op.create_table(
        "release_classes",
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column(
            "means",
            sa.Enum(
                "in",
                "out",
                "not_observed",
                "permanent_water",
                "excluded",
                name="means",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("plus", sa.Double(), server_default="0", nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name="fk_release_classes_release_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("release_id", "place", name="pk_release_classes"),
    )
    op.create_table(
        "release_companions",
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "observed",
                "bounded",
                "water",
                "excluded",
                "tile",
                name="role",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name="fk_release_companions_release_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("release_id", "role", "number", name="pk_release_companions"),
    )
    op.create_table(
        "release_repairs",
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column("feature", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("before_km2", sa.Double(), nullable=False),
        sa.Column("after_km2", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name="fk_release_repairs_release_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("release_id", "feature", name="pk_release_repairs"),
    )
    op.add_column(
        "releases", sa.Column("day_only", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column(
        "releases", sa.Column("forecast", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column("releases", sa.Column("product", sa.String(), nullable=True))
    op.add_column("releases", sa.Column("product_title", sa.String(), nullable=True))
    op.add_column("releases", sa.Column("file_in_archive", sa.String(), nullable=True))
    op.add_column("releases", sa.Column("variable", sa.String(), nullable=True))
    op.add_column("releases", sa.Column("time_in_file", sa.String(), nullable=True))
    op.add_column("releases", sa.Column("code_field", sa.String(), nullable=True))
    op.add_column("releases", sa.Column("zeros", sa.String(), nullable=True))
    op.add_column("releases", sa.Column("reasons_sha256", sa.String(), nullable=True))
    op.execute(STATES)
    op.execute(ZEROS)
