"""Where things stand: the tree of administrative areas, and the shapes made of them."""

from datetime import date

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Row


class AreaLevel(Base):
    """What one level of the tree is called: 0 country, 1 province, and so on down.

    `labels` are what it is called in other languages than the country's own, by their tag.
    """

    __tablename__ = "area_levels"

    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    name: Mapped[str]
    labels: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict, server_default="{}")


class Area(Row):
    """One version of one administrative area.

    `path` holds the keys of its ancestors, root first, itself last: `path[level + 1]` is its
    ancestor at a level, `path @> array[id]` are an area's descendants and itself. An area is `made`
    where no file gave its shape: it is the union of the areas below it.
    """

    __tablename__ = "areas"
    __table_args__ = (
        UniqueConstraint(
            "pcode",
            "version",
            info={"refusal": "This P-code is already there in this version; use another version."},
        ),
        Index(None, "path", postgresql_using="gin"),
        Index(None, "level", "pcode"),
        Index(
            "ix_areas_name", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}
        ),
        Index("ix_areas_lower_name", text("lower(name)")),
        Index("ix_areas_lower_name_local", text("lower(name_local)")),
        CheckConstraint("cardinality(path) = level + 1", name="path_reaches_the_root"),
    )

    pcode: Mapped[str]
    version: Mapped[str]
    level: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str]
    name_local: Mapped[str | None]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"), index=True)
    path: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    is_leaf: Mapped[bool] = mapped_column(default=False)
    made: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    km2: Mapped[float]
    centre: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))
    shape: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=4326))


class AreaPart(Row):
    """A piece of an area of at most 256 vertices, so that an index can do its work."""

    __tablename__ = "area_parts"

    area_id: Mapped[int] = mapped_column(ForeignKey("areas.id", ondelete="CASCADE"), index=True)
    level: Mapped[int] = mapped_column(SmallInteger)
    part: Mapped[WKBElement] = mapped_column(Geometry("POLYGON", srid=4326))


class AreaOutline(Base):
    """An area simplified for one zoom and coarser, in web mercator, for the tiles of the map."""

    __tablename__ = "area_outlines"
    __table_args__ = (Index(None, "level", "zoom"),)

    area_id: Mapped[int] = mapped_column(
        ForeignKey("areas.id", ondelete="CASCADE"), primary_key=True
    )
    zoom: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    level: Mapped[int] = mapped_column(SmallInteger)
    shape: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=3857))
