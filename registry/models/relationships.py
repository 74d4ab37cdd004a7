"""Ties between registrants beside belonging to one group."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Row
from registry.models.told_of import ToldOf


class Relationship(ToldOf, Row):
    """What one registrant is to another for a time, said in one direction only.

    The word of the other direction is the inverse of the word's; of a word that is its own inverse
    the registrant registered first stands first.
    """

    __tablename__ = "relationships"
    __table_args__ = (
        Index(
            "uq_relationships_current",
            "from_id",
            "to_id",
            "kind",
            unique=True,
            postgresql_where="ended_on is null",
            info={"refusal": "This is written down already; end it before it is written anew."},
        ),
        Index(None, "to_id"),
        CheckConstraint("from_id <> to_id", name="nobody_to_themselves"),
        CheckConstraint("ended_on >= started_on", name="ends_after_it_starts"),
    )

    from_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"))
    kind: Mapped[str]
    started_on: Mapped[date | None]
    ended_on: Mapped[date | None]
