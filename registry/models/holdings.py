"""Who holds which plot."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Row
from registry.models.told_of import ToldOf


class Holding(ToldOf, Row):
    """A plot in the hands of a registrant for a time: by which right, and what it is used for.

    `tenure` and `use` are words of the lists `tenure` and `land_use`.
    """

    __tablename__ = "holdings"
    __table_args__ = (
        Index(
            "uq_holdings_current",
            "registrant_id",
            "plot_id",
            unique=True,
            postgresql_where="until is null",
            info={"refusal": "They hold this plot already."},
        ),
        Index(None, "plot_id"),
        CheckConstraint("until >= from_day", name="ends_after_it_begins"),
    )

    registrant_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"))
    plot_id: Mapped[int] = mapped_column(ForeignKey("plots.id", ondelete="CASCADE"))
    tenure: Mapped[str]
    use: Mapped[str]
    crop: Mapped[str | None]
    from_day: Mapped[date | None]
    until: Mapped[date | None]
