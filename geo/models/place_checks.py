"""What is doubtful about places, and the looks that found it."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, Text, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Row, states


class Doubt(StrEnum):
    """Why a place cannot quite be believed, the gravest first."""

    SWAPPED = "swapped"
    ZERO = "zero"
    FOREIGN = "foreign"
    OUTSIDE_AREA = "outside_area"
    CROWDED = "crowded"
    CENTROID = "centroid"
    ROUND = "round"
    INACCURATE = "inaccurate"
    STALE = "stale"


class PlaceCheck(Base):
    """A place somebody stands at that is doubted, or was until somebody said it is right.

    `codes` are the doubts that are open, `accepted` those somebody took on them. `area_id` is the
    area of the place, else the one that was stated, for the wall. A place that nothing is odd about
    has no row.
    """

    __tablename__ = "place_checks"
    __table_args__ = (Index("ix_place_checks_open", "area_id", postgresql_where="codes <> '{}'"),)

    location_id: Mapped[int] = mapped_column(
        ForeignKey("locations.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    codes: Mapped[Sequence[str]] = mapped_column(ARRAY(Text))
    accepted: Mapped[Sequence[str]] = mapped_column(ARRAY(Text), server_default="{}")
    accepted_by: Mapped[int | None] = mapped_column(BigInteger)
    accepted_at: Mapped[datetime | None]
    looked_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PlaceLook(Row):
    """One look over places: at all of them, or at those that came since the look before.

    `upto` is the highest key of a place there was then.
    """

    __tablename__ = "place_looks"

    upto: Mapped[int]
    whole: Mapped[bool]


class CorrectionKind(StrEnum):
    """What is done about doubted places."""

    TURN = "turn"
    AREA_ONLY = "area_only"
    MOVE = "move"
    SHIFT = "shift"
    EACH = "each"
    SNAP = "snap"
    ACCEPT = "accept"
    UNDO = "undo"


class PlaceCorrection(Row):
    """Many places corrected in one act: those of one work list, in one area or in all (None).

    `listed` is the code of the list, `places` how many places were changed or accepted; `undoes_id`
    is the correction this one took back.
    """

    __tablename__ = "place_corrections"
    __table_args__ = (
        UniqueConstraint("undoes_id", info={"refusal": "This correction is undone already."}),
    )

    kind: Mapped[CorrectionKind] = mapped_column(states(CorrectionKind))
    listed: Mapped[str]
    area_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    places: Mapped[int] = mapped_column(default=0, server_default="0")
    made_by: Mapped[int] = mapped_column(BigInteger)
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("place_corrections.id"))


class CorrectedPlace(Base):
    """A place that a correction made, and the one whose turn it took; None where somebody stood
    nowhere. `area_id` is the area of the place before, else of the new one, for the wall."""

    __tablename__ = "corrected_places"

    correction_id: Mapped[int] = mapped_column(
        ForeignKey("place_corrections.id", ondelete="CASCADE"), primary_key=True
    )
    location_id: Mapped[int] = mapped_column(
        ForeignKey("locations.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    before_id: Mapped[int | None] = mapped_column(
        ForeignKey("locations.id", ondelete="CASCADE"), index=True
    )
    area_id: Mapped[int | None] = mapped_column(BigInteger)
