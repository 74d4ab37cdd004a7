"""Graded evidence: what part of a place is in, and questions of several hazards."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# Places within a circle were asked as points; a superseded release is asked again, too.
ASK_CIRCLES_AGAIN = """
    insert into exposure_due (release_id, location_id)
    select r.id, l.id
    from releases r
    join locations l on l.accuracy_m > 0
     and l.lon between st_xmin(r.bounds) and st_xmax(r.bounds)
     and l.lat between st_ymin(r.bounds) and st_ymax(r.bounds)
    where r.state in ('published', 'superseded')
    on conflict do nothing
"""


def upgrade() -> None:
    op.add_column("exposure", sa.Column("curve", sa.ARRAY(sa.REAL()), nullable=True))
    op.add_column("exposure", sa.Column("seen", sa.REAL(), nullable=True))
    for figure in ("low", "high", "seen"):
        op.add_column("area_exposure", sa.Column(figure, sa.REAL(), nullable=True))
    op.add_column("area_exposure", sa.Column("curve", sa.ARRAY(sa.REAL()), nullable=True))
    op.create_index(
        "ix_locations_wide",
        "locations",
        ["accuracy_m"],
        unique=False,
        postgresql_where=sa.text("accuracy_m > 500"),
    )
    evidence = sa.Enum(
        "confirmed", "probable", name="evidence", native_enum=False, create_constraint=True
    )
    op.add_column(
        "selections",
        sa.Column("evidence", evidence, server_default="confirmed", nullable=False),
    )
    op.add_column("rosters", sa.Column("households_expected", sa.Double(), nullable=True))
    op.add_column("roster_members", sa.Column("share", sa.REAL(), nullable=True))
    op.execute(ASK_CIRCLES_AGAIN)
    op.execute("delete from counted_releases")  # of points alone: they are counted again
