"""What analysts said of the files of a product, to be offered for its next file."""

from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, Float, ForeignKey, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, states
from geo.models.releases import Direction, ObservedRule
from geo.products.meaning import Means


class ProductAnswer(Base):
    """What the last confirmed file of a product was said to mean, by whom and when."""

    __tablename__ = "product_answers"

    product: Mapped[str] = mapped_column(primary_key=True)
    measure: Mapped[str]
    unit: Mapped[str]
    direction: Mapped[Direction] = mapped_column(states(Direction))
    floor: Mapped[float | None]
    zeros: Mapped[str | None]
    extra_nodata: Mapped[list[float] | None] = mapped_column(ARRAY(Float))
    observed_rule: Mapped[ObservedRule | None] = mapped_column(states(ObservedRule))
    value_field: Mapped[str | None]
    source: Mapped[str]
    licence: Mapped[str]
    answered_by: Mapped[int] = mapped_column(BigInteger)
    answered_at: Mapped[datetime]


class ProductClass(Base):
    """What one code of a product was said to mean; a code that is a value has no row."""

    __tablename__ = "product_classes"

    product: Mapped[str] = mapped_column(
        ForeignKey("product_answers.product", ondelete="CASCADE"), primary_key=True
    )
    code: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(SmallInteger)
    means: Mapped[Means] = mapped_column(states(Means))
    value: Mapped[float | None]
    plus: Mapped[float] = mapped_column(server_default="0")
