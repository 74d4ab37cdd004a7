"""Rounds leave out who agrees to no help, and forms made elsewhere are read by a mapping."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

REASONS = ("inactive", "paused", "exited", "rule", "same_purpose", "declined")

# As in 0012: by table its key, whom a row is about, and the columns that are kept.
KEPT = {
    "device_forms": ("id", None, "code title fills people_at is_served"),
    "device_questions": ("id", None, "form_id path field"),
}


def upgrade() -> None:
    _allow(REASONS)
    _forms()
    _questions()
    keep = sa.text("call keep_changes(cast(:of as regclass), :key, null, :columns)")
    for table, (key, _about, columns) in KEPT.items():
        op.get_bind().execute(keep, {"of": table, "key": key, "columns": columns.split()})


def downgrade() -> None:
    for table in ("device_words", "device_questions", "device_forms"):
        op.drop_table(table)
    for table in KEPT:
        for verb in ("insert", "update", "delete"):
            op.execute(f"drop function changes_{table}_{verb}()")
    _allow(REASONS[:-1])


def _forms() -> None:
    fills = sa.Enum(
        *("registration", "visit"), name="fills", native_enum=False, create_constraint=True
    )
    op.create_table(
        "device_forms",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("fills", fills, nullable=False),
        sa.Column("people_at", sa.String(), server_default="", nullable=False),
        sa.Column("repeats", sa.String(), server_default="", nullable=False),
        sa.Column("xform", sa.LargeBinary()),
        sa.Column("is_served", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("is_mapped", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        *_key("device_forms"),
        sa.UniqueConstraint("code", name=op.f("uq_device_forms_code")),
    )


def _questions() -> None:
    op.create_table(
        "device_questions",
        sa.Column("form_id", sa.BigInteger(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("field", sa.String()),
        *_key("device_questions"),
        sa.ForeignKeyConstraint(
            ["form_id"],
            ["device_forms.id"],
            name=op.f("fk_device_questions_form_id"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("form_id", "path", name=op.f("uq_device_questions_form_id_path")),
    )
    op.create_table(
        "device_words",
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("code", sa.String()),
        sa.PrimaryKeyConstraint("question_id", "said", name=op.f("pk_device_words")),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["device_questions.id"],
            name=op.f("fk_device_words_question_id"),
            ondelete="CASCADE",
        ),
    )


def _key(table: str) -> list[sa.schema.SchemaItem]:
    now = sa.text("now()")
    return [
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _allow(reasons: tuple[str, ...]) -> None:
    check = op.f("ck_cycle_members_leftout")
    op.drop_constraint(check, "cycle_members", type_="check")
    op.create_check_constraint(check, "cycle_members", sa.column("reason").in_(reasons))
