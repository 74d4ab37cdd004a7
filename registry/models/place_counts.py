"""How well places are known, counted by area before anybody asks."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Integer
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Row


class PlaceCount(Base):
    """The registrants who stand for themselves in one area, by what is known of their places.

    `n` has the counts in the order of `registry.queries.place_health.NAMES`; the area 0 is that of
    those who are in none. It holds while no mark of its area is stale.
    """

    __tablename__ = "place_counts"

    area_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    n: Mapped[Sequence[int]] = mapped_column(ARRAY(Integer))


class StalePlaces(Row):
    """A mark that something counted in an area has changed; triggers write it."""

    __tablename__ = "stale_places"

    area_id: Mapped[int] = mapped_column(BigInteger)
