"""Questions of several hazards and releases made of releases."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    together = sa.Enum(
        "all_of", "worst_of", name="together", native_enum=False, create_constraint=True
    )
    op.add_column(
        "selections", sa.Column("together", together, server_default="all_of", nullable=False)
    )
    direction = sa.Enum(
        "at_least", "at_most", name="direction", native_enum=False, create_constraint=True
    )
    op.create_table(
        "selection_clauses",
        sa.Column("selection_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column("direction", direction, nullable=False),
        sa.Column("threshold", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["selection_id"],
            ["selections.id"],
            name=op.f("fk_selection_clauses_selection_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_selection_clauses_release_id"),
        ),
        sa.PrimaryKeyConstraint("selection_id", "place", name=op.f("pk_selection_clauses")),
    )
    _releases_made_of_releases()
    op.create_index(
        op.f("ix_selection_clauses_release_id"), "selection_clauses", ["release_id"], unique=False
    )


def _releases_made_of_releases() -> None:
    operation = sa.Enum(
        "maximum", "ever", "days", name="operation", native_enum=False, create_constraint=True
    )
    op.add_column("releases", sa.Column("operation", operation, nullable=True))
    op.add_column("releases", sa.Column("operand", sa.Double(), nullable=True))
    op.add_column("releases", sa.Column("recipe", sa.String(), nullable=True))
    op.add_column("releases", sa.Column("most_sha256", sa.String(), nullable=True))
    op.create_index(op.f("ix_releases_recipe"), "releases", ["recipe"], unique=False)
    op.create_table(
        "release_parents",
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_release_parents_release_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["releases.id"], name=op.f("fk_release_parents_parent_id")
        ),
        sa.PrimaryKeyConstraint("release_id", "place", name=op.f("pk_release_parents")),
    )
    op.create_index(
        op.f("ix_release_parents_parent_id"), "release_parents", ["parent_id"], unique=False
    )
