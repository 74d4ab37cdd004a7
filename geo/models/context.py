"""Context layers: what is there whether or not there is a shock, to be measured against hazards."""

from datetime import date
from enum import StrEnum
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import ARRAY, BigInteger, Float, ForeignKey, Index, Integer
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Row, Words, states


class ContextKind(StrEnum):
    """What a context layer consists of."""

    GRID = "grid"
    POLYGONS = "polygons"
    LINES = "lines"
    POINTS = "points"
    TABLE = "table"


class ContextState(StrEnum):
    """Where a context layer is between a file and something to measure."""

    RECEIVED = "received"
    READ = "read"
    LOADED = "loaded"
    REFUSED = "refused"
    REMOVED = "removed"


class Counted(StrEnum):
    """What is counted of a layer: a number that each cell, shape or row holds, spread evenly over
    its ground; so many to a square kilometre; its features; kilometres of line; km2 of ground."""

    NUMBER = "number"
    DENSITY = "density"
    FEATURES = "features"
    LENGTH = "length"
    GROUND = "ground"


class ContextLayer(Row):
    """One layer of context: the file it came from, what of it is counted, and where it lies.

    `found` lists the parts of the file, for the page alone; `part` is the number of the one that
    was chosen. `measure` names what is counted, `total` how much of it the layer holds. `breaks`
    are the least values of the classes it is drawn in. `grid_sha256` is the normal form of a grid.
    """

    __tablename__ = "context_layers"
    __table_args__ = (Index(None, "state"),)

    name: Mapped[str]
    state: Mapped[ContextState] = mapped_column(states(ContextState), default=ContextState.RECEIVED)
    refusal: Mapped[str | None] = mapped_column(Words)
    removed_because: Mapped[str | None]
    original_name: Mapped[str]
    original_sha256: Mapped[str]
    original_bytes: Mapped[int] = mapped_column(BigInteger)
    found: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    part: Mapped[int | None] = mapped_column(Integer)
    kind: Mapped[ContextKind | None] = mapped_column(states(ContextKind))
    counted: Mapped[Counted | None] = mapped_column(states(Counted))
    measure: Mapped[str | None]
    value_field: Mapped[str | None]
    name_field: Mapped[str | None]
    crs: Mapped[str | None]
    source: Mapped[str | None]
    licence: Mapped[str | None]
    observed_on: Mapped[date | None]
    features: Mapped[int | None] = mapped_column(BigInteger)
    total: Mapped[float | None]
    breaks: Mapped[list[float] | None] = mapped_column(ARRAY(Float))
    grid_sha256: Mapped[str | None]
    bounds: Mapped[WKBElement | None] = mapped_column(Geometry("POLYGON", srid=4326))
    loaded_by: Mapped[int] = mapped_column(BigInteger)


class ContextFeature(Row):
    """One site, line, shape or row of a table; a row has the area of its code and no shape.

    `value` is what the whole of it counts for, `density` the same to a square kilometre, by which
    it is coloured; sites and lines have none.
    """

    __tablename__ = "context_features"

    layer_id: Mapped[int] = mapped_column(
        ForeignKey("context_layers.id", ondelete="CASCADE"), index=True
    )
    area_id: Mapped[int | None] = mapped_column(
        ForeignKey("areas.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str | None]
    value: Mapped[float]
    density: Mapped[float | None]
    shape: Mapped[WKBElement | None] = mapped_column(Geometry("GEOMETRY", srid=4326))


class ContextFigure(Base):
    """How much of a layer an area holds, and how much of that a release hits or did not observe.

    What is neither hit nor unobserved is dry. *Hit* is what lies on the keep side of the release's
    floor.
    """

    __tablename__ = "context_figures"

    release_id: Mapped[int] = mapped_column(
        ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    layer_id: Mapped[int] = mapped_column(
        ForeignKey("context_layers.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
    )
    area_id: Mapped[int] = mapped_column(
        ForeignKey("areas.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
    )
    total: Mapped[float]
    hit: Mapped[float]
    not_observed: Mapped[float]
