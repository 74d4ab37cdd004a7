"""What a fund holds: what was posted, what is bound, what is free."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from programs.models.programs import Fund, FundEntry, FundEntryKind


@dataclass(frozen=True)
class Balance:
    """The money of one program: all that was posted, all that is bound now, and the rest."""

    currency: str
    posted: Decimal
    bound: Decimal

    @property
    def free(self) -> Decimal:
        return self.posted - self.bound


def balance(session: Session, program_id: int) -> Balance:
    """What a program's fund holds now. The ledger names no person, so it is never filtered."""
    asked = (
        select(Fund.currency, _sum_of(FundEntryKind.DEPOSIT), _bound())
        .outerjoin(FundEntry, FundEntry.fund_id == Fund.id)
        .where(Fund.program_id == program_id)
        .group_by(Fund.currency)
    )
    return Balance(*session.execute(asked).one())


def _bound() -> ColumnElement[Decimal]:
    return _sum_of(FundEntryKind.COMMIT) - _sum_of(FundEntryKind.RELEASE)


def _sum_of(kind: FundEntryKind) -> ColumnElement[Any]:
    return func.coalesce(func.sum(FundEntry.amount).filter(FundEntry.kind == kind), 0)
