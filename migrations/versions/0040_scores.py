"""Scores are versioned models whose parts are kept for each household."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0040"
down_revision = "0036"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATES = ("draft", "active", "retired")
MADE_BY = (
    "area_id = any (select unnest(reached_areas()))"
    " or area_id is null and made_by = (select acting())"
)
DEFINER = "language plpgsql security definer set search_path = public, pg_temp"
# As in 0025: a score goes with its household where that moves.
FOLLOW = f"""
create function follow_scores() returns trigger {DEFINER} as $$
declare
    moved bigint[];
begin
    select array_agg(id) into moved
    from (select id, area_id from new_rows except select id, area_id from old_rows) as elsewhere;
    if moved is null then return null; end if;
    update scores t set area_id = r.area_id from registrants r
    where r.id = t.registrant_id and t.registrant_id = any (moved)
      and t.area_id is distinct from r.area_id;
    return null;
end $$
"""
ON_MOVE = """
create trigger follow_scores after update on registrants
referencing old table as old_rows new table as new_rows
for each statement execute function follow_scores()
"""
# As in 0012: by table its key, whom a row is about, and the columns that are kept. Scores are the
# machine's figures: the act that makes them notes their sums.
KEPT = {
    "score_models": ("id", None, "code version labels state base made_by activated_by"),
    "score_terms": ("id", None, "model_id place label expression weight"),
    "score_steps": ("id", None, "term_id place word at_least below points"),
    "score_bands": ("id", None, "model_id place name at_least below"),
}


def upgrade() -> None:
    _models()
    _parts()
    op.create_table(
        "scores",
        _of("scores", "score_models", "model_id"),
        _of("scores", "registrants", "registrant_id"),
        sa.Column("value", sa.Numeric()),
        sa.Column("band", sa.String()),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("given", ARRAY(sa.Text()), nullable=False),
        sa.Column("points", ARRAY(sa.Numeric()), nullable=False),
        sa.Column("area_id", sa.BigInteger()),
        sa.Column("made_by", sa.BigInteger()),
        sa.PrimaryKeyConstraint("model_id", "registrant_id", name=op.f("pk_scores")),
    )
    op.create_index(op.f("ix_scores_registrant_id"), "scores", ["registrant_id"])
    op.execute(f"call guard('scores', '{MADE_BY}')")
    op.execute(FOLLOW)
    op.execute(ON_MOVE)
    keep = sa.text("call keep_changes(cast(:of as regclass), :key, null, :columns)")
    for table, (key, _about, columns) in KEPT.items():
        op.get_bind().execute(keep, {"of": table, "key": key, "columns": columns.split()})


def _models() -> None:
    state = sa.Enum(*STATES, name="modelstate", native_enum=False, create_constraint=True)
    op.create_table(
        "score_models",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("labels", JSONB(), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("base", sa.Numeric(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("activated_by", sa.BigInteger()),
        sa.Column("activated_at", MOMENT),
        sa.Column("run_on", sa.Date()),
        *_key("score_models"),
        sa.UniqueConstraint("code", "version", name=op.f("uq_score_models_code_version")),
    )
    op.create_index(
        "uq_score_models_active",
        "score_models",
        ["code"],
        unique=True,
        postgresql_where="state = 'active'",
    )


def _parts() -> None:
    _part(
        "score_terms",
        "score_models",
        "model_id",
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("expression", sa.String(), nullable=False),
        sa.Column("weight", sa.Numeric(), nullable=False),
    )
    _part(
        "score_steps",
        "score_terms",
        "term_id",
        sa.Column("word", sa.String()),
        *_span(),
        sa.Column("points", sa.Numeric(), nullable=False),
    )
    _part(
        "score_bands",
        "score_models",
        "model_id",
        sa.Column("name", sa.String(), nullable=False),
        *_span(),
    )


def _span() -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Numeric()) for name in ("at_least", "below")]


def _part(table: str, above: str, key: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        table,
        _of(table, above, key),
        sa.Column("place", sa.BigInteger(), nullable=False),
        *columns,
        *_key(table),
        sa.UniqueConstraint(key, "place", name=op.f(f"uq_{table}_{key}_place")),
    )


def _of(table: str, above: str, key: str) -> sa.Column[int]:
    points_at = sa.ForeignKey(f"{above}.id", name=op.f(f"fk_{table}_{key}"))
    return sa.Column(key, sa.BigInteger(), points_at, nullable=False)


def _key(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def downgrade() -> None:
    op.execute("drop trigger follow_scores on registrants")
    op.execute("drop function follow_scores()")
    for table in ("scores", "score_bands", "score_steps", "score_terms", "score_models"):
        op.drop_table(table)
    for table in KEPT:
        for verb in ("insert", "update", "delete"):
            op.execute(f"drop function changes_{table}_{verb}()")
