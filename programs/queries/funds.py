"""What a fund holds: what was posted, what is bound, what is free."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
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
    row = session.execute(_balances().where(Fund.program_id == program_id)).one()
    return Balance(row.currency, row.posted, row.bound)


def balances(session: Session) -> dict[int, Balance]:
    """What every program's fund holds now, by the key of the program."""
    return {
        row.program_id: Balance(row.currency, row.posted, row.bound)
        for row in session.execute(_balances())
    }


def _balances() -> Select[*tuple[Any, ...]]:
    bound = _sum_of(FundEntryKind.COMMIT) - _sum_of(FundEntryKind.RELEASE)
    return (
        select(
            Fund.program_id,
            Fund.currency,
            _sum_of(FundEntryKind.DEPOSIT).label("posted"),
            bound.label("bound"),
        )
        .outerjoin(FundEntry, FundEntry.fund_id == Fund.id)
        .group_by(Fund.id)
    )


def _sum_of(kind: FundEntryKind) -> ColumnElement[Any]:
    return func.coalesce(func.sum(FundEntry.amount).filter(FundEntry.kind == kind), 0)
