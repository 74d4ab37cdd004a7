"""Exposure: what a release says of a location, and of an area."""

from enum import StrEnum

from sqlalchemy import ARRAY, REAL, ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, states


class ExposureStatus(StrEnum):
    """What a stored row says; no row says *out*, if the place was observed and nothing is due.

    A row says *out* of those of whom more is known: they stand in permanent water.
    """

    IN = "in"
    OUT = "out"
    NOT_OBSERVED = "not_observed"


class Exposure(Base):
    """What one release says of a location: a value on the keep side of its floor, or not observed.

    Partitioned by release; a partition is loaded whole and attached when the release is published.
    `value` is that of the point, NULL where it has none. A place known within a circle of several
    values has the least and most of them in `low` and `high`, in `curve` the values at 1/32, 3/32
    .. 31/32 of its observed ground, rising, and in `seen` the share that was observed; dry ground
    around an extent counts as the infinity furthest from being in. Of all others `low` and `high`
    are the value, and `curve` and `seen` are NULL. `why` (`geo.raster.reasons`) is why the place
    was not observed, or some of its circle, or that it stands in permanent water where it is out.
    """

    __tablename__ = "exposure"
    __table_args__ = ({"postgresql_partition_by": "LIST (release_id)"},)

    release_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    location_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    status: Mapped[ExposureStatus] = mapped_column(states(ExposureStatus))
    value: Mapped[float | None] = mapped_column(REAL)
    low: Mapped[float | None] = mapped_column(REAL)
    high: Mapped[float | None] = mapped_column(REAL)
    curve: Mapped[list[float] | None] = mapped_column(ARRAY(REAL))
    seen: Mapped[float | None] = mapped_column(REAL)
    why: Mapped[int | None] = mapped_column(SmallInteger)


class ExposureDue(Base):
    """A location a published release was not asked about yet; until then it is not observed."""

    __tablename__ = "exposure_due"
    __table_args__ = (Index(None, "location_id"),)

    release_id: Mapped[int] = mapped_column(
        ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    location_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class AreaExposure(Base):
    """What one release says of one area: shares are of the observed part, areas geodesic km2.

    *Hit* is what lies on the keep side of the release's floor. Of what was not observed the km2 are
    told by why, and of what was observed those in permanent water where nothing was hit; they are
    NULL where that was never asked. `low`, `high`, `seen` and `curve`
    are those of a circle (`Exposure`): they say what is known of who is known to live in the area.
    Of an area that was not observed `seen` is 0, of one that was never graded NULL.
    """

    __tablename__ = "area_exposure"

    release_id: Mapped[int] = mapped_column(
        ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    area_id: Mapped[int] = mapped_column(
        ForeignKey("areas.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
    )
    observed_km2: Mapped[float]
    hit_km2: Mapped[float]
    cells: Mapped[float | None]
    least: Mapped[float | None]
    mean: Mapped[float | None]
    most: Mapped[float | None]
    low: Mapped[float | None] = mapped_column(REAL)
    high: Mapped[float | None] = mapped_column(REAL)
    seen: Mapped[float | None] = mapped_column(REAL)
    curve: Mapped[list[float] | None] = mapped_column(ARRAY(REAL))
    water_km2: Mapped[float | None]
    outside_km2: Mapped[float | None]
    nodata_km2: Mapped[float | None]
    cloud_km2: Mapped[float | None]
    excluded_km2: Mapped[float | None]
