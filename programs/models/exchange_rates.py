"""Exchange rates: what one currency is worth in another, from a day on, as somebody wrote it."""

from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Row
from programs.models.programs import Rate


class ExchangeRate(Row):
    """From a day on, one unit of a currency is `rate` units of another; of one day the latest
    counts."""

    __tablename__ = "exchange_rates"
    __table_args__ = (
        CheckConstraint("rate > 0", name="rate_positive"),
        CheckConstraint("from_currency <> to_currency", name="two_currencies"),
        Index(None, "from_currency", "to_currency", "on_day"),
    )

    from_currency: Mapped[str]
    to_currency: Mapped[str]
    rate: Mapped[Decimal] = mapped_column(Rate)
    on_day: Mapped[date]
    author: Mapped[str]
    made_by: Mapped[int] = mapped_column(BigInteger)
