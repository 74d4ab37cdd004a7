"""Records that may be of one and the same household or person, and what was decided about them."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ARRAY,
    REAL,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Row, states


class RunKind(StrEnum):
    """How a run judged its pairs: by fixed weights, or by a model learnt from the records."""

    FAST = "fast"
    MODEL = "model"


class PairState(StrEnum):
    """Whether a pair waits for somebody to look at it, and what they found."""

    OPEN = "open"
    MERGED = "merged"
    NOT_DUPLICATE = "not_duplicate"


class DuplicateRun(Row):
    """One search for duplicates: among whom, how many records and pairs it compared, what it found.

    `found` are the pairs at or above the least score, `fresh` those that were not known before.
    """

    __tablename__ = "duplicate_runs"

    kind: Mapped[RunKind] = mapped_column(states(RunKind))
    program_id: Mapped[int | None] = mapped_column(BigInteger)
    least: Mapped[float] = mapped_column(REAL)
    records: Mapped[int]
    compared: Mapped[int]
    found: Mapped[int]
    fresh: Mapped[int]
    seconds: Mapped[float] = mapped_column(REAL)
    asked_by: Mapped[int] = mapped_column(BigInteger)


class DuplicateBlock(Base):
    """What one rule of a run set side by side: groups of records alike in something.

    Groups with too many records are divided by area; those still too large are not compared, and
    `dropped` counts their records.
    """

    __tablename__ = "duplicate_blocks"

    run_id: Mapped[int] = mapped_column(ForeignKey("duplicate_runs.id"), primary_key=True)
    rule: Mapped[str] = mapped_column(primary_key=True)
    groups: Mapped[int]
    records: Mapped[int]
    pairs: Mapped[int]
    largest: Mapped[int]
    dropped: Mapped[int]


class DuplicatePair(Row):
    """Two registrants of one kind that may be the same, and what somebody decided.

    Whoever may not see both of them sees neither; `area_id` and `other_area_id` are their areas.
    A decided pair is never asked about again.
    """

    __tablename__ = "duplicate_pairs"
    __table_args__ = (
        UniqueConstraint("left_id", "right_id"),
        CheckConstraint("left_id < right_id", name="each_once"),
        Index(None, "right_id"),
        Index("ix_duplicate_pairs_open", "score", "id", postgresql_where="state = 'open'"),
    )

    left_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"))
    right_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"))
    score: Mapped[float] = mapped_column(REAL)
    reasons: Mapped[Sequence[str]] = mapped_column(ARRAY(Text))
    distance_m: Mapped[float | None] = mapped_column(REAL)
    same_roof: Mapped[bool] = mapped_column(default=False, server_default="false")
    run_id: Mapped[int] = mapped_column(ForeignKey("duplicate_runs.id"))
    state: Mapped[PairState] = mapped_column(
        states(PairState), default=PairState.OPEN, server_default="open"
    )
    decided_by: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]
    because: Mapped[str | None]
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    other_area_id: Mapped[int | None] = mapped_column(BigInteger)


class Merge(Row):
    """One registrant merged into another, until that is undone."""

    __tablename__ = "merges"
    __table_args__ = (
        Index("uq_merges_standing", "gone_id", unique=True, postgresql_where="undone_at is null"),
        Index(None, "kept_id"),
    )

    kept_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"))
    gone_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"))
    merged_by: Mapped[int] = mapped_column(BigInteger)
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(BigInteger)
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    other_area_id: Mapped[int | None] = mapped_column(BigInteger)


class MergeBefore(Base):
    """What a merge changed of one row: the columns it wrote, as they were and as it left them."""

    __tablename__ = "merge_befores"

    merge_id: Mapped[int] = mapped_column(ForeignKey("merges.id"), primary_key=True)
    table_name: Mapped[str] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    before: Mapped[dict[str, Any]] = mapped_column(JSONB)
    after: Mapped[dict[str, Any]] = mapped_column(JSONB)
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    other_area_id: Mapped[int | None] = mapped_column(BigInteger)


class MatchModel(Row):
    """What a model learnt: the settings it judges by, from how many records."""

    __tablename__ = "match_models"

    kind: Mapped[str]
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    records: Mapped[int]
    trained_by: Mapped[int] = mapped_column(BigInteger)
    trained_at: Mapped[datetime] = mapped_column(server_default=func.now())
