"""Layers of what is there: sites, roads, ground and grids of people, measured against hazards."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "context_layers",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "state",
            _states("contextstate", "received", "read", "loaded", "refused", "removed"),
            nullable=False,
        ),
        sa.Column("refusal", sa.String(), nullable=True),
        sa.Column("removed_because", sa.String(), nullable=True),
        sa.Column("original_name", sa.String(), nullable=False),
        sa.Column("original_sha256", sa.String(), nullable=False),
        sa.Column("original_bytes", sa.BigInteger(), nullable=False),
        sa.Column("found", JSONB(), server_default="{}", nullable=False),
        sa.Column("part", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            _states("contextkind", "grid", "polygons", "lines", "points", "table"),
            nullable=True,
        ),
        sa.Column(
            "counted",
            _states("counted", "number", "density", "features", "length", "ground"),
            nullable=True,
        ),
        sa.Column("measure", sa.String(), nullable=True),
        sa.Column("value_field", sa.String(), nullable=True),
        sa.Column("name_field", sa.String(), nullable=True),
        sa.Column("crs", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("licence", sa.String(), nullable=True),
        sa.Column("observed_on", sa.Date(), nullable=True),
        sa.Column("features", sa.BigInteger(), nullable=True),
        sa.Column("total", sa.Double(), nullable=True),
        sa.Column("breaks", ARRAY(sa.Float()), nullable=True),
        sa.Column("grid_sha256", sa.String(), nullable=True),
        sa.Column("bounds", _shape("POLYGON"), nullable=True),
        sa.Column("loaded_by", sa.BigInteger(), nullable=False),
        *_key(),
    )
    op.create_index("ix_context_layers_state", "context_layers", ["state"])
    _index_shapes("context_layers", "bounds")
    op.create_table(
        "context_features",
        sa.Column("layer_id", sa.BigInteger(), _goes_with("context_layers"), nullable=False),
        sa.Column("area_id", sa.BigInteger(), _goes_with("areas"), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("density", sa.Double(), nullable=True),
        sa.Column("shape", _shape("GEOMETRY"), nullable=True),
        *_key(),
    )
    op.create_index("ix_context_features_layer_id", "context_features", ["layer_id"])
    op.create_index("ix_context_features_area_id", "context_features", ["area_id"])
    _index_shapes("context_features", "shape")
    whose = (("release_id", "releases"), ("layer_id", "context_layers"), ("area_id", "areas"))
    op.create_table(
        "context_figures",
        *(
            sa.Column(name, sa.BigInteger(), _goes_with(table), primary_key=True)
            for name, table in whose
        ),
        *(sa.Column(name, sa.Double(), nullable=False) for name in FIGURES),
    )
    op.create_index("ix_context_figures_layer_id", "context_figures", ["layer_id"])
    op.create_index("ix_context_figures_area_id", "context_figures", ["area_id"])


FIGURES = ("total", "hit", "not_observed")


def _states(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True)


def _shape(kind: str) -> Geometry:
    return Geometry(kind, srid=4326, spatial_index=False)


def _goes_with(table: str) -> sa.ForeignKey:
    return sa.ForeignKey(f"{table}.id", ondelete="CASCADE")


def _key() -> tuple[sa.Column[int], sa.Column[str]]:
    return (
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), primary_key=True),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
    )


def _index_shapes(table: str, column: str) -> None:
    op.create_index(f"idx_{table}_{column}", table, [column], postgresql_using="gist")
