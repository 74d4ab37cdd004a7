"""The registry: registrants, memberships, identifiers, imports, rosters."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "imports",
        sa.Column(
            "kind",
            sa.Enum(
                "households", "people", name="importkind", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "uploaded",
                "mapped",
                "checked",
                "reviewed",
                "merged",
                "refused",
                name="importstate",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("original_name", sa.String(), nullable=False),
        sa.Column("original_sha256", sa.String(), nullable=False),
        sa.Column("columns", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column(
            "mapping", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column(
            "counts", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("refusal", sa.String(), nullable=True),
        sa.Column("uploaded_by", sa.BigInteger(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_table(
        "vocabularies",
        sa.Column("list", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("labels", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("synonyms", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("uri", sa.String(), nullable=True),
        sa.Column("position", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vocabularies")),
        sa.UniqueConstraint("list", "code", name=op.f("uq_vocabularies_list_code")),
    )
    op.create_table(
        "import_households",
        sa.Column("row_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("area_pcode", sa.String(), nullable=True),
        sa.Column("settlement", sa.String(), nullable=True),
        sa.Column("longitude", sa.String(), nullable=True),
        sa.Column("latitude", sa.String(), nullable=True),
        sa.Column("accuracy_m", sa.String(), nullable=True),
        sa.Column("location_source", sa.String(), nullable=True),
        sa.Column("located_on", sa.String(), nullable=True),
        sa.Column("size", sa.String(), nullable=True),
        sa.Column("roster", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum(
                "create",
                "update",
                "link",
                "ignore",
                "error",
                name="verdict",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("warnings", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("errors", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("accepted", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("registrant_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["imports.id"],
            name=op.f("fk_import_households_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("row_number", "import_id", name=op.f("pk_import_households")),
    )
    op.create_index(
        op.f("ix_import_households_import_id_verdict"),
        "import_households",
        ["import_id", "verdict"],
        unique=False,
    )
    op.create_index(
        op.f("ix_import_households_registrant_id"),
        "import_households",
        ["registrant_id"],
        unique=False,
    )
    op.create_table(
        "import_people",
        sa.Column("row_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("household_code", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("name_local", sa.String(), nullable=True),
        sa.Column("sex", sa.String(), nullable=True),
        sa.Column("birth_date", sa.String(), nullable=True),
        sa.Column("birth_date_exact", sa.String(), nullable=True),
        sa.Column("relation", sa.String(), nullable=True),
        sa.Column("id_type", sa.String(), nullable=True),
        sa.Column("id_number", sa.String(), nullable=True),
        sa.Column("disability", sa.String(), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum(
                "create",
                "update",
                "link",
                "ignore",
                "error",
                name="verdict",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("warnings", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("errors", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("accepted", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("registrant_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["imports.id"],
            name=op.f("fk_import_people_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("row_number", "import_id", name=op.f("pk_import_people")),
    )
    op.create_index(
        op.f("ix_import_people_import_id_verdict"),
        "import_people",
        ["import_id", "verdict"],
        unique=False,
    )
    op.create_index(
        op.f("ix_import_people_registrant_id"), "import_people", ["registrant_id"], unique=False
    )
    op.create_table(
        "registrants",
        sa.Column(
            "number",
            sa.String(),
            sa.Computed("public_number('HG', id, 8)", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "group",
                "individual",
                name="registrantkind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_local", sa.String(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "active",
                "exited",
                "merged",
                "erased",
                name="registrantstate",
                native_enum=False,
                create_constraint=True,
            ),
            server_default="active",
            nullable=False,
        ),
        sa.Column("merged_into_id", sa.BigInteger(), nullable=True),
        sa.Column("location_id", sa.BigInteger(), nullable=True),
        sa.Column("area_id", sa.BigInteger(), nullable=True),
        sa.Column("settlement", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("import_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_registrants_area_id")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_registrants_location_id")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["registrants.id"], name=op.f("fk_registrants_merged_into_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrants")),
        sa.UniqueConstraint("kind", "code", name=op.f("uq_registrants_kind_code")),
        sa.UniqueConstraint("number", name=op.f("uq_registrants_number")),
    )
    op.create_index(op.f("ix_registrants_area_id"), "registrants", ["area_id"], unique=False)
    op.create_index(op.f("ix_registrants_import_id"), "registrants", ["import_id"], unique=False)
    op.create_index(
        op.f("ix_registrants_location_id"), "registrants", ["location_id"], unique=False
    )
    op.create_index(
        "ix_registrants_name",
        "registrants",
        ["name"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    )
    op.create_index(
        "ix_registrants_name_local",
        "registrants",
        ["name_local"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name_local": "gin_trgm_ops"},
    )
    op.create_index(op.f("ix_registrants_phone"), "registrants", ["phone"], unique=False)
    op.create_table(
        "former_places",
        sa.Column("registrant_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "left_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_former_places_location_id")
        ),
        sa.ForeignKeyConstraint(
            ["registrant_id"], ["registrants.id"], name=op.f("fk_former_places_registrant_id")
        ),
        sa.PrimaryKeyConstraint("registrant_id", "location_id", name=op.f("pk_former_places")),
    )
    op.create_table(
        "groups",
        sa.Column("registrant_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), server_default="household", nullable=False),
        sa.Column("stated_size", sa.BigInteger(), nullable=True),
        sa.Column("is_partial", sa.Boolean(), server_default="false", nullable=False),
        sa.CheckConstraint("stated_size >= 0", name=op.f("ck_groups_size_not_negative")),
        sa.ForeignKeyConstraint(
            ["registrant_id"], ["registrants.id"], name=op.f("fk_groups_registrant_id")
        ),
        sa.PrimaryKeyConstraint("registrant_id", name=op.f("pk_groups")),
    )
    op.create_table(
        "identifiers",
        sa.Column("registrant_id", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "valid",
                "expired",
                "revoked",
                name="identifierstate",
                native_enum=False,
                create_constraint=True,
            ),
            server_default="valid",
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["registrant_id"], ["registrants.id"], name=op.f("fk_identifiers_registrant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identifiers")),
    )
    op.create_index(
        op.f("ix_identifiers_registrant_id"), "identifiers", ["registrant_id"], unique=False
    )
    op.create_index(
        "uq_identifiers_valid",
        "identifiers",
        ["type", "value"],
        unique=True,
        postgresql_where="state = 'valid'",
    )
    op.create_table(
        "individuals",
        sa.Column("registrant_id", sa.BigInteger(), nullable=False),
        sa.Column("sex", sa.String(), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("birth_date_exact", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("has_disability", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["registrant_id"], ["registrants.id"], name=op.f("fk_individuals_registrant_id")
        ),
        sa.PrimaryKeyConstraint("registrant_id", name=op.f("pk_individuals")),
    )
    op.create_table(
        "memberships",
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "group_id <> member_id", name=op.f("ck_memberships_nobody_in_themselves")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["registrants.id"], name=op.f("fk_memberships_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["registrants.id"], name=op.f("fk_memberships_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
    )
    op.create_index(op.f("ix_memberships_member_id"), "memberships", ["member_id"], unique=False)
    op.create_index(
        "uq_memberships_current",
        "memberships",
        ["group_id", "member_id"],
        unique=True,
        postgresql_where="ended_on is null",
    )
    op.create_index(
        "uq_memberships_head",
        "memberships",
        ["group_id"],
        unique=True,
        postgresql_where="kind = 'head' and ended_on is null",
    )
    op.create_table(
        "rosters",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("selection_id", sa.BigInteger(), nullable=False),
        sa.Column("filter", sa.String(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft", "frozen", name="rosterstate", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("definition", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("hash", sa.String(), nullable=True),
        sa.Column("households_in", sa.Integer(), nullable=True),
        sa.Column("households_probable", sa.Integer(), nullable=True),
        sa.Column("households_out", sa.Integer(), nullable=True),
        sa.Column("households_not_observed", sa.Integer(), nullable=True),
        sa.Column("households_unlocated", sa.Integer(), nullable=True),
        sa.Column("people_in", sa.Integer(), nullable=True),
        sa.Column("people", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("frozen_by", sa.BigInteger(), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["selection_id"], ["selections.id"], name=op.f("fk_rosters_selection_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rosters")),
        sa.UniqueConstraint("code", name=op.f("uq_rosters_code")),
    )
    op.create_table(
        "roster_members",
        sa.Column("roster_id", sa.BigInteger(), nullable=False),
        sa.Column("registrant_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=True),
        sa.Column("area_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "in",
                "probable",
                "out",
                "not_observed",
                "unlocated",
                name="answer",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("grade", sa.String(), nullable=True),
        sa.Column("value", sa.REAL(), nullable=True),
        sa.ForeignKeyConstraint(
            ["registrant_id"], ["registrants.id"], name=op.f("fk_roster_members_registrant_id")
        ),
        sa.ForeignKeyConstraint(
            ["roster_id"], ["rosters.id"], name=op.f("fk_roster_members_roster_id")
        ),
        sa.PrimaryKeyConstraint("roster_id", "registrant_id", name=op.f("pk_roster_members")),
    )
    op.create_index(
        op.f("ix_roster_members_registrant_id"), "roster_members", ["registrant_id"], unique=False
    )
