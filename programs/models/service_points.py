"""Service points: where help is handed over."""

from sqlalchemy import ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Row


class ServicePoint(Row):
    """A school, a clinic, a market, a post office: a place with a capacity."""

    __tablename__ = "service_points"
    __table_args__ = (
        UniqueConstraint("code", info={"refusal": "This code of a service point is in use."}),
    )

    code: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.id"))
    capacity: Mapped[int | None] = mapped_column(Integer)
