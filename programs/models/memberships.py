"""Memberships: who is in a program, and who is in each of its cycles."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Integer, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Row, states


class MembershipState(StrEnum):
    """Where a registrant stands with a program or a cycle."""

    DRAFT = "draft"
    ENROLLED = "enrolled"
    PAUSED = "paused"
    EXITED = "exited"
    NOT_ELIGIBLE = "not_eligible"
    DUPLICATED = "duplicated"
    NON_COMPLIANT = "non_compliant"


class LeftOut(StrEnum):
    """Why a household of a cycle's list is not enrolled."""

    INACTIVE = "inactive"
    DECLINED = "declined"
    PAUSED = "paused"
    EXITED = "exited"
    RULE = "rule"
    SAME_PURPOSE = "same_purpose"
    LISTED_OUT = "listed_out"
    EXCLUDED = "excluded"
    BELOW_LINE = "below_line"
    QUOTA_FULL = "quota_full"
    PLACES_TAKEN = "places_taken"
    CONDITIONS = "conditions"
    TWIN = "twin"
    OFF_LIST = "off_list"


class ProgramMembership(Row):
    """One registrant in one program, its state and what it came from.

    That is either a cycle that judged it by its rule, `reason` being the code of the verdict; or
    somebody's act, with the reason they wrote and a `cause`, a word of the list `exit_reason`.
    """

    __tablename__ = "program_memberships"
    __table_args__ = (UniqueConstraint("program_id", "registrant_id"),)

    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id"))
    registrant_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"), index=True)
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[MembershipState] = mapped_column(states(MembershipState))
    reason: Mapped[str | None]
    cause: Mapped[str | None]
    cycle_id: Mapped[int | None] = mapped_column(ForeignKey("cycles.id"), index=True)
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class CycleMember(Base):
    """One household a cycle was asked about: enrolled, or left out and why.

    `by_program_id` is the program that already serves it, where that is the reason. `rank` is its
    place in line, where a program takes only so many; who waits is a draft.
    """

    __tablename__ = "cycle_members"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), primary_key=True)
    registrant_id: Mapped[int] = mapped_column(
        ForeignKey("registrants.id"), primary_key=True, index=True
    )
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    people: Mapped[int]
    state: Mapped[MembershipState] = mapped_column(states(MembershipState))
    reason: Mapped[LeftOut | None] = mapped_column(states(LeftOut))
    by_program_id: Mapped[int | None] = mapped_column(ForeignKey("programs.id"))
    rank: Mapped[int | None] = mapped_column(Integer)
