"""How files come in and what is noticed about them."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

CODES = (
    "outside_country",
    "swapped_axes",
    "half_country",
    "sea",
    "before_event",
    "picture",
    "implausible",
    "nodata_spike",
    "area_lost",
    "same_as_previous",
)

# Of the same bytes sent twice at once to an event, the ones that came later are set aside.
ONE_OF_THE_SAME = """
    update releases r
    set state = 'refused', refusal = 'The same bytes were sent twice at once; this is the second.'
    where r.state in ('received', 'read', 'confirmed') and exists (
        select 1 from releases o
        where o.event_id = r.event_id and o.original_sha256 = r.original_sha256
          and o.id < r.id and o.state not in ('refused', 'withdrawn'))
"""


def upgrade() -> None:
    op.add_column("releases", sa.Column("original_url", sa.String(), nullable=True))
    op.add_column(
        "releases", sa.Column("looked_over_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.execute(ONE_OF_THE_SAME)
    op.create_index(
        "uq_releases_event_original",
        "releases",
        ["event_id", "original_sha256"],
        unique=True,
        postgresql_where=sa.text("state not in ('refused', 'withdrawn')"),
    )
    code = sa.Enum(*CODES, name="code", native_enum=False, create_constraint=True)
    op.create_table(
        "release_findings",
        sa.Column(
            "release_id",
            sa.BigInteger(),
            sa.ForeignKey("releases.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("code", code, nullable=False),
        sa.Column("figure", sa.Float(), nullable=False),
        sa.Column("beside", sa.Float(), nullable=True),
        sa.Column("accepted_by", sa.BigInteger(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("release_id", "code"),
    )
