"""Funds: posting money to a program."""

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Invalid, NotFound
from core.money import round_to
from programs.models.programs import Fund, FundEntry, FundEntryKind
from programs.permissions import May


class DepositWrong(Invalid):
    """A deposit is more than nothing and names its source; write the amount and the reference."""


def deposit(
    session: Session, program_id: int, amount: Decimal, reference: str, *, actor: Actor
) -> FundEntry:
    """Post money to a program's fund; `reference` says where it came from.

    Raises:
        Forbidden, NotFound, DepositWrong
    """
    actor.require(May.POST_FUNDS)
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
