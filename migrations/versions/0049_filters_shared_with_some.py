"""A filter is shared with a role, an organisation or who works in an area, and has versions; the
groups that are counted are found by area without a look at their rows."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

BEFORE = ("none", "everybody")
NOW = ("none", "role", "organisation", "area", "everybody")


def upgrade() -> None:
    _may_be(BEFORE, NOW)
    op.add_column("filters", sa.Column("shared_with", sa.String()))
    op.add_column(
        "filters", sa.Column("version", sa.BigInteger(), server_default="1", nullable=False)
    )
    op.create_index(
        "ix_registrants_groups",
        "registrants",
        ["area_id"],
        postgresql_include=["id", "location_id"],
        postgresql_where="kind = 'group' and state = 'active'",
    )
    op.create_check_constraint(
        op.f("ck_filters_shared_with_whom"),
        "filters",
        "(shared_with is null) = (shared in ('none', 'everybody'))",
    )


def downgrade() -> None:
    op.drop_index("ix_registrants_groups", "registrants")
    op.drop_constraint("ck_filters_shared_with_whom", "filters")
    op.drop_column("filters", "version")
    op.drop_column("filters", "shared_with")
    op.execute("update filters set shared = 'none' where shared <> 'everybody'")
    _may_be(NOW, BEFORE)


def _may_be(was: tuple[str, ...], words: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_filters_shared"), "filters")
    op.alter_column("filters", "shared", existing_type=_text(was), type_=_text(words))
    listed = ", ".join(f"'{word}'" for word in words)
    op.create_check_constraint(op.f("ck_filters_shared"), "filters", f"shared in ({listed})")


def _text(words: tuple[str, ...]) -> sa.String:
    return sa.String(max(map(len, words)))
