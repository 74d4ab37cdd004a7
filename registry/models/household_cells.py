"""Households counted beforehand by the cells of the grid, so that a drawing is answered at once."""

from datetime import date, datetime
from enum import IntEnum

from sqlalchemy import ARRAY, REAL, BigInteger, ForeignKey, LargeBinary, SmallInteger, func
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Row


class CountedRelease(Base):
    """A release whose households were counted by cell: for which day's ages and which bins."""

    __tablename__ = "counted_releases"

    release_id: Mapped[int] = mapped_column(
        ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    ages_on: Mapped[date]
    edges: Mapped[list[float] | None] = mapped_column(ARRAY(REAL))
    counted_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Grain(IntEnum):
    """What a row of household cells holds where it is no count by cells of a grain."""

    HOUSEHOLDS = 0  # one by one, in tiles of 4 x 4 grid cells
    GRADED = 1  # of the same those that are graded
    POINTLESS = -1  # counts of those without a point; one row, cell 0
    TREE = -2  # the areas that all the others tell of by their places in it; one row, cell 0
    POINTLESS_SHARES = -3  # sixteenths of those without a point; one row, cell 0


SHARES = 1  # added to a grain of counts: the sixteenths of graded households in the same cells


class HouseholdCell(Base):
    """The households of one cell, packed as registry.counting.packed says.

    Grains 2, 4 and 6 hold counts in cells of 4, 16 and 64 grid cells a side, 3, 5 and 7 sixteenths
    in the same, the others what `Grain` says. Partitioned by release; a partition is filled before
    it is attached.
    """

    __tablename__ = "household_cells"
    __table_args__ = ({"postgresql_partition_by": "LIST (release_id)"},)

    release_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    grain: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    cell: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    packed: Mapped[bytes] = mapped_column(LargeBinary)


class HouseholdTile(Base):
    """The households of one tile in 32 x 32 cells, packed as registry.counting.tiles says."""

    __tablename__ = "household_tiles"

    release_id: Mapped[int] = mapped_column(
        ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    zoom: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    x: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    y: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    packed: Mapped[bytes] = mapped_column(LargeBinary)


class StaleCell(Row):
    """A grid cell in which something changed after it was counted; written by triggers.

    Cell -2 stands for more changes than were noted one by one; -3 and below for those without a
    point, by the key of their area (registry.queries.stale_cells).
    """

    __tablename__ = "stale_cells"

    cell: Mapped[int] = mapped_column(BigInteger)
