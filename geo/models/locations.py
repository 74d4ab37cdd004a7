"""The places registrants stand at. A location never knows who stands there."""

from datetime import datetime
from enum import StrEnum

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Row, states


class LocationSource(StrEnum):
    """How a place became known, from the surest to the vaguest."""

    GPS = "gps"
    BUILDING = "building"
    ADDRESS = "address"
    SETTLEMENT = "settlement"
    AREA = "area"


class Location(Row):
    """A point on the ground with its accuracy, or an area only where the point is not known.

    Longitude and latitude are degrees (EPSG:4326); accuracy is the radius in metres. `cell` numbers
    a grid of 0.0055 degrees in blocks of 64 x 64 cells, so that neighbours lie together. The stated
    area is the one that was named beside the point; `area_id` is the one the point lies in.
    """

    __tablename__ = "locations"
    __table_args__ = (
        CheckConstraint("(lon is null) = (lat is null)", name="both_or_neither"),
        CheckConstraint("lon between -180 and 180 and lat between -90 and 90", name="on_the_globe"),
        CheckConstraint("lon is not null or area_id is not null", name="point_or_area"),
        Index(None, "area_id"),
        Index(None, "cell"),
        Index("ix_locations_circles", "cell", postgresql_where=text("accuracy_m > 0")),
        Index(
            "ix_locations_stated",
            "stated_area_id",
            postgresql_where=text("stated_area_id is not null"),
        ),
        Index("ix_locations_wide", "accuracy_m", postgresql_where=text("accuracy_m > 500")),
    )

    lon: Mapped[float | None]
    lat: Mapped[float | None]
    point: Mapped[WKBElement | None] = mapped_column(
        Geometry("POINT", srid=4326),
        Computed("ST_SetSRID(ST_MakePoint(lon, lat), 4326)", persisted=True),
    )
    cell: Mapped[int | None] = mapped_column(Computed("grid_cell(lon, lat)", persisted=True))
    accuracy_m: Mapped[float | None]
    source: Mapped[LocationSource] = mapped_column(states(LocationSource))
    taken_at: Mapped[datetime | None]
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    stated_area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
