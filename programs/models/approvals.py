"""Approvals: what was asked for, what exactly it covers, and who signed."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Row, states
from core.money import Money


class ApprovalState(StrEnum):
    """What became of a request."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    RETURNED = "returned"


class Approval(Row):
    """One request to approve a cycle; `hash` covers list, rules, amounts, geometry and releases.

    `ages` are below how many years one was young when it was asked for, and from how many on old.
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
    signers_needed: Mapped[int] = mapped_column(Integer)
    asked_by: Mapped[int] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]
    comment: Mapped[str | None]
    ages: Mapped[Sequence[int]] = mapped_column(ARRAY(SmallInteger), server_default="{5,60}")


class Signature(Row):
    """One person's signature under one approval, over the hash it had."""

    __tablename__ = "signatures"
    __table_args__ = (
        UniqueConstraint(
            "approval_id", "signer_id", info={"refusal": "You have already signed this."}
        ),
    )

    approval_id: Mapped[int] = mapped_column(ForeignKey("approvals.id"))
    signer_id: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str]
