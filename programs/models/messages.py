"""Messages to people: their texts by language, and the outbox they are sent from."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Row, states


class Occasion(StrEnum):
    """What people are told of."""

    ENROLLED = "enrolled"
    PAID = "paid"
    COLLECT = "collect"


class MessageState(StrEnum):
    """How far a message has come; `sending` is written down before it is handed over."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class MessageText(Row):
    """What a program says on an occasion, in one language, with braces for what is filled in."""

    __tablename__ = "message_texts"
    __table_args__ = (UniqueConstraint("program_id", "occasion", "language"),)

    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id"))
    occasion: Mapped[Occasion] = mapped_column(states(Occasion))
    language: Mapped[str]
    text: Mapped[str]


class MessageRun(Row):
    """One time people of a cycle were written to: the texts as they were, where and when to be."""

    __tablename__ = "message_runs"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), index=True)
    occasion: Mapped[Occasion] = mapped_column(states(Occasion))
    texts: Mapped[dict[str, str]] = mapped_column(JSONB)
    place: Mapped[str]
    day: Mapped[date | None]
    made_by: Mapped[int] = mapped_column(BigInteger)


class Message(Row):
    """One household that is told of one occasion of one cycle; never twice.

    Neither its text nor where it goes is kept: both are put together when it is handed over.
    """

    __tablename__ = "messages"
    __table_args__ = (UniqueConstraint("cycle_id", "registrant_id", "occasion"),)

    run_id: Mapped[int] = mapped_column(ForeignKey("message_runs.id"), index=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))
    registrant_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"), index=True)
    occasion: Mapped[Occasion] = mapped_column(states(Occasion))
    language: Mapped[str]
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[MessageState] = mapped_column(
        states(MessageState), default=MessageState.QUEUED, server_default="queued"
    )
    handed_at: Mapped[datetime | None]
