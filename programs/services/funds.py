"""Funds: posting money to a program, binding it to a cycle, setting it free again."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Conflict, Invalid
from core.money import digits_of, refuse_unoffered, round_to, said
from programs.models.cycles import Cycle
from programs.models.programs import Fund, FundEntry, FundEntryKind, Program
from programs.permissions import May
from programs.queries.funds import Held, funds_of
from programs.queries.reach import program_seen


class DepositWrong(Invalid):
    """A deposit is more than nothing and names its source; write the amount and the reference."""


class FundShort(Conflict):
    """The fund has {free} free and this cycle needs {needed}; post {missing} more, then sign."""


@dataclass(frozen=True)
class Move:
    """What is bound or set free: so much of the fund's currency, for so much of the program's."""

    kind: FundEntryKind
    amount: Decimal
    covers: Decimal


def deposit(
    session: Session,
    program_id: int,
    amount: Decimal,
    reference: str,
    currency: str = "",
    *,
    actor: Actor,
) -> FundEntry:
    """Post money to a program's fund, in its own currency unless another is named; `reference`
    says where it came from.

    Raises:
        Forbidden, NotFound, DepositWrong, CurrencyUnknown, CurrencyNotOffered
    """
    actor.require(May.POST_FUNDS)
    program = program_seen(session, program_id, actor=actor)
    fund = _fund_in(session, program, currency.strip().upper() or program.currency)
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
    """Bind money of a program's funds to a cycle, an amount in the program's currency: all of it or
    nothing. The fund in that currency is used first, then the others at the rates in force.

    Raises:
        FundShort: together they have less than that free.
    """
    _lock(session, cycle.program_id)
    held = funds_of(session, cycle.program_id)
    free, currency = sum((each.worth for each in held), Decimal(0)), held[0].into
    if free < amount:
        raise FundShort(
            free=said(free, currency),
            needed=said(amount, currency),
            missing=said(amount - free, currency),
        )
    left = amount
    for each in held:
        covers = min(left, each.worth)
        if covers > 0:
            move = Move(FundEntryKind.COMMIT, _price(each, covers), covers)
            _enter(session, each, move, cycle, made_by)
            left -= covers


def set_free(session: Session, cycle: Cycle, amount: Decimal, *, made_by: int) -> None:
    """Give money that was bound to a cycle back to the funds it is from, what was bound last first
    and at the rate it was bound at; of nothing, nothing is written."""
    if not amount:
        return
    _lock(session, cycle.program_id)
    left = amount
    for each in reversed(_bound_to(session, cycle)):
        covers = min(left, each.covered)
        if covers > 0:
            part = each.bound if covers == each.covered else _part(each, covers)
            _enter(session, each, Move(FundEntryKind.RELEASE, part, covers), cycle, made_by)
            left -= covers


def _price(held: Held, covers: Decimal) -> Decimal:
    """What covers so much of the program's currency, in the fund's: never more than is free."""
    if held.rate is None or held.currency == held.into:
        return covers
    least = Decimal(1).scaleb(-digits_of(held.currency))
    return min(held.free, (covers / held.rate).quantize(least, ROUND_CEILING))


def _part(bound: Held, covers: Decimal) -> Decimal:
    """The part of what is bound that covered so much; what is over stays bound."""
    least = Decimal(1).scaleb(-digits_of(bound.currency))
    return (bound.bound * covers / bound.covered).quantize(least, ROUND_FLOOR)


def _fund_in(session: Session, program: Program, currency: str) -> Fund:
    """The fund of a program in a currency, locked; one more where there is none yet."""
    asked = select(Fund).where(Fund.program_id == program.id, Fund.currency == currency)
    fund = session.scalar(asked.with_for_update())
    if fund is None:
        refuse_unoffered(currency)
        fund = Fund(program_id=program.id, currency=currency)
        session.add(fund)
        session.flush()
    return fund


def _lock(session: Session, program_id: int) -> None:
    """The funds of a program; who moves money in them at the same moment comes after."""
    funds = select(Fund.id).where(Fund.program_id == program_id).order_by(Fund.id)
    session.execute(funds.with_for_update())


def _bound_to(session: Session, cycle: Cycle) -> list[Held]:
    """What is bound to a cycle now, a fund each, in the order it was bound in."""
    commit = FundEntry.kind == FundEntryKind.COMMIT
    sign = case((commit, 1), (FundEntry.kind == FundEntryKind.RELEASE, -1), else_=0)
    rows = session.execute(
        select(
            Fund.id,
            Fund.currency,
            func.sum(sign * FundEntry.amount),
            func.sum(sign * FundEntry.covers),
            func.max(FundEntry.rate),
        )
        .join(Fund, Fund.id == FundEntry.fund_id)
        .where(FundEntry.cycle_id == cycle.id)
        .group_by(Fund.id)
        .order_by(func.max(FundEntry.id).filter(commit))
    )
    return [
        Held(fund_id, currency, "", Decimal(0), bound, covered, rate, None)
        for fund_id, currency, bound, covered, rate in rows
    ]


def _enter(session: Session, held: Held, move: Move, cycle: Cycle, made_by: int) -> None:
    rate = Decimal(1) if held.currency == held.into else held.rate
    session.add(
        FundEntry(fund_id=held.fund_id, cycle_id=cycle.id, rate=rate, made_by=made_by, **vars(move))
    )
    session.flush()
