"""Forms that were filled in on the way are taken in once, with their files."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
SENT_BY = "area_id = any (select unnest(reached_areas())) or made_by = (select acting())"


def upgrade() -> None:
    told_of = [sa.Column("area_id", sa.BigInteger()), sa.Column("made_by", sa.BigInteger())]
    state = sa.Enum(
        *("taken", "refused"), name="submissionstate", native_enum=False, create_constraint=True
    )
    op.create_table(
        "submissions",
        sa.Column("instance_id", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("refusal", sa.String()),
        sa.Column("registrant_id", sa.BigInteger()),
        *told_of,
        *_key("submissions"),
        sa.ForeignKeyConstraint(
            ["registrant_id"], ["registrants.id"], name=op.f("fk_submissions_registrant_id")
        ),
        sa.UniqueConstraint("instance_id", name=op.f("uq_submissions_instance_id")),
    )
    op.create_index("ix_submissions_registrant_id", "submissions", ["registrant_id"])
    op.create_table(
        "submission_files",
        sa.Column("submission_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("area_id", sa.BigInteger()),
        sa.Column("made_by", sa.BigInteger()),
        *_key("submission_files"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_submission_files_submission_id")
        ),
        sa.UniqueConstraint(
            "submission_id", "name", name=op.f("uq_submission_files_submission_id_name")
        ),
    )
    for table in ("submissions", "submission_files"):
        op.execute(f"call guard('{table}', '{SENT_BY}')")


def downgrade() -> None:
    op.drop_table("submission_files")
    op.drop_table("submissions")


def _key(table: str) -> list[sa.schema.SchemaItem]:
    now = sa.text("now()")
    return [
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", MOMENT, server_default=now, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]
