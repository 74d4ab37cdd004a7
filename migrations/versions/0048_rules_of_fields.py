"""A field has rules beside its type, and a term of a score has points for what is not known."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

FIELDS = (
    "scope code section_id type labels hints required least most pattern needs computed state"
    " needed_if holds refusals position"
)
# As in 0012: by table its key and the columns that are kept.
KEPT = {
    "fields": FIELDS,
    "field_sections": "scope code labels position",
    "score_terms": "model_id place label expression weight unknown",
}
BEFORE = {
    "fields": (
        "scope code section_id type labels hints required least most pattern needs computed state"
    ),
    "score_terms": "model_id place label expression weight",
}


# A call takes a hundred arguments, an array as many as a table has columns.
WIDER = """
do $$ begin
    execute replace(pg_get_functiondef('keep_changes'::regproc),
                    'concat_ws('''','''', %s)', 'array_to_string(array[%s]::text[], '''','''')');
end $$
"""
NARROWER = """
do $$ begin
    execute replace(pg_get_functiondef('keep_changes'::regproc),
                    'array_to_string(array[%s]::text[], '''','''')', 'concat_ws('''','''', %s)');
end $$
"""


def upgrade() -> None:
    op.execute(WIDER)
    op.add_column("fields", sa.Column("needed_if", sa.String()))
    op.add_column("fields", sa.Column("holds", sa.String()))
    op.add_column("fields", sa.Column("refusals", JSONB(), server_default="{}", nullable=False))
    op.add_column("score_terms", sa.Column("unknown", sa.Numeric()))
    op.add_column("score_models", sa.Column("run_at", sa.DateTime(timezone=True)))
    op.add_column("score_models", sa.Column("run_entry", sa.BigInteger()))
    _keep(KEPT)


def _keep(tables: dict[str, str]) -> None:
    keep = sa.text("call keep_changes(cast(:of as regclass), 'id', null, :columns)")
    for table, columns in tables.items():
        op.get_bind().execute(keep, {"of": table, "columns": columns.split()})


def downgrade() -> None:
    op.execute(NARROWER)
    _keep(BEFORE)
    for verb in ("insert", "update", "delete"):
        op.execute(f"drop trigger keep_changes_{verb} on field_sections")
        op.execute(f"drop function changes_field_sections_{verb}()")
    op.drop_column("score_terms", "unknown")
    for column in ("run_entry", "run_at"):
        op.drop_column("score_models", column)
    for column in ("refusals", "holds", "needed_if"):
        op.drop_column("fields", column)
