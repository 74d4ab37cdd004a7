"""What was read of the file of a release: its parts, what they mean, and what had to be mended."""

from enum import StrEnum

from sqlalchemy import ARRAY, BigInteger, Float, ForeignKey, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Row, Words, states
from geo.products.meaning import Means
from geo.products.parts import PartKind


class FilePart(Row):
    """One thing of a release's file that can be read by itself, to be picked on screen.

    `number` counts from 1 in the order of the file; `file` is a path inside an archive; `bounds`
    are west, south, east, north in its own system. `says` is why it cannot be used, where it
    cannot. `picture_sha256` is a small picture of it.
    """

    __tablename__ = "file_parts"
    __table_args__ = (UniqueConstraint("release_id", "number"),)

    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[PartKind] = mapped_column(states(PartKind))
    title: Mapped[str] = mapped_column(Words)
    file: Mapped[str | None]
    layer: Mapped[str | None]
    variable: Mapped[str | None]
    time: Mapped[str | None]
    band: Mapped[int | None] = mapped_column(SmallInteger)
    crs: Mapped[str | None]
    size: Mapped[str] = mapped_column(Words)
    unit: Mapped[str | None]
    columns: Mapped[list[str]] = mapped_column(ARRAY(String), server_default="{}")
    bounds: Mapped[list[float] | None] = mapped_column(ARRAY(Float))
    says: Mapped[str] = mapped_column(Words, server_default="")
    picture_sha256: Mapped[str | None]


class Role(StrEnum):
    """What another part of a file says of the part that is meant."""

    OBSERVED = "observed"  # where the product could see
    BOUNDED = "bounded"  # within which it could, at most
    WATER = "water"  # where water always is
    EXCLUDED = "excluded"  # where it cannot tell
    TILE = "tile"  # more of the same, laid beside it


class Companion(Base):
    """Another part of a release's file that says something of the one that is meant."""

    __tablename__ = "release_companions"

    release_id: Mapped[int] = mapped_column(
        ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[Role] = mapped_column(states(Role), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class ReleaseClass(Base):
    """What one code of a release's file means; `count` is on how many cells or shapes it stands.

    A place of the class has `value`; where that is NULL, its code plus `plus`.
    """

    __tablename__ = "release_classes"

    release_id: Mapped[int] = mapped_column(
        ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True
    )
    place: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    code: Mapped[str]
    label: Mapped[str] = mapped_column(Words)
    means: Mapped[Means] = mapped_column(states(Means))
    value: Mapped[float | None]
    plus: Mapped[float] = mapped_column(server_default="0")
    count: Mapped[int | None] = mapped_column(BigInteger)


class ReleaseRepair(Base):
    """One shape of a release's file (from 1) that was changed, and its ground before and after."""

    __tablename__ = "release_repairs"

    release_id: Mapped[int] = mapped_column(
        ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True
    )
    feature: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(Words)
    before_km2: Mapped[float]
    after_km2: Mapped[float]
