"""Cycles: one round of benefits, from a frozen list to what was delivered."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Row, states


class CycleState(StrEnum):
    """Where a cycle is between a list and help delivered."""

    DRAFT = "draft"
    TO_APPROVE = "to_approve"
    APPROVED = "approved"
    DISTRIBUTED = "distributed"
    ENDED = "ended"
    CANCELLED = "cancelled"


class Cycle(Row):
    """One round of one program, for the households of one frozen roster.

    It asks those the roster answered *in*, and with `with_probable` the *probable* ones too. `rule`
    is the program's eligibility as it was when the members were enrolled.
    """

    __tablename__ = "cycles"
    __table_args__ = (UniqueConstraint("program_id", "number"),)

    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id"))
    number: Mapped[int] = mapped_column(Integer)
    name: Mapped[str]
    roster_id: Mapped[int] = mapped_column(ForeignKey("rosters.id"), index=True)
    with_probable: Mapped[bool] = mapped_column(default=False, server_default="false")
    starts_on: Mapped[date]
    state: Mapped[CycleState] = mapped_column(states(CycleState), default=CycleState.DRAFT)
    rule: Mapped[str | None]
    enrolled_at: Mapped[datetime | None]
    prepared_by: Mapped[int | None] = mapped_column(BigInteger)
    prepared_at: Mapped[datetime | None]
    made_by: Mapped[int] = mapped_column(BigInteger)
