"""Payments: one pay order for one entitlement, sent in lists, and what became of it."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Row, states
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


class Unpayable(StrEnum):
    """Why something that is due is left out of a payment plan."""

    INACTIVE = "inactive"
    DECLINED = "declined"
    NOT_SHARED = "not_shared"
    PAUSED = "paused"
    NO_ACCOUNT = "no_account"
    BAD_ACCOUNT = "bad_account"
    OVER_LIMIT = "over_limit"


class PaymentPlan(Row):
    """What of a cycle one provider is to pay: its orders, their sum, and how many were left out."""

    __tablename__ = "payment_plans"
    __table_args__ = (UniqueConstraint("cycle_id", "number"),)

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))
    number: Mapped[int] = mapped_column(Integer)
    fsp_id: Mapped[int] = mapped_column(ForeignKey("fsps.id"))
    within_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"))
    by_area: Mapped[bool] = mapped_column(default=False, server_default="false")
    orders: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[Decimal] = mapped_column(Money, default=0)
    left_out: Mapped[int] = mapped_column(Integer, default=0)
    made_by: Mapped[int] = mapped_column(BigInteger)


class LeftUnpaid(Base):
    """One entitlement a payment plan left out, and why."""

    __tablename__ = "left_unpaid"

    plan_id: Mapped[int] = mapped_column(ForeignKey("payment_plans.id"), primary_key=True)
    entitlement_id: Mapped[int] = mapped_column(ForeignKey("entitlements.id"), primary_key=True)
    registrant_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"), index=True)
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[Unpayable] = mapped_column(states(Unpayable))


class PaymentBatch(Row):
    """A list of orders made together: its number of orders and their sum.

    One of a payment plan goes to the plan's provider; one without is a list that people take along.
    `asked_at` is when the platform asked its provider last, of its own accord, what became of it.
    """

    __tablename__ = "payment_batches"
    __table_args__ = (
        Index(
            "uq_payment_batches_list", "cycle_id", unique=True, postgresql_where="plan_id is null"
        ),
        UniqueConstraint("plan_id", "number"),
        Index(None, "cycle_id"),
    )

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("payment_plans.id"))
    number: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    orders: Mapped[int] = mapped_column(Integer)
    total: Mapped[Decimal] = mapped_column(Money)
    asked_at: Mapped[datetime | None]
    made_by: Mapped[int] = mapped_column(BigInteger)


class Payment(Row):
    """One pay order; a provider knows it by its reference, and never pays that twice.

    The reference is the entitlement's ERN; an order that failed for good and is sent anew gets the
    next one. `account_id` or `contact_id` is where the money goes, `paid` what is known to have
    arrived, `said` the provider's last words, `claimed_at` when it was last taken up to be sent.
    """

    __tablename__ = "payments"
    __table_args__ = (
        UniqueConstraint("entitlement_id"),
        UniqueConstraint("reference"),
        CheckConstraint("paid between 0 and amount", name="never_more_than_ordered"),
        Index("ix_payments_open", "state", postgresql_where="state in ('sending', 'in_doubt')"),
        Index(
            "ix_payments_unanswered",
            "batch_id",
            postgresql_where="state in ('sending', 'sent', 'in_doubt')",
        ),
        Index(None, "account_id"),
        Index(None, "contact_id"),
    )

    batch_id: Mapped[int] = mapped_column(ForeignKey("payment_batches.id"), index=True)
    entitlement_id: Mapped[int] = mapped_column(ForeignKey("entitlements.id"))
    registrant_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"))
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    amount: Mapped[Decimal] = mapped_column(Money)
    state: Mapped[PaymentState] = mapped_column(
        states(PaymentState), default=PaymentState.ISSUED, server_default="issued"
    )
    reference: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"))
    attempt: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    paid: Mapped[Decimal] = mapped_column(Money, default=0, server_default="0")
    provider_reference: Mapped[str | None]
    said: Mapped[str | None]
    claimed_at: Mapped[datetime | None]


class PaymentEvent(Base):
    """One step of an order: the state it came to, and the provider's words; triggers write them."""

    __tablename__ = "payment_events"
    __table_args__ = (Index(None, "payment_id"), Index(None, "registrant_id"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"))
    registrant_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"))
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime]
    state: Mapped[PaymentState] = mapped_column(states(PaymentState))
    reference: Mapped[str]
    attempt: Mapped[int] = mapped_column(Integer)
    provider_reference: Mapped[str | None]
    said: Mapped[str | None]
