"""Programs: funded interventions, what they give, and the money they give it from."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Integer,
    Numeric,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Row, states
from core.money import Money

Rate = Numeric(20, 10)


class ProgramState(StrEnum):
    """Whether a program runs."""

    DRAFT = "draft"
    ACTIVE = "active"
    ENDED = "ended"


class Target(StrEnum):
    """Whom a program helps: households, or each of the people in them."""

    GROUP = "group"
    INDIVIDUAL = "individual"


class Program(Row):
    """One funded intervention of one organisation, known by its number PROG-<year>-00000001.

    `eligibility` is CQL2 text over the registry's queryables of its `target`; empty means everybody
    of a list. Double cover is judged by `purposes`: programs that share one do not serve the same.
    Its first money may be `announced` with the currency it is `in` and where it is `from`; it is
    there once it is posted.
    """

    __tablename__ = "programs"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("name", info={"refusal": "A program of this name is already there."}),
        CheckConstraint("cardinality(purposes) > 0", name="purpose_named"),
    )

    number: Mapped[str]
    name: Mapped[str]
    purposes: Mapped[Sequence[str]] = mapped_column(ARRAY(Text))
    target: Mapped[Target] = mapped_column(
        states(Target), default=Target.GROUP, server_default="group"
    )
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    currency: Mapped[str]
    state: Mapped[ProgramState] = mapped_column(states(ProgramState), default=ProgramState.DRAFT)
    archived: Mapped[bool] = mapped_column(default=False)
    eligibility: Mapped[str] = mapped_column(default="", server_default="")
    signers_needed: Mapped[int] = mapped_column(default=1, server_default="1")
    announced: Mapped[Decimal | None] = mapped_column(Money)
    announced_in: Mapped[str | None]
    announced_from: Mapped[str | None]
    made_by: Mapped[int] = mapped_column(BigInteger)


class Delivery(StrEnum):
    """How a benefit reaches people."""

    CASH = "cash"
    BANK = "bank"
    MOBILE = "mobile"
    VOUCHER = "voucher"


class Counting(StrEnum):
    """Which items of a benefit count for a household: all that apply, or the first of them."""

    ALL = "all"
    FIRST = "first"


class Rounding(StrEnum):
    """Where an amount between two units goes; half up is half away from nothing."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    UP = "up"
    DOWN = "down"


class Benefit(Row):
    """One thing a program gives: its items, a minimum and a cap of what they come to.

    Amounts are whole numbers of `round_to`, or if that is empty of the currency's minor unit. Fees
    are what it costs to bring an amount, beside it; an amount is good for `valid_days` from the day
    its cycle starts.
    """

    __tablename__ = "benefits"
    __table_args__ = (
        CheckConstraint("minimum >= 0 and cap >= 0", name="bounds_not_negative"),
        CheckConstraint("minimum <= cap", name="minimum_below_cap"),
        CheckConstraint("round_to > 0", name="unit_positive"),
        CheckConstraint("fee >= 0 and fee_percent between 0 and 100", name="fees_not_negative"),
        CheckConstraint("valid_days > 0", name="valid_some_days"),
    )

    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id"), index=True)
    name: Mapped[str]
    delivery: Mapped[Delivery] = mapped_column(states(Delivery), default=Delivery.CASH)
    minimum: Mapped[Decimal | None] = mapped_column(Money)
    cap: Mapped[Decimal | None] = mapped_column(Money)
    counting: Mapped[Counting] = mapped_column(
        states(Counting), default=Counting.ALL, server_default="all"
    )
    round_to: Mapped[Decimal | None] = mapped_column(Money)
    rounding: Mapped[Rounding] = mapped_column(
        states(Rounding), default=Rounding.HALF_UP, server_default="half_up"
    )
    fee: Mapped[Decimal] = mapped_column(Money, default=0, server_default="0")
    fee_percent: Mapped[Decimal] = mapped_column(Numeric(7, 4), default=0, server_default="0")
    valid_days: Mapped[int | None] = mapped_column(Integer)


class BenefitItem(Row):
    """A part of what a benefit gives: an amount, times a figure of the household, at most a cap.

    It applies where `condition` holds, CQL2 text that is empty for everybody; `expression` is CQL2
    arithmetic, most often a plain number; `times` is a term that is a number, such as `people`.
    """

    __tablename__ = "benefit_items"
    __table_args__ = (
        UniqueConstraint("benefit_id", "place"),
        CheckConstraint("cap >= 0", name="cap_not_negative"),
    )

    benefit_id: Mapped[int] = mapped_column(ForeignKey("benefits.id", ondelete="CASCADE"))
    place: Mapped[int] = mapped_column(Integer)
    condition: Mapped[str] = mapped_column(default="", server_default="")
    expression: Mapped[str]
    times: Mapped[str | None]
    cap: Mapped[Decimal | None] = mapped_column(Money)


class FundEntryKind(StrEnum):
    """What moved money: posted in, bound by an approval, set free again, or paid out."""

    DEPOSIT = "deposit"
    COMMIT = "commit"
    RELEASE = "release"


class Fund(Row):
    """Money posted to a program in one currency, its own or another; its balance is the sum of its
    entries."""

    __tablename__ = "funds"
    __table_args__ = (UniqueConstraint("program_id", "currency"),)

    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id"))
    currency: Mapped[str]


class FundEntry(Row):
    """One movement of a fund: deposits and releases add, commitments take away.

    `amount` is in the fund's currency; what is bound or set free `covers` so much of the program's,
    at the `rate` in force when it was bound, how much of that one unit of the fund's is.
    """

    __tablename__ = "fund_entries"

    fund_id: Mapped[int] = mapped_column(ForeignKey("funds.id"), index=True)
    kind: Mapped[FundEntryKind] = mapped_column(states(FundEntryKind))
    amount: Mapped[Decimal] = mapped_column(Money)
    covers: Mapped[Decimal | None] = mapped_column(Money)
    rate: Mapped[Decimal | None] = mapped_column(Rate)
    cycle_id: Mapped[int | None] = mapped_column(BigInteger)
    reference: Mapped[str | None]
    made_by: Mapped[int] = mapped_column(BigInteger)
