"""Permanent water and what was left out stand apart in answers."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

STATUS = "exposurestatus"
MEANS = "in", "out", "not_observed", "permanent_water", "excluded"
APART = "water_km2", "outside_km2", "nodata_km2", "cloud_km2", "excluded_km2"

# Why a place was not observed was not kept; nor was who stands in permanent water, of whom there
# is no row. Both are asked again, unless the event is closed.
ASK_WHY = """
    insert into exposure_due (release_id, location_id)
    select e.release_id, e.location_id
    from exposure e
    join releases r on r.id = e.release_id
    join events on events.id = r.event_id and events.state <> 'closed'
    where e.status = 'not_observed' and r.state in ('published', 'superseded')
    union
    select r.id, l.id
    from releases r
    join events on events.id = r.event_id and events.state <> 'closed'
    join locations l on l.lon between st_xmin(r.bounds) and st_xmax(r.bounds)
     and l.lat between st_ymin(r.bounds) and st_ymax(r.bounds)
    where r.reasons_sha256 is not null and r.state in ('published', 'superseded')
    on conflict do nothing
"""


def upgrade() -> None:
    op.add_column("exposure", sa.Column("why", sa.SmallInteger(), nullable=True))
    _say("exposure", STATUS, "status", ("in", "out", "not_observed"))
    for table in ("release_classes", "product_classes"):
        _say(table, "means", "means", (*MEANS, "cloud"))
    for figure in APART:
        op.add_column("area_exposure", sa.Column(figure, sa.Double(), nullable=True))
    op.add_column(
        "releases",
        sa.Column("water_floods", sa.Boolean(), server_default="false", nullable=False),
    )
    op.create_table(
        "release_water",
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
            name=op.f("fk_release_water_release_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_water")),
    )
    op.create_index(op.f("ix_release_water_release_id"), "release_water", ["release_id"])
    op.create_index("idx_release_water_part", "release_water", ["part"], postgresql_using="gist")
    op.execute(ASK_WHY)
    op.execute("delete from counted_releases")  # without reasons: they are counted again


def _say(table: str, name: str, column: str, words: tuple[str, ...]) -> None:
    """Let a column hold these words."""
    named = op.f(f"ck_{table}_{name}")
    op.drop_constraint(named, table, type_="check")
    op.create_check_constraint(named, table, sa.column(column).in_(words))
