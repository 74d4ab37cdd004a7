"""Plots of land: their shapes, and what hazard maps say of them."""

from datetime import datetime
from enum import StrEnum

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import REAL, BigInteger, Computed, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Row, states


class PlotSource(StrEnum):
    """How the border of a plot became known."""

    DRAWN = "drawn"
    WALKED = "walked"
    IMPORTED = "imported"


class Plot(Row):
    """A piece of land, known outside by its number, `PLOT-` and 8 characters.

    Its size is geodesic; accuracy is that of its corners in metres. `area_id` is the leaf area its
    middle lies in, for the wall: land tells whose it is.
    """

    __tablename__ = "plots"
    __table_args__ = (UniqueConstraint("number"),)

    number: Mapped[str] = mapped_column(Computed("public_number('PLOT', id, 8)", persisted=True))
    shape: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=4326))
    km2: Mapped[float]
    source: Mapped[PlotSource] = mapped_column(states(PlotSource))
    accuracy_m: Mapped[float | None]
    taken_at: Mapped[datetime | None]
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"), index=True)
    made_by: Mapped[int | None] = mapped_column(BigInteger)


class PlotExposure(Base):
    """What one release says of one plot: the share of its ground that was observed, and that is on
    the keep side of the release's floor; 0 to 1."""

    __tablename__ = "plot_exposure"

    release_id: Mapped[int] = mapped_column(
        ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    plot_id: Mapped[int] = mapped_column(
        ForeignKey("plots.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
    )
    observed_share: Mapped[float] = mapped_column(REAL)
    hit_share: Mapped[float] = mapped_column(REAL)


class PlotDue(Base):
    """A plot a release was not asked about yet."""

    __tablename__ = "plot_due"

    release_id: Mapped[int] = mapped_column(
        ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    plot_id: Mapped[int] = mapped_column(
        ForeignKey("plots.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
    )
