"""The currency of the money that acts and changes speak of."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from programs.models.approvals import Approval
from programs.models.cycles import Cycle
from programs.models.entitlements import Entitlement, Voucher
from programs.models.memberships import ProgramMembership
from programs.models.payments import Payment
from programs.models.programs import Benefit, Fund, FundEntry, Program

About = tuple[str, int]  # a table, and the key of one of its rows
OF_CYCLE = select(Program.currency).join(Cycle, Cycle.program_id == Program.id)
OF_AMOUNT = OF_CYCLE.join(Entitlement, Entitlement.cycle_id == Cycle.id)
OF_PROGRAM, OF_FUND = select(Program.currency), select(Fund.currency)

QUERIES: dict[str, tuple[Any, Select[str]]] = {
    "programs": (Program.id, OF_PROGRAM),
    "benefits": (Benefit.id, OF_PROGRAM.join(Benefit, Benefit.program_id == Program.id)),
    "program_memberships": (
        ProgramMembership.id,
        OF_PROGRAM.join(ProgramMembership, ProgramMembership.program_id == Program.id),
    ),
    "funds": (Fund.id, OF_FUND),
    "fund_entries": (FundEntry.id, OF_FUND.join(FundEntry, FundEntry.fund_id == Fund.id)),
    "cycles": (Cycle.id, OF_CYCLE),
    "approvals": (Approval.id, OF_CYCLE.join(Approval, Approval.cycle_id == Cycle.id)),
    "entitlements": (Entitlement.id, OF_AMOUNT),
    "payments": (Payment.id, OF_AMOUNT.join(Payment, Payment.entitlement_id == Entitlement.id)),
    "vouchers": (Voucher.id, OF_AMOUNT.join(Voucher, Voucher.entitlement_id == Entitlement.id)),
}


def currencies_of(session: Session, abouts: Iterable[About]) -> dict[About, str]:
    """The currency of each row that has to do with money and may be seen; one query a table."""
    keys = defaultdict(set)
    for table, key in abouts:
        keys[table].add(key)
    found = {}
    for table, (key, query) in QUERIES.items():
        if table in keys:
            rows = session.execute(query.add_columns(key).where(key.in_(keys[table])))
            found.update({(table, each): currency for currency, each in rows})
    return found
