"""Findings: what looks odd about a release that is about to be published."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, states


class Code(StrEnum):
    """What may be odd about a release."""

    OUTSIDE_COUNTRY = "outside_country"
    SWAPPED_AXES = "swapped_axes"
    HALF_COUNTRY = "half_country"
    SEA = "sea"
    BEFORE_EVENT = "before_event"
    PICTURE = "picture"
    IMPLAUSIBLE = "implausible"
    NODATA_SPIKE = "nodata_spike"
    AREA_LOST = "area_lost"
    SAME_AS_PREVIOUS = "same_as_previous"


BLOCKS = frozenset({Code.OUTSIDE_COUNTRY})
"""What nobody can accept: such a release says nothing of anybody here."""


class ReleaseFinding(Base):
    """One thing that looks odd about a release, the figures that show it, and who took it on them.

    What `figure` and `beside` count is said in `geo.finding_words`.
    """

    __tablename__ = "release_findings"

    release_id: Mapped[int] = mapped_column(
        ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True
    )
    code: Mapped[Code] = mapped_column(states(Code), primary_key=True)
    figure: Mapped[float]
    beside: Mapped[float | None]
    accepted_by: Mapped[int | None] = mapped_column(BigInteger)
    accepted_at: Mapped[datetime | None]
