"""Targeting: whom a program is for as rows, lists that were pasted, and every run that judged."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Row, states
from programs.models.memberships import LeftOut, MembershipState


class Side(StrEnum):
    """Whether a block or a list takes households in or leaves them out."""

    TAKE = "take"
    LEAVE = "leave"


class TargetingBlock(Row):
    """One block of a program's rule: what a household and so many of its members have to meet.

    Those that take are alternatives, and together are the program's `eligibility`; whoever meets
    one that leaves out is left out. `household` and `member` are CQL2, both may be empty.
    """

    __tablename__ = "targeting_blocks"
    __table_args__ = (
        UniqueConstraint("program_id", "side", "place"),
        CheckConstraint("members >= 1", name="members_at_least_one"),
    )

    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id"))
    side: Mapped[Side] = mapped_column(states(Side))
    place: Mapped[int] = mapped_column(Integer)
    name: Mapped[str]
    household: Mapped[str]
    member: Mapped[str]
    members: Mapped[int] = mapped_column(Integer)


class Targeting(Row):
    """What a program says beside its blocks: the line on the map's value, and how many at most.

    `score` is the code of the score by which households stand in line, `lowest_first` from which
    end of it.
    """

    __tablename__ = "targetings"
    __table_args__ = (
        UniqueConstraint("program_id"),
        CheckConstraint("most >= 0", name="most_not_negative"),
    )

    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id"))
    value: Mapped[Decimal | None]
    most: Mapped[int | None] = mapped_column(Integer)
    score: Mapped[str]
    lowest_first: Mapped[bool]


class TargetingQuota(Row):
    """How many households of one area a program takes at most, those of the areas below counted."""

    __tablename__ = "targeting_quotas"
    __table_args__ = (
        UniqueConstraint("program_id", "pcode"),
        CheckConstraint("households >= 0", name="households_not_negative"),
    )

    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id"))
    pcode: Mapped[str]
    households: Mapped[int] = mapped_column(Integer)


class TargetingList(Row):
    """Households that were named one by one, with the reason why they are taken or left out.

    `unknown` is how many of the numbers were none of a household.
    """

    __tablename__ = "targeting_lists"

    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id"), index=True)
    side: Mapped[Side] = mapped_column(states(Side))
    reason: Mapped[str]
    unknown: Mapped[int] = mapped_column(Integer)
    made_by: Mapped[int] = mapped_column(BigInteger)


class TargetingListMember(Base):
    """One household of a pasted list."""

    __tablename__ = "targeting_list_members"

    list_id: Mapped[int] = mapped_column(
        ForeignKey("targeting_lists.id", ondelete="CASCADE"), primary_key=True
    )
    registrant_id: Mapped[int] = mapped_column(
        ForeignKey("registrants.id"), primary_key=True, index=True
    )
    area_id: Mapped[int | None] = mapped_column(BigInteger)


class TargetingRun(Row):
    """One time the households of a cycle were judged: what was asked, and what came of it.

    `asked` is the question as canonical JSON and `sha256` its digest; `rules_sha256` that of the
    program's rules alone. `counts` are households by reason, those without one under `enrolled`.
    """

    __tablename__ = "targeting_runs"
    __table_args__ = (Index(None, "cycle_id"),)

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))
    asked: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sha256: Mapped[str]
    rules_sha256: Mapped[str]
    counts: Mapped[dict[str, int] | None] = mapped_column(JSONB)
    changed: Mapped[int | None] = mapped_column(Integer)
    made_by: Mapped[int] = mapped_column(BigInteger)
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(BigInteger)


class TargetingChange(Base):
    """One household whose state a run changed: in the cycle, and in the program.

    What it was is NULL of whom the cycle, or the program, did not know before.
    """

    __tablename__ = "targeting_changes"

    run_id: Mapped[int] = mapped_column(ForeignKey("targeting_runs.id"), primary_key=True)
    registrant_id: Mapped[int] = mapped_column(
        ForeignKey("registrants.id"), primary_key=True, index=True
    )
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    was: Mapped[MembershipState | None] = mapped_column(states(MembershipState))
    was_reason: Mapped[LeftOut | None] = mapped_column(states(LeftOut))
    was_people: Mapped[int | None] = mapped_column(Integer)
    was_by_program_id: Mapped[int | None] = mapped_column(BigInteger)
    was_rank: Mapped[int | None] = mapped_column(Integer)
    now: Mapped[MembershipState] = mapped_column(states(MembershipState))
    now_reason: Mapped[LeftOut | None] = mapped_column(states(LeftOut))
    stood: Mapped[MembershipState | None] = mapped_column(states(MembershipState))
    stood_reason: Mapped[LeftOut | None] = mapped_column(states(LeftOut))
