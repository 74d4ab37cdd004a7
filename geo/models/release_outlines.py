"""Outlines of releases: the cells of a raster as polygons, by class."""

from enum import StrEnum

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import ForeignKey, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Row, states


class OutlineStatus(StrEnum):
    """What is known of the ground of an outline; ground that is out has none."""

    IN = "in"
    PROBABLE = "probable"
    NOT_OBSERVED = "not_observed"


class ReleaseOutline(Row):
    """A piece of a class of a raster release, of at most 256 vertices.

    Its values go from `low` to `high` (`geo.classes.levels_of`), NULL where the class is open, and
    both where nothing was observed; `why` says why not (`geo.raster.reasons`). *Probable* is ground
    known within bounds that reach from one class into another, or from out into one.
    """

    __tablename__ = "release_outlines"

    release_id: Mapped[int] = mapped_column(
        ForeignKey("releases.id", ondelete="CASCADE"), index=True
    )
    status: Mapped[OutlineStatus] = mapped_column(states(OutlineStatus))
    low: Mapped[float | None]
    high: Mapped[float | None]
    why: Mapped[int | None] = mapped_column(SmallInteger)
    part: Mapped[WKBElement] = mapped_column(Geometry("POLYGON", srid=4326))
