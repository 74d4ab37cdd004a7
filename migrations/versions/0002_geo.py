"""Places and hazards: areas, locations, events, releases, exposure, selections."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "area_levels",
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("level", name=op.f("pk_area_levels")),
    )
    op.create_table(
        "areas",
        sa.Column("pcode", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_local", sa.String(), nullable=True),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("path", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("is_leaf", sa.Boolean(), nullable=False),
        sa.Column("made", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("km2", sa.Double(), nullable=False),
        sa.Column("centre", Geometry("POINT", srid=4326, spatial_index=False), nullable=False),
        sa.Column(
            "shape", Geometry("MULTIPOLYGON", srid=4326, spatial_index=False), nullable=False
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "cardinality(path) = level + 1", name=op.f("ck_areas_path_reaches_the_root")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["areas.id"], name=op.f("fk_areas_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_areas")),
        sa.UniqueConstraint("pcode", "version", name=op.f("uq_areas_pcode_version")),
    )
    op.create_index("idx_areas_shape", "areas", ["shape"], unique=False, postgresql_using="gist")
    op.create_index(op.f("ix_areas_level_pcode"), "areas", ["level", "pcode"], unique=False)
    op.create_index(
        "ix_areas_name",
        "areas",
        ["name"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    )
    op.create_index(op.f("ix_areas_parent_id"), "areas", ["parent_id"], unique=False)
    op.create_index(op.f("ix_areas_path"), "areas", ["path"], unique=False, postgresql_using="gin")
    op.create_table(
        "drafts",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column(
            "shape", Geometry("MULTIPOLYGON", srid=4326, spatial_index=False), nullable=False
        ),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column(
            "made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_drafts")),
    )
    op.create_table(
        "events",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "flood",
                "storm",
                "earthquake",
                "drought",
                "other",
                name="eventkind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("glide", sa.String(), nullable=True),
        sa.Column(
            "severity",
            sa.Enum(
                "extreme",
                "severe",
                "moderate",
                "minor",
                "unknown",
                name="severity",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "alert",
                "active",
                "recovery",
                "closed",
                name="eventstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("name", name=op.f("uq_events_name")),
    )
    op.create_table(
        "exposure",
        sa.Column("release_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("location_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "in",
                "not_observed",
                name="exposurestatus",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.REAL(), nullable=True),
        sa.Column("low", sa.REAL(), nullable=True),
        sa.Column("high", sa.REAL(), nullable=True),
        sa.PrimaryKeyConstraint("release_id", "location_id", name=op.f("pk_exposure")),
        postgresql_partition_by="LIST (release_id)",
    )
    op.create_table(
        "area_outlines",
        sa.Column("area_id", sa.BigInteger(), nullable=False),
        sa.Column("zoom", sa.SmallInteger(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column(
            "shape", Geometry("MULTIPOLYGON", srid=3857, spatial_index=False), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["area_id"], ["areas.id"], name=op.f("fk_area_outlines_area_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("area_id", "zoom", name=op.f("pk_area_outlines")),
    )
    op.create_index(
        "idx_area_outlines_shape", "area_outlines", ["shape"], unique=False, postgresql_using="gist"
    )
    op.create_index(
        op.f("ix_area_outlines_level_zoom"), "area_outlines", ["level", "zoom"], unique=False
    )
    op.create_table(
        "area_parts",
        sa.Column("area_id", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("part", Geometry("POLYGON", srid=4326, spatial_index=False), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["area_id"], ["areas.id"], name=op.f("fk_area_parts_area_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_parts")),
    )
    op.create_index(
        "idx_area_parts_part", "area_parts", ["part"], unique=False, postgresql_using="gist"
    )
    op.create_index(op.f("ix_area_parts_area_id"), "area_parts", ["area_id"], unique=False)
    op.create_table(
        "layers",
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "raster", "extent", name="layerkind", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_layers_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_layers")),
        sa.UniqueConstraint("event_id", "name", name=op.f("uq_layers_event_id_name")),
    )
    op.create_index(op.f("ix_layers_event_id"), "layers", ["event_id"], unique=False)
    op.create_table(
        "locations",
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column(
            "point",
            Geometry("POINT", srid=4326, spatial_index=False),
            sa.Computed("ST_SetSRID(ST_MakePoint(lon, lat), 4326)", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "cell",
            sa.BigInteger(),
            sa.Computed("grid_cell(lon, lat)", persisted=True),
            nullable=True,
        ),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "gps",
                "building",
                "address",
                "settlement",
                "area",
                name="locationsource",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("area_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(lon is null) = (lat is null)", name=op.f("ck_locations_both_or_neither")
        ),
        sa.CheckConstraint(
            "lon between -180 and 180 and lat between -90 and 90",
            name=op.f("ck_locations_on_the_globe"),
        ),
        sa.CheckConstraint(
            "lon is not null or area_id is not null", name=op.f("ck_locations_point_or_area")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_locations_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locations")),
    )
    op.create_index(
        "idx_locations_point", "locations", ["point"], unique=False, postgresql_using="gist"
    )
    op.create_index(op.f("ix_locations_area_id"), "locations", ["area_id"], unique=False)
    op.create_index(op.f("ix_locations_cell"), "locations", ["cell"], unique=False)
    op.create_table(
        "releases",
        sa.Column("layer_id", sa.BigInteger(), nullable=True),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "read",
                "confirmed",
                "published",
                "superseded",
                "withdrawn",
                "refused",
                name="releasestate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("refusal", sa.String(), nullable=True),
        sa.Column("original_name", sa.String(), nullable=False),
        sa.Column("original_sha256", sa.String(), nullable=False),
        sa.Column("original_bytes", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "raster", "extent", name="layerkind", native_enum=False, create_constraint=True
            ),
            nullable=True,
        ),
        sa.Column(
            "found", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("measure", sa.String(), nullable=True),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column(
            "direction",
            sa.Enum(
                "at_least", "at_most", name="direction", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("floor", sa.Double(), nullable=True),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("licence", sa.String(), nullable=True),
        sa.Column("band", sa.SmallInteger(), nullable=True),
        sa.Column("layer_in_file", sa.String(), nullable=True),
        sa.Column("value_field", sa.String(), nullable=True),
        sa.Column("extra_nodata", sa.ARRAY(sa.Float()), nullable=True),
        sa.Column("crs", sa.String(), nullable=True),
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
        sa.Column("observed_name", sa.String(), nullable=True),
        sa.Column("observed_sha256", sa.String(), nullable=True),
        sa.Column("observed_layer", sa.String(), nullable=True),
        sa.Column("grid_sha256", sa.String(), nullable=True),
        sa.Column("bounds", Geometry("POLYGON", srid=4326, spatial_index=False), nullable=True),
        sa.Column("histogram", sa.ARRAY(sa.Float()), nullable=True),
        sa.Column("histogram_edges", sa.ARRAY(sa.Float()), nullable=True),
        sa.Column("uploaded_by", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_by", sa.BigInteger(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_because", sa.String(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_releases_event_id")),
        sa.ForeignKeyConstraint(["layer_id"], ["layers.id"], name=op.f("fk_releases_layer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
        sa.UniqueConstraint("layer_id", "number", name=op.f("uq_releases_layer_id_number")),
    )
    op.create_index(
        "idx_releases_bounds", "releases", ["bounds"], unique=False, postgresql_using="gist"
    )
    op.create_index(op.f("ix_releases_event_id"), "releases", ["event_id"], unique=False)
    op.create_index(
        op.f("ix_releases_original_sha256"), "releases", ["original_sha256"], unique=False
    )
    op.create_index(op.f("ix_releases_state"), "releases", ["state"], unique=False)
    op.create_table(
        "area_exposure",
        sa.Column("release_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("area_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("observed_km2", sa.Double(), nullable=False),
        sa.Column("hit_km2", sa.Double(), nullable=False),
        sa.Column("cells", sa.Double(), nullable=True),
        sa.Column("least", sa.Double(), nullable=True),
        sa.Column("mean", sa.Double(), nullable=True),
        sa.Column("most", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["area_id"], ["areas.id"], name=op.f("fk_area_exposure_area_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_area_exposure_release_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("release_id", "area_id", name=op.f("pk_area_exposure")),
    )
    op.create_index(op.f("ix_area_exposure_area_id"), "area_exposure", ["area_id"], unique=False)
    op.create_table(
        "exposure_due",
        sa.Column("release_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("location_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_exposure_due_release_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("release_id", "location_id", name=op.f("pk_exposure_due")),
    )
    op.create_index(
        op.f("ix_exposure_due_location_id"), "exposure_due", ["location_id"], unique=False
    )
    op.create_table(
        "release_observed",
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column("part", Geometry("POLYGON", srid=4326, spatial_index=False), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_release_observed_release_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_observed")),
    )
    op.create_index(
        "idx_release_observed_part",
        "release_observed",
        ["part"],
        unique=False,
        postgresql_using="gist",
    )
    op.create_index(
        op.f("ix_release_observed_release_id"), "release_observed", ["release_id"], unique=False
    )
    op.create_table(
        "release_parts",
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("part", Geometry("POLYGON", srid=4326, spatial_index=False), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_release_parts_release_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_parts")),
    )
    op.create_index(
        "idx_release_parts_part", "release_parts", ["part"], unique=False, postgresql_using="gist"
    )
    op.create_index(
        op.f("ix_release_parts_release_id"), "release_parts", ["release_id"], unique=False
    )
    op.create_table(
        "selections",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("release_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "direction",
            sa.Enum(
                "at_least", "at_most", name="direction", native_enum=False, create_constraint=True
            ),
            nullable=True,
        ),
        sa.Column("threshold", sa.Double(), nullable=True),
        sa.Column(
            "combine",
            sa.Enum(
                "union", "intersection", name="combine", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("shape", Geometry("MULTIPOLYGON", srid=4326, spatial_index=False), nullable=True),
        sa.Column(
            "without", Geometry("MULTIPOLYGON", srid=4326, spatial_index=False), nullable=True
        ),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_selections_event_id")),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.id"], name=op.f("fk_selections_release_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selections")),
        sa.UniqueConstraint("code", name=op.f("uq_selections_code")),
    )
    op.create_index(
        "idx_selections_shape", "selections", ["shape"], unique=False, postgresql_using="gist"
    )
    op.create_index(
        "idx_selections_without", "selections", ["without"], unique=False, postgresql_using="gist"
    )
    op.create_table(
        "selection_areas",
        sa.Column("selection_id", sa.BigInteger(), nullable=False),
        sa.Column("area_id", sa.BigInteger(), nullable=False),
        sa.Column("excluded", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_selection_areas_area_id")),
        sa.ForeignKeyConstraint(
            ["selection_id"],
            ["selections.id"],
            name=op.f("fk_selection_areas_selection_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("selection_id", "area_id", name=op.f("pk_selection_areas")),
    )
