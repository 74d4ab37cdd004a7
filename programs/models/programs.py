"""Programs: funded interventions, what they give, and the money they give it from."""

from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Row, states
from core.money import Money


class ProgramState(StrEnum):
    """Whether a program runs."""

    DRAFT = "draft"
    ACTIVE = "active"
    ENDED = "ended"


class Program(Row):
    """One funded intervention of one organisation, known by its number PROG-<year>-00000001.

    `eligibility` is CQL2 text over the registry's queryables; empty means every household listed.
    `purpose` is what double cover is judged by.
    """

    __tablename__ = "programs"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("name", info={"refusal": "A program of this name is already there."}),
    )

    number: Mapped[str]
    name: Mapped[str]
    purpose: Mapped[str]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    currency: Mapped[str]
    state: Mapped[ProgramState] = mapped_column(states(ProgramState), default=ProgramState.DRAFT)
    archived: Mapped[bool] = mapped_column(default=False)
    eligibility: Mapped[str] = mapped_column(default="", server_default="")
    signers_needed: Mapped[int] = mapped_column(default=1, server_default="1")
    made_by: Mapped[int] = mapped_column(BigInteger)


class Delivery(StrEnum):
    """How a benefit reaches people."""

    CASH = "cash"
    BANK = "bank"
    MOBILE = "mobile"
    VOUCHER = "voucher"


class Benefit(Row):
    """What a program gives each household: a base, an amount a member, a minimum and a cap."""

    __tablename__ = "benefits"
    __table_args__ = (
        CheckConstraint(
            "base >= 0 and per_member >= 0 and minimum >= 0 and cap >= 0",
            name="amounts_not_negative",
        ),
        CheckConstraint("minimum <= cap", name="minimum_below_cap"),
    )

    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id"), index=True)
    name: Mapped[str]
    delivery: Mapped[Delivery] = mapped_column(states(Delivery), default=Delivery.CASH)
    base: Mapped[Decimal] = mapped_column(Money)
    per_member: Mapped[Decimal] = mapped_column(Money)
    minimum: Mapped[Decimal | None] = mapped_column(Money)
    cap: Mapped[Decimal | None] = mapped_column(Money)


class FundEntryKind(StrEnum):
    """What moved money: posted in, bound by an approval, set free again, or paid out."""

    DEPOSIT = "deposit"
    COMMIT = "commit"
    RELEASE = "release"


class Fund(Row):
    """Money posted to a program in one currency; its balance is the sum of its entries."""

    __tablename__ = "funds"
    __table_args__ = (UniqueConstraint("program_id", "currency"),)

    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id"))
    currency: Mapped[str]


class FundEntry(Row):
    """One movement of a fund: deposits and releases add, commitments take away."""

    __tablename__ = "fund_entries"

    fund_id: Mapped[int] = mapped_column(ForeignKey("funds.id"), index=True)
    kind: Mapped[FundEntryKind] = mapped_column(states(FundEntryKind))
    amount: Mapped[Decimal] = mapped_column(Money)
    cycle_id: Mapped[int | None] = mapped_column(BigInteger)
    reference: Mapped[str | None]
    made_by: Mapped[int] = mapped_column(BigInteger)
