"""What a fund holds: what was posted, what is bound, what is free, in each of its currencies."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session, aliased

from core.clock import today
from core.money import digits_of
from programs.models.exchange_rates import ExchangeRate
from programs.models.programs import Fund, FundEntry, FundEntryKind, Program


@dataclass(frozen=True)
class Balance:
    """The money of one program in its own currency: all there is, what is bound now, the rest.

    What is free in another currency is worth what the rate in force says; what is bound keeps the
    rate it was bound at.
    """

    currency: str
    posted: Decimal
    bound: Decimal

    @property
    def free(self) -> Decimal:
        return self.posted - self.bound


@dataclass(frozen=True)
class Held:
    """The money of one program in one currency, and its rate into the program's, in force since
    `since`; without a rate it is worth nothing yet."""

    fund_id: int
    currency: str
    into: str
    posted: Decimal
    bound: Decimal
    covered: Decimal
    rate: Decimal | None
    since: date | None

    @property
    def free(self) -> Decimal:
        return self.posted - self.bound

    @property
    def worth(self) -> Decimal:
        """What is free of it, in whole units of the program's currency."""
        if self.currency == self.into:
            return self.free
        least = Decimal(1).scaleb(-digits_of(self.into))
        return (self.free * (self.rate or 0)).quantize(least, ROUND_FLOOR)


def funds_of(session: Session, program_id: int) -> list[Held]:
    """What a program holds in each currency, its own first, then those that were posted first."""
    rows = session.execute(_held().where(Fund.program_id == program_id))
    return sorted(map(_one, rows), key=lambda each: (each.currency != each.into, each.fund_id))


def balance(session: Session, program_id: int) -> Balance:
    """What a program's fund holds now. The ledger names no person, so it is never filtered."""
    return _balance(funds_of(session, program_id))


def balances(session: Session) -> dict[int, Balance]:
    """What every program's fund holds now, by the key of the program."""
    found: dict[int, list[Held]] = {}
    for row in session.execute(_held()):
        found.setdefault(row.program_id, []).append(_one(row))
    return {program_id: _balance(held) for program_id, held in found.items()}


def worth_now(session: Session, amount: Decimal, currency: str, into: str) -> Decimal | None:
    """What money of one currency is worth in another today; None where no rate was written."""
    if currency == into:
        return amount
    in_force = select(ExchangeRate.rate).where(
        ExchangeRate.from_currency == currency,
        ExchangeRate.to_currency == into,
        ExchangeRate.on_day <= today(),
    )
    newest = in_force.order_by(ExchangeRate.on_day.desc(), ExchangeRate.id.desc())
    rate = session.scalar(newest.limit(1))
    least = Decimal(1).scaleb(-digits_of(into))
    return None if rate is None else (amount * rate).quantize(least, ROUND_FLOOR)


def rates_listed(session: Session, most: int = 200) -> list[ExchangeRate]:
    """The rates that were written, those of the latest days first."""
    newest = select(ExchangeRate).order_by(ExchangeRate.on_day.desc(), ExchangeRate.id.desc())
    return list(session.scalars(newest.limit(most)))


def _balance(held: Iterable[Held]) -> Balance:
    funds = list(held)
    bound = sum((each.covered for each in funds), Decimal(0))
    free = sum((each.worth for each in funds), Decimal(0))
    return Balance(funds[0].into, bound + free, bound)


def _one(row: Row[Any]) -> Held:
    told = row._asdict()
    del told["program_id"]
    return Held(**told)


def _held() -> Select[*tuple[Any, ...]]:
    amount, covers = FundEntry.amount, FundEntry.covers
    rate = aliased(ExchangeRate)
    in_force = (
        select(rate.id)
        .where(
            rate.from_currency == Fund.currency,
            rate.to_currency == Program.currency,
            rate.on_day <= today(),
        )
        .order_by(rate.on_day.desc(), rate.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            Fund.program_id,
            Fund.id.label("fund_id"),
            Fund.currency,
            Program.currency.label("into"),
            _sum_of(FundEntryKind.DEPOSIT, amount).label("posted"),
            _bound(amount).label("bound"),
            _bound(covers).label("covered"),
            ExchangeRate.rate,
            ExchangeRate.on_day.label("since"),
        )
        .join(Program, Program.id == Fund.program_id)
        .outerjoin(FundEntry, FundEntry.fund_id == Fund.id)
        .outerjoin(ExchangeRate, ExchangeRate.id == in_force)
        .group_by(Fund.id, Program.id, ExchangeRate.id)
    )


def _bound(column: Any) -> ColumnElement[Any]:
    commits, releases = (
        _sum_of(kind, column) for kind in (FundEntryKind.COMMIT, FundEntryKind.RELEASE)
    )
    return commits - releases


def _sum_of(kind: FundEntryKind, column: Any) -> ColumnElement[Any]:
    return func.coalesce(func.sum(column).filter(FundEntry.kind == kind), 0)
