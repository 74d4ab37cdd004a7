"""Classes of grids have outlines, keys may be made to see places, and closed events owe nothing."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
LOOKED_AT = ("in", "probable", "not_observed")

# The last place that is there, whoever asks: reach does not change which places were asked about.
LAST_PLACE = """
create function last_place() returns bigint language sql stable
security definer set search_path = public, pg_temp as $$
    select coalesce(max(id), 0) from locations
$$
"""

# Who opens an event again may see a part of the places that were written meanwhile; all are owed.
OWE_MISSED = """
create function owe_missed(event bigint) returns bigint language sql volatile
security definer set search_path = public, pg_temp as $$
    with missed as (
        insert into exposure_due (release_id, location_id)
        select r.id, l.id from releases r join locations l on l.id > r.last_asked
        where r.event_id = event and r.state in ('published', 'superseded') and l.lon is not null
        on conflict do nothing
        returning location_id)
    select count(distinct location_id) from missed
$$
"""

# Of events that were closed before, every place was asked about until now, or is owed its answer.
CLOSED_BEFORE = """
    update releases r set last_asked = last_place()
    from events e where e.id = r.event_id and e.state = 'closed'
"""


def upgrade() -> None:
    op.add_column("releases", sa.Column("last_asked", sa.BigInteger(), nullable=True))
    op.add_column("releases", sa.Column("outlined_at", MOMENT, nullable=True))
    op.add_column("api_keys", sa.Column("purpose", sa.String(), nullable=True))
    for statement in (LAST_PLACE, OWE_MISSED, CLOSED_BEFORE):
        op.execute(statement)
    op.create_table(
        "release_outlines",
        sa.Column(
            "release_id",
            sa.BigInteger(),
            sa.ForeignKey("releases.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(*LOOKED_AT, name="outlinestatus", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("low", sa.Float(), nullable=True),
        sa.Column("high", sa.Float(), nullable=True),
        sa.Column("why", sa.SmallInteger(), nullable=True),
        sa.Column("part", Geometry("POLYGON", srid=4326, spatial_index=False), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), primary_key=True),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
    )
    op.create_index("ix_release_outlines_release_id", "release_outlines", ["release_id"])
    op.create_index(
        "idx_release_outlines_part", "release_outlines", ["part"], postgresql_using="gist"
    )
