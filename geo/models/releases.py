"""Releases: the versions of a hazard layer, each a file whose meaning was confirmed."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Row, Words, states
from geo.models.events import LayerKind


class ReleaseState(StrEnum):
    """Where a release is between a file and a fact."""

    RECEIVED = "received"
    ASKED = "asked"  # which part of the file is meant, or where it lies
    READ = "read"
    CONFIRMED = "confirmed"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


class Direction(StrEnum):
    """On which side of a threshold a value counts as in; the threshold itself counts as in."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class ObservedRule(StrEnum):
    """How the analyst said what a release could see; outside of that nothing is known."""

    CELLS = "cells"  # every cell that holds a value
    BOX = "box"  # everything inside the bounding box of the file
    LAYER = "layer"  # the shapes of a second file, or of another layer of the file
    COUNTRY = "country"


class Operation(StrEnum):
    """How releases are put together."""

    MAXIMUM = "maximum"  # the worst value of any of them
    EVER = "ever"  # whether any of them met a threshold
    DAYS = "days"  # how many of them did
    DISTANCE = "distance"  # how far it is from the one there is


class Release(Row):
    """One version of a hazard layer: the original file, what it was said to mean, and its state.

    `found` is what the reader saw in the file (CRS, size, band, nodata, layers, warnings), for the
    page alone; what counts in queries has a column. `floor` is the least (or most) value that is
    stored of each location. `grid_sha256` is the normal form of a raster, `lookup_sha256` the file
    places are looked up in, `reasons_sha256` a grid of why cells of the first have no value.
    `histogram` counts raster cells, or square kilometres of extent, in the 256 bins between
    `histogram_edges`. `refusal` says why the file was refused, or what is asked of it.

    Which part of the file is meant is said by `file_in_archive`, `layer_in_file`, `variable`,
    `time_in_file` and `band`; `crs`, `value_field`, `extra_nodata` and `zeros` ("value", "unseen")
    are what the analyst said where the file did not speak for itself. `code_field` is the column of
    area codes of a table. Until it is confirmed, the meaning is what the family of its `product`
    says of it; `day_only` says that the hour of `observed_at` is not known. A flood over permanent
    water is none, unless `water_floods`.

    `last_asked` is the key of the last place that was there when its event was closed: places
    written later are not asked about, and are not observed. `outlined_at` is when the classes of a
    raster were outlined (`geo.models.release_outlines`).
    """

    __tablename__ = "releases"
    __table_args__ = (
        UniqueConstraint("layer_id", "number"),
        Index(None, "original_sha256"),
        Index(
            "uq_releases_event_original",
            "event_id",
            "original_sha256",
            unique=True,
            postgresql_where="state not in ('refused', 'withdrawn')",
            info={"refusal": "This file was sent to this event a moment ago; reload the page."},
        ),
        Index(None, "state"),
    )

    layer_id: Mapped[int | None] = mapped_column(ForeignKey("layers.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    number: Mapped[int | None] = mapped_column(Integer)
    state: Mapped[ReleaseState] = mapped_column(states(ReleaseState), default=ReleaseState.RECEIVED)
    refusal: Mapped[str | None] = mapped_column(Words)
    original_name: Mapped[str]
    original_sha256: Mapped[str]
    original_bytes: Mapped[int] = mapped_column(BigInteger)
    original_url: Mapped[str | None]
    kind: Mapped[LayerKind | None] = mapped_column(states(LayerKind))
    found: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    measure: Mapped[str | None]
    unit: Mapped[str | None]
    direction: Mapped[Direction] = mapped_column(states(Direction), default=Direction.AT_LEAST)
    floor: Mapped[float | None]
    observed_at: Mapped[datetime | None]
    day_only: Mapped[bool] = mapped_column(default=False, server_default="false")
    water_floods: Mapped[bool] = mapped_column(default=False, server_default="false")
    forecast: Mapped[bool] = mapped_column(default=False, server_default="false")
    product: Mapped[str | None]
    product_title: Mapped[str | None] = mapped_column(Words)
    source: Mapped[str | None]
    licence: Mapped[str | None]
    band: Mapped[int | None] = mapped_column(SmallInteger)
    file_in_archive: Mapped[str | None]
    layer_in_file: Mapped[str | None]
    variable: Mapped[str | None]
    time_in_file: Mapped[str | None]
    value_field: Mapped[str | None]
    code_field: Mapped[str | None]
    zeros: Mapped[str | None]
    extra_nodata: Mapped[list[float] | None] = mapped_column(ARRAY(Float))
    crs: Mapped[str | None]
    observed_rule: Mapped[ObservedRule | None] = mapped_column(states(ObservedRule))
    observed_name: Mapped[str | None]
    observed_sha256: Mapped[str | None]
    observed_layer: Mapped[str | None]
    grid_sha256: Mapped[str | None]
    reasons_sha256: Mapped[str | None]
    lookup_sha256: Mapped[str | None]
    bounds: Mapped[WKBElement | None] = mapped_column(Geometry("POLYGON", srid=4326))
    histogram: Mapped[list[float] | None] = mapped_column(ARRAY(Float))
    histogram_edges: Mapped[list[float] | None] = mapped_column(ARRAY(Float))
    uploaded_by: Mapped[int] = mapped_column(BigInteger)
    confirmed_by: Mapped[int | None] = mapped_column(BigInteger)
    looked_over_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    withdrawn_because: Mapped[str | None]
    last_asked: Mapped[int | None] = mapped_column(BigInteger)
    outlined_at: Mapped[datetime | None]
    # Of a release made of others (`release_parents`): how, at which threshold or how far, their
    # digest, and the most the values may be where they are known within bounds only: a grid, or of
    # an extent the file places are looked up in.
    operation: Mapped[Operation | None] = mapped_column(states(Operation))
    operand: Mapped[float | None]
    recipe: Mapped[str | None] = mapped_column(index=True)
    most_sha256: Mapped[str | None]


class ReleasePart(Row):
    """A piece of a release's extent of at most 256 vertices, with the value it stands for."""

    __tablename__ = "release_parts"

    release_id: Mapped[int] = mapped_column(
        ForeignKey("releases.id", ondelete="CASCADE"), index=True
    )
    value: Mapped[float]
    part: Mapped[WKBElement] = mapped_column(Geometry("POLYGON", srid=4326))


class ReleaseObserved(Row):
    """A piece of what a release could see; outside all of them nothing is known."""

    __tablename__ = "release_observed"

    release_id: Mapped[int] = mapped_column(
        ForeignKey("releases.id", ondelete="CASCADE"), index=True
    )
    part: Mapped[WKBElement] = mapped_column(Geometry("POLYGON", srid=4326))


class ReleaseWater(Row):
    """A piece of permanent water in what a release could see; nothing of its extent lies in it,
    unless floods over it count."""

    __tablename__ = "release_water"

    release_id: Mapped[int] = mapped_column(
        ForeignKey("releases.id", ondelete="CASCADE"), index=True
    )
    part: Mapped[WKBElement] = mapped_column(Geometry("POLYGON", srid=4326))
