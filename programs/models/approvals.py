"""Approvals: what was asked for, what exactly it covers, and who signed."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Row, states
from core.money import Money


class ApprovalState(StrEnum):
    """What became of a request."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    RETURNED = "returned"


class Approval(Row):
    """One request to approve a cycle; `hash` covers list, rules, amounts, geometry and releases.

    `total` is what households are due, `fees` what it costs to bring it. `ages` are below how many
    years one was young when it was asked for, and from how many on old.
    """

    __tablename__ = "approvals"
    __table_args__ = (
        Index(
            "uq_approvals_pending",
            "cycle_id",
            unique=True,
            postgresql_where="state = 'pending'",
            info={"refusal": "This cycle already waits for approval."},
        ),
    )

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), index=True)
    state: Mapped[ApprovalState] = mapped_column(
        states(ApprovalState), default=ApprovalState.PENDING
    )
    hash: Mapped[str]
    households: Mapped[int] = mapped_column(Integer)
    total: Mapped[Decimal] = mapped_column(Money)
    fees: Mapped[Decimal] = mapped_column(Money, default=0, server_default="0")
    signers_needed: Mapped[int] = mapped_column(Integer)
    asked_by: Mapped[int] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]
    comment: Mapped[str | None]
    ages: Mapped[Sequence[int]] = mapped_column(ARRAY(SmallInteger), server_default="{5,60}")


class ApprovalTier(Row):
    """Signatures a program's cycles need beside those each one does, from an amount on.

    Tiers are signed in order of `place`, each by others than those before; with a `role` by people
    of that role alone.
    """

    __tablename__ = "approval_tiers"
    __table_args__ = (
        UniqueConstraint("program_id", "place"),
        CheckConstraint("signers between 1 and 5", name="signers_few"),
        CheckConstraint("from_amount >= 0", name="from_not_negative"),
    )

    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id"))
    place: Mapped[int] = mapped_column(Integer)
    from_amount: Mapped[Decimal] = mapped_column(Money)
    signers: Mapped[int] = mapped_column(Integer)
    role: Mapped[str | None]


class ApprovalStep(Row):
    """A tier as it was when one request was asked for: how many sign, and of which role."""

    __tablename__ = "approval_steps"
    __table_args__ = (UniqueConstraint("approval_id", "place"),)

    approval_id: Mapped[int] = mapped_column(ForeignKey("approvals.id"))
    place: Mapped[int] = mapped_column(Integer)
    signers: Mapped[int] = mapped_column(Integer)
    role: Mapped[str | None]


class ApprovalLine(Base):
    """One household a request that came back asked for, and how much it was to be given in all."""

    __tablename__ = "approval_lines"

    approval_id: Mapped[int] = mapped_column(ForeignKey("approvals.id"), primary_key=True)
    registrant_id: Mapped[int] = mapped_column(
        ForeignKey("registrants.id"), primary_key=True, index=True
    )
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    amount: Mapped[Decimal] = mapped_column(Money)


class Signature(Row):
    """One person's signature under one approval, over the hash it had; `place` is its step."""

    __tablename__ = "signatures"
    __table_args__ = (
        UniqueConstraint(
            "approval_id", "signer_id", info={"refusal": "You have already signed this."}
        ),
    )

    approval_id: Mapped[int] = mapped_column(ForeignKey("approvals.id"))
    signer_id: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str]
    place: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
