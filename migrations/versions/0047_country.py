"""What administrators decide of the country is a row, no longer settings of the machine."""

import re
from collections.abc import Callable
from zoneinfo import available_timezones

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from core.settings import first_value

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

# As in 0012: by table its key, whom a row is about, and the columns that are kept.
ROUNDINGS = ("1", "5", "10", "20", "50", "100")
COUNTRY = (
    "name code timezone phone_region home language languages currency currencies young_below"
    " old_from fewest rounding ask_purpose crowd near_m vague_m fresh_months old_months"
    " coarse_m largest_household document_mb purpose_hours undo_days land_percent platform"
    " accent accent_dark logo"
)
KEPT = {
    "country": (
        "id",
        None,
        COUNTRY,
    ),
    "area_levels": ("level", None, "name labels"),
}
# What was written and paid so far stays offered.
USED = """
    update country set
        currencies = coalesce((
            select array_agg(distinct said order by said) from (
                select currency as said from programs
                union all select currency from accounts where currency is not null) used), '{}'),
        currency = (
            select currency from programs
            group by currency order by count(*) desc, currency limit 1),
        languages = (
            select array_agg(distinct tag order by tag) from (
                select 'en' as tag union all select jsonb_object_keys(labels) from vocabularies
                union all select jsonb_object_keys(labels) from fields) written),
        name = coalesce((
            select regexp_replace(min(name), ' [(]the[)]$', '') from areas
            where level = 0 and valid_to is null having count(*) = 1), '')
"""


def upgrade() -> None:
    now = sa.text("now()")
    op.create_table(
        "country",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("name", sa.String(), server_default="", nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("timezone", sa.String(), server_default="UTC", nullable=False),
        sa.Column("phone_region", sa.String(), nullable=True),
        sa.Column("home", sa.String(), nullable=True),
        sa.Column("language", sa.String(), server_default="en", nullable=False),
        sa.Column("languages", ARRAY(sa.Text()), server_default="{en}", nullable=False),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("currencies", ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("young_below", sa.SmallInteger(), server_default="5", nullable=False),
        sa.Column("old_from", sa.SmallInteger(), server_default="60", nullable=False),
        sa.Column("fewest", sa.SmallInteger(), server_default="5", nullable=False),
        sa.Column("rounding", sa.SmallInteger(), server_default="10", nullable=False),
        sa.Column("ask_purpose", ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("crowd", sa.SmallInteger(), server_default="30", nullable=False),
        sa.Column("near_m", sa.Float(), server_default="50", nullable=False),
        sa.Column("vague_m", sa.Float(), server_default="500", nullable=False),
        sa.Column("fresh_months", sa.SmallInteger(), server_default="12", nullable=False),
        sa.Column("old_months", sa.SmallInteger(), server_default="60", nullable=False),
        sa.Column("coarse_m", sa.Float(), server_default="100", nullable=False),
        sa.Column("largest_household", sa.SmallInteger(), server_default="30", nullable=False),
        sa.Column("document_mb", sa.SmallInteger(), server_default="10", nullable=False),
        sa.Column("purpose_hours", sa.SmallInteger(), server_default="8", nullable=False),
        sa.Column("undo_days", sa.SmallInteger(), server_default="90", nullable=False),
        sa.Column("land_percent", sa.SmallInteger(), server_default="20", nullable=False),
        sa.Column("platform", sa.String(), nullable=True),
        sa.Column("accent", sa.String(), nullable=True),
        sa.Column("accent_dark", sa.String(), nullable=True),
        sa.Column("logo", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_country")),
        sa.CheckConstraint("id = 1", name=op.f("ck_country_there_is_one")),
    )
    for table in ("rosters", "approvals"):
        kept = ARRAY(sa.SmallInteger())
        op.add_column(table, sa.Column("ages", kept, server_default="{5,60}", nullable=False))
    op.add_column(
        "area_levels",
        sa.Column("labels", JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
    )
    _write_first()
    op.execute(USED)
    keep = sa.text("call keep_changes(cast(:of as regclass), :key, null, :columns)")
    for table, (key, _about, columns) in KEPT.items():
        op.get_bind().execute(keep, {"of": table, "key": key, "columns": columns.split()})


def first_row(said: Callable[[str], str]) -> dict[str, object]:
    """What the environment said until now, as far as it can stand."""
    fewest, rounding = said("fewest"), said("rounding")
    zone, region = said("timezone"), said("phone_region").upper()
    asked = re.split(r"[\s,]+", said("ask_purpose"))
    return {
        "timezone": zone if zone in available_timezones() else "UTC",
        "phone_region": region if re.fullmatch("[A-Z]{2}", region) else None,
        "fewest": int(fewest) if fewest.isdigit() and 3 <= int(fewest) <= 50 else 5,
        "rounding": int(rounding) if rounding in ROUNDINGS else 10,
        "asked": [word for word in ("registrants", "exports") if word in asked],
    }


def _write_first() -> None:
    insert = sa.text(
        "insert into country (id, timezone, phone_region, fewest, rounding, ask_purpose)"
        " values (1, :timezone, :phone_region, :fewest, :rounding, cast(:asked as text[]))"
    )
    op.get_bind().execute(insert, first_row(first_value))


def downgrade() -> None:
    op.drop_table("country")
    op.drop_column("area_levels", "labels")
    op.drop_column("approvals", "ages")
    op.drop_column("rosters", "ages")
    for table in KEPT:
        for verb in ("insert", "update", "delete"):
            op.execute(f"drop function changes_{table}_{verb}() cascade")
