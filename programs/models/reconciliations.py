"""Reconciliation: what providers answer, row by row, and how each of them writes it."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Row, states
from core.money import Money
from programs.statements.words import Rejection


class ReconciliationState(StrEnum):
    """How far a provider's file has come."""

    UPLOADED = "uploaded"
    CHECKED = "checked"
    APPLIED = "applied"
    DISCARDED = "discarded"


class Finding(StrEnum):
    """What a row of a provider's file comes to; the first five change something when applied.

    `confirmed` is what the provider had said to be paid before, and its file shows now.
    """

    PAID = "paid"
    CONFIRMED = "confirmed"
    PARTLY_PAID = "partly_paid"
    FAILED = "failed"
    REVERSED = "reversed"
    PENDING = "pending"
    ALREADY = "already"
    TWICE = "twice"
    DISAGREES = "disagrees"
    CONTRADICTS = "contradicts"
    AMOUNT_DIFFERS = "amount_differs"
    UNKNOWN = "unknown"
    ELSEWHERE = "elsewhere"
    EARLIER = "earlier"
    UNCLEAR = "unclear"
    UNREADABLE = "unreadable"


class Reconciliation(Row):
    """One file of one provider about the orders of one cycle, and what its rows come to.

    `digest` is the SHA-256 of its bytes, `rows_digest` of what its rows say, in whatever order.
    `mapping` says which column holds what, `words` what the provider means by each of its words.
    """

    __tablename__ = "reconciliations"
    __table_args__ = (
        Index(
            "uq_reconciliations_same_file",
            "cycle_id",
            "digest",
            unique=True,
            postgresql_where="state <> 'discarded'",
            info={"refusal": "This file was already sent for this cycle; look at it there."},
        ),
    )

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), index=True)
    provider: Mapped[str]
    original_name: Mapped[str]
    original_sha256: Mapped[str]
    digest: Mapped[str]
    rows_digest: Mapped[str | None]
    columns: Mapped[list[str]] = mapped_column(JSONB)
    mapping: Mapped[dict[str, str]] = mapped_column(JSONB)
    words: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    counts: Mapped[dict[str, int]] = mapped_column(JSONB, server_default="{}")
    state: Mapped[ReconciliationState] = mapped_column(
        states(ReconciliationState),
        default=ReconciliationState.UPLOADED,
        server_default="uploaded",
    )
    made_by: Mapped[int] = mapped_column(BigInteger)
    applied_by: Mapped[int | None] = mapped_column(BigInteger)
    applied_at: Mapped[datetime | None]


class ReconciliationRow(Base):
    """One row of a provider's file: what it says, and what that comes to.

    `word` is what it says became of the order, plainly written; `area_id` is that of the order.
    """

    __tablename__ = "reconciliation_rows"
    __table_args__ = (Index(None, "payment_id"),)

    reconciliation_id: Mapped[int] = mapped_column(
        ForeignKey("reconciliations.id"), primary_key=True
    )
    row_number: Mapped[int] = mapped_column(Integer, primary_key=True)
    reference: Mapped[str]
    said: Mapped[str]
    word: Mapped[str]
    amount: Mapped[Decimal | None] = mapped_column(Money)
    has_amount: Mapped[bool]
    reason: Mapped[str]
    rejection: Mapped[Rejection] = mapped_column(states(Rejection))
    their_number: Mapped[str]
    finding: Mapped[Finding] = mapped_column(states(Finding))
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payments.id"))
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    made_by: Mapped[int] = mapped_column(BigInteger)


class ProviderMap(Row):
    """How one provider writes its files, as it was said of the last one; known by its name."""

    __tablename__ = "provider_maps"
    __table_args__ = (UniqueConstraint("provider"),)

    provider: Mapped[str]
    mapping: Mapped[dict[str, str]] = mapped_column(JSONB)
    words: Mapped[dict[str, str]] = mapped_column(JSONB)
