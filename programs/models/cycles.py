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
    is the program's eligibility as it was when the members were enrolled; it was not asked of them
    again where the cycle does not `rechecks` whom it took over. It follows a cycle of its program
    for those who got nothing in it, or tops up one of another program. `due_on` is the day of a
    recurrence it was started for, `overlap_reason` why it may serve households that a draft of
    another program of the same purpose has, too. One that `takes_over` asks of the people of its
    list those alone who were written into it when it started.
    """

    __tablename__ = "cycles"
    __table_args__ = (
        UniqueConstraint("program_id", "number"),
        UniqueConstraint(
            "program_id", "due_on", info={"refusal": "The cycle of this day is already there."}
        ),
    )

    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id"))
    number: Mapped[int] = mapped_column(Integer)
    name: Mapped[str]
    roster_id: Mapped[int] = mapped_column(ForeignKey("rosters.id"), index=True)
    with_probable: Mapped[bool] = mapped_column(default=False, server_default="false")
    starts_on: Mapped[date]
    state: Mapped[CycleState] = mapped_column(states(CycleState), default=CycleState.DRAFT)
    rule: Mapped[str | None]
    rechecks: Mapped[bool] = mapped_column(default=True, server_default="true")
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("cycles.id"), index=True)
    tops_up_id: Mapped[int | None] = mapped_column(ForeignKey("cycles.id"), index=True)
    takes_over: Mapped[bool] = mapped_column(default=False, server_default="false")
    due_on: Mapped[date | None]
    overlap_reason: Mapped[str | None]
    enrolled_at: Mapped[datetime | None]
    prepared_by: Mapped[int | None] = mapped_column(BigInteger)
    prepared_at: Mapped[datetime | None]
    made_by: Mapped[int] = mapped_column(BigInteger)
