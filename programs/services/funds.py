"""Funds: posting money to a program, binding it to a cycle, setting it free again."""

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Conflict, Invalid, NotFound
from core.money import round_to, said
from programs.models.cycles import Cycle
from programs.models.programs import Fund, FundEntry, FundEntryKind
from programs.permissions import May
from programs.queries.funds import balance
from programs.queries.reach import program_seen


class DepositWrong(Invalid):
    """A deposit is more than nothing and names its source; write the amount and the reference."""


class FundShort(Conflict):
    """The fund has {free} free and this cycle needs {needed}; post {missing} more, then sign."""


def deposit(
    session: Session, program_id: int, amount: Decimal, reference: str, *, actor: Actor
) -> FundEntry:
    """Post money to a program's fund; `reference` says where it came from.

    Raises:
        Forbidden, NotFound, DepositWrong
    """
    actor.require(May.POST_FUNDS)
    program_seen(session, program_id, actor=actor)
    fund = session.scalar(select(Fund).where(Fund.program_id == program_id).with_for_update())
    if fund is None:
        raise NotFound(program=program_id)
    posted = round_to(amount, fund.currency)
    if posted <= 0 or not reference.strip():
        raise DepositWrong
    entry = FundEntry(
        fund_id=fund.id,
        kind=FundEntryKind.DEPOSIT,
        amount=posted,
        reference=reference.strip(),
        made_by=actor.id,
    )
    with audit.act(session, actor, "funds.deposit", fund) as figures:
        session.add(entry)
        figures.update(amount=posted, currency=fund.currency, reference=entry.reference)
    return entry


def bind(session: Session, cycle: Cycle, amount: Decimal, *, made_by: int) -> None:
    """Bind money of a program's fund to a cycle: all of it or nothing.

    Raises:
        FundShort: the fund has less than that free.
    """
    fund = _locked(session, cycle.program_id)
    free = balance(session, cycle.program_id).free
    if free < amount:
        raise FundShort(
            free=said(free, fund.currency),
            needed=said(amount, fund.currency),
            missing=said(amount - free, fund.currency),
        )
    _enter(session, fund, FundEntryKind.COMMIT, amount, cycle, made_by)


def set_free(session: Session, cycle: Cycle, amount: Decimal, *, made_by: int) -> None:
    """Give money that was bound to a cycle back to the fund; of nothing, nothing is written."""
    if amount:
        fund = _locked(session, cycle.program_id)
        _enter(session, fund, FundEntryKind.RELEASE, amount, cycle, made_by)


def _locked(session: Session, program_id: int) -> Fund:
    """The fund of a program; who moves money in it at the same moment comes after."""
    return session.scalars(
        select(Fund).where(Fund.program_id == program_id).with_for_update()
    ).one()


def _enter(
    session: Session, fund: Fund, kind: FundEntryKind, amount: Decimal, cycle: Cycle, made_by: int
) -> None:
    session.add(
        FundEntry(fund_id=fund.id, kind=kind, amount=amount, cycle_id=cycle.id, made_by=made_by)
    )
    session.flush()
