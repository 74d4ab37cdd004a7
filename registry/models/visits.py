"""What was found where somebody was visited or asked."""

from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Row
from registry.models.told_of import ToldOf


class Visit(ToldOf, Row):
    """One visit, survey or assessment of a registrant on a day; past `valid_until` it says nothing.

    `visited_by` is the user who was there. `instance_id` is what the form that was filled in calls
    it, so that the same form counts once.
    """

    __tablename__ = "visits"
    __table_args__ = (
        UniqueConstraint("instance_id", info={"refusal": "This form was sent before."}),
        Index(None, "registrant_id", "on_day"),
        CheckConstraint("valid_until >= on_day", name="valid_for_a_while"),
    )

    registrant_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"))
    kind: Mapped[str]
    on_day: Mapped[date]
    valid_until: Mapped[date | None]
    visited_by: Mapped[int] = mapped_column(BigInteger)
    instance_id: Mapped[str | None]
    note: Mapped[str | None]


class VisitAnswer(ToldOf, Base):
    """One answer of a visit: the field it answers, and its value in the column of its type."""

    __tablename__ = "visit_answers"
    __table_args__ = (
        Index(None, "registrant_id"),
        CheckConstraint("num_nonnulls(text, number, day, flag) <= 1", name="one_value"),
    )

    visit_id: Mapped[int] = mapped_column(
        ForeignKey("visits.id", ondelete="CASCADE"), primary_key=True
    )
    field: Mapped[str] = mapped_column(primary_key=True)
    registrant_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"))
    text: Mapped[str | None]
    number: Mapped[Decimal | None] = mapped_column(Numeric)
    day: Mapped[date | None]
    flag: Mapped[bool | None]
