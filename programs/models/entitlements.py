"""Entitlements: the right of one registrant in one cycle to one benefit, and how it was used."""

import uuid
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Row, states
from core.money import Money
from programs.statements.words import Rejection


class EntitlementState(StrEnum):
    """Where an entitlement is between a rule and a hand."""

    DRAFT = "draft"
    PENDING_VALIDATION = "pending_validation"
    APPROVED = "approved"
    SENT = "sent"
    REDEEMED = "redeemed"
    PARTLY_REDEEMED = "partly_redeemed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Entitlement(Row):
    """One registrant's right in one cycle to one benefit; people know it by its ERN.

    `fee` is what it costs to bring it, beside the amount; after `valid_until` it is not given.
    One that was rejected may be issued again: as another one that says which one it `reissues`.
    """

    __tablename__ = "entitlements"
    __table_args__ = (
        Index(
            "uq_entitlements_live",
            *("cycle_id", "registrant_id", "benefit_id"),
            unique=True,
            postgresql_where="state <> 'rejected'",
        ),
        UniqueConstraint("ern"),
        UniqueConstraint(
            "reissues_id", info={"refusal": "This was issued again already; look at the new one."}
        ),
        Index(None, "cycle_id"),
        Index(None, "registrant_id"),
        Index("ix_entitlements_over", "valid_until", postgresql_where="state = 'approved'"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("fee >= 0", name="fee_not_negative"),
        CheckConstraint("redeemed between 0 and amount", name="never_more_than_due"),
    )

    ern: Mapped[str] = mapped_column(Computed("public_number('ERN', id, 10)", persisted=True))
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))
    registrant_id: Mapped[int] = mapped_column(ForeignKey("registrants.id"))
    benefit_id: Mapped[int] = mapped_column(ForeignKey("benefits.id"))
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    amount: Mapped[Decimal] = mapped_column(Money)
    fee: Mapped[Decimal] = mapped_column(Money, default=0, server_default="0")
    valid_until: Mapped[date | None]
    redeemed: Mapped[Decimal] = mapped_column(Money, default=0, server_default="0")
    state: Mapped[EntitlementState] = mapped_column(
        states(EntitlementState), default=EntitlementState.DRAFT, server_default="draft"
    )
    rejected_for: Mapped[Rejection | None] = mapped_column(states(Rejection))
    reissues_id: Mapped[int | None] = mapped_column(ForeignKey("entitlements.id"))


class Redemption(Row):
    """One use of an entitlement, with the UUID its maker gave it, so that it counts once."""

    __tablename__ = "redemptions"
    __table_args__ = (UniqueConstraint("client_id"),)

    client_id: Mapped[uuid.UUID]
    entitlement_id: Mapped[int] = mapped_column(ForeignKey("entitlements.id"), index=True)
    voucher_id: Mapped[int | None] = mapped_column(ForeignKey("vouchers.id"))
    service_point_id: Mapped[int | None] = mapped_column(ForeignKey("service_points.id"))
    amount: Mapped[Decimal] = mapped_column(Money)
    made_by: Mapped[int] = mapped_column(BigInteger)
    area_id: Mapped[int | None] = mapped_column(BigInteger)


class VoucherState(StrEnum):
    """Whether a voucher can still be used."""

    ISSUED = "issued"
    REDEEMED = "redeemed"
    EXPIRED = "expired"
    VOID = "void"


class Voucher(Row):
    """A card with a QR code that stands for one entitlement; good until and on `expires_on`."""

    __tablename__ = "vouchers"
    __table_args__ = (
        UniqueConstraint("code"),
        Index(
            "uq_vouchers_live", "entitlement_id", unique=True, postgresql_where="state <> 'void'"
        ),
        Index("ix_vouchers_over", "expires_on", postgresql_where="state = 'issued'"),
    )

    code: Mapped[str] = mapped_column(Computed("public_number('V', id, 12)", persisted=True))
    entitlement_id: Mapped[int] = mapped_column(ForeignKey("entitlements.id"))
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    expires_on: Mapped[date]
    state: Mapped[VoucherState] = mapped_column(
        states(VoucherState), default=VoucherState.ISSUED, server_default="issued"
    )
