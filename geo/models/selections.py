"""Selections: a spatial question that was kept, and drawings too long for an address."""

from datetime import datetime
from enum import StrEnum

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, ForeignKey, SmallInteger, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Row, states
from geo.models.releases import Direction


class Combine(StrEnum):
    """How a drawn shape and picked areas go together."""

    UNION = "union"
    INTERSECTION = "intersection"


class Evidence(StrEnum):
    """The least evidence it takes for a household to count: that all of the circle or area it is
    known by is in, or that some of it is."""

    CONFIRMED = "confirmed"
    PROBABLE = "probable"


class Together(StrEnum):
    """How several hazards go together: all of them have to be met, or the worst of them counts."""

    ALL = "all_of"
    WORST = "worst_of"


class Selection(Row):
    """A kept spatial question: a shape, areas, what is excluded, and a hazard clause.

    With neither shape nor areas it asks about the whole country. Shapes are EPSG:4326. `evidence`
    is the least that who goes on with the answer takes; the answer itself has all of it. Where more
    hazards are asked than the one named here, `together` says how they go together.
    """

    __tablename__ = "selections"
    __table_args__ = (UniqueConstraint("code"),)

    code: Mapped[str]
    name: Mapped[str]
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    release_id: Mapped[int | None] = mapped_column(ForeignKey("releases.id"))
    direction: Mapped[Direction | None] = mapped_column(states(Direction))
    threshold: Mapped[float | None]
    combine: Mapped[Combine] = mapped_column(states(Combine), default=Combine.UNION)
    shape: Mapped[WKBElement | None] = mapped_column(Geometry("MULTIPOLYGON", srid=4326))
    without: Mapped[WKBElement | None] = mapped_column(Geometry("MULTIPOLYGON", srid=4326))
    made_by: Mapped[int] = mapped_column(BigInteger)
    evidence: Mapped[Evidence] = mapped_column(
        states(Evidence), default=Evidence.CONFIRMED, server_default=Evidence.CONFIRMED.value
    )
    together: Mapped[Together] = mapped_column(
        states(Together), default=Together.ALL, server_default=Together.ALL.value
    )


class SelectionClause(Base):
    """A hazard a selection asks beside its first one, in the order they were put."""

    __tablename__ = "selection_clauses"

    selection_id: Mapped[int] = mapped_column(
        ForeignKey("selections.id", ondelete="CASCADE"), primary_key=True
    )
    place: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id"), index=True)
    direction: Mapped[Direction] = mapped_column(states(Direction))
    threshold: Mapped[float | None]


class SelectionArea(Base):
    """An area picked into a selection, or taken out of it."""

    __tablename__ = "selection_areas"

    selection_id: Mapped[int] = mapped_column(
        ForeignKey("selections.id", ondelete="CASCADE"), primary_key=True
    )
    area_id: Mapped[int] = mapped_column(ForeignKey("areas.id"), primary_key=True)
    excluded: Mapped[bool] = mapped_column(default=False)


class Draft(Base):
    """A drawing of more than 50 vertices, kept so that the address can hold its code."""

    __tablename__ = "drafts"

    code: Mapped[str] = mapped_column(primary_key=True)
    shape: Mapped[WKBElement] = mapped_column(
        Geometry("MULTIPOLYGON", srid=4326, spatial_index=False)
    )
    made_by: Mapped[int] = mapped_column(BigInteger)
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
