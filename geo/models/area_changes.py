"""One map of areas taking the place of another: what became of each area, and who moved by it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Row, states


class AreaChangeState(StrEnum):
    """Whether a new map waits, is in force, or was given up."""

    STAGED = "staged"
    ENFORCED = "enforced"
    DROPPED = "dropped"


class AreaChange(Row):
    """A new map of areas beside the one in force, until somebody else puts it in force."""

    __tablename__ = "area_changes"
    __table_args__ = (
        Index(
            "uq_area_changes_staged",
            "state",
            unique=True,
            postgresql_where="state = 'staged'",
            info={"refusal": "Another map of areas is waiting already; give it up first."},
        ),
    )

    version: Mapped[str]
    from_version: Mapped[str]
    state: Mapped[AreaChangeState] = mapped_column(
        states(AreaChangeState), default=AreaChangeState.STAGED, server_default="staged"
    )
    staged_by: Mapped[int] = mapped_column(BigInteger)
    enforced_by: Mapped[int | None] = mapped_column(BigInteger)
    enforced_at: Mapped[datetime | None]


class Became(StrEnum):
    """What an area of the old map became in the new one."""

    SAME = "same"
    RENAMED = "renamed"
    RECODED = "recoded"
    SPLIT = "split"
    MERGED = "merged"
    MOVED = "moved"


class AreaLink(Base):
    """An area of the old map and one of the new that stands where it stood.

    `of_old` is the share of the old area's ground that lies in the new one, `of_new` the share of
    the new one's that came from the old; NULL where no shape tells. `given` by a file of codes.
    """

    __tablename__ = "area_links"

    change_id: Mapped[int] = mapped_column(
        ForeignKey("area_changes.id", ondelete="CASCADE"), primary_key=True
    )
    from_id: Mapped[int] = mapped_column(ForeignKey("areas.id"), primary_key=True, index=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("areas.id"), primary_key=True, index=True)
    became: Mapped[Became] = mapped_column(states(Became))
    of_old: Mapped[float | None]
    of_new: Mapped[float | None]
    given: Mapped[bool] = mapped_column(default=False, server_default="false")


class AreaSuccessor(Base):
    """Where everything of an old area goes that has nothing of its own to tell: to what the area
    became as a whole, else (`is_sure` is false) to what became of the one above. NULL: nowhere."""

    __tablename__ = "area_successors"

    change_id: Mapped[int] = mapped_column(
        ForeignKey("area_changes.id", ondelete="CASCADE"), primary_key=True
    )
    from_id: Mapped[int] = mapped_column(ForeignKey("areas.id"), primary_key=True)
    to_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    is_sure: Mapped[bool]


class PlaceMove(Base):
    """A place that comes into an area of another P-code by a new map, or into none that is sure.

    `area_id` is the old area, for the wall. `to_look_at` where the map alone does not tell: an area
    was divided and the place has no point.
    """

    __tablename__ = "place_moves"

    change_id: Mapped[int] = mapped_column(
        ForeignKey("area_changes.id", ondelete="CASCADE"), primary_key=True
    )
    location_id: Mapped[int] = mapped_column(
        ForeignKey("locations.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    to_area_id: Mapped[int | None] = mapped_column(BigInteger)
    to_look_at: Mapped[bool] = mapped_column(default=False, server_default="false")
