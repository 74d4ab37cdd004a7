"""Payments: one pay order for one entitlement, sent in lists."""

from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Row, states
from core.money import Money


class PaymentState(StrEnum):
    """Where an order is between us and a hand."""

    ISSUED = "issued"
    SENDING = "sending"
    SENT = "sent"
    PAID = "paid"
    PARTLY_PAID = "partly_paid"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    RECONCILED = "reconciled"
    REVERSED = "reversed"


class PaymentBatch(Row):
    """A list of orders made together: its number of orders and their sum."""

    __tablename__ = "payment_batches"
    __table_args__ = (UniqueConstraint("cycle_id"),)

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))
    orders: Mapped[int] = mapped_column(Integer)
    total: Mapped[Decimal] = mapped_column(Money)
    made_by: Mapped[int] = mapped_column(BigInteger)


class Payment(Row):
    """One pay order; its reference is the entitlement's ERN, so a provider never pays it twice."""

    __tablename__ = "payments"
    __table_args__ = (UniqueConstraint("entitlement_id"),)

    batch_id: Mapped[int] = mapped_column(ForeignKey("payment_batches.id"), index=True)
    entitlement_id: Mapped[int] = mapped_column(ForeignKey("entitlements.id"))
    registrant_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"))
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    amount: Mapped[Decimal] = mapped_column(Money)
    state: Mapped[PaymentState] = mapped_column(
        states(PaymentState), default=PaymentState.ISSUED, server_default="issued"
    )
