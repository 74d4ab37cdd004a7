"""What of a cycle has not come to its end yet."""

from dataclasses import dataclass

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from core.words import _, counted
from programs.models.cycles import Cycle
from programs.models.entitlements import EntitlementState, VoucherState
from programs.models.payments import PaymentBatch, PaymentState
from programs.models.sums import entitlement_sums, payment_sums, voucher_sums

OPEN_ORDERS = (
    PaymentState.ISSUED,
    PaymentState.SENDING,
    PaymentState.SENT,
    PaymentState.IN_DOUBT,
)
"""Orders of which nobody has said yet what became of them."""


@dataclass(frozen=True)
class OpenEnds:
    """What is open: orders nobody answered for, cards nobody used, amounts that never left."""

    orders: int
    vouchers: int
    amounts: int

    def said(self) -> str:
        """What is open, in words; empty if nothing is."""
        orders = counted("{count} order is open", "{count} orders are open", self.orders)
        cards = counted("{count} card was not used", "{count} cards were not used", self.vouchers)
        left = counted("{count} amount has not left", "{count} amounts have not left", self.amounts)
        parts = [(self.orders, orders), (self.vouchers, cards), (self.amounts, left)]
        return _(", ").join(words for number, words in parts if number)


def orders_of(session: Session, cycle: Cycle, *, listed: bool = False) -> dict[PaymentState, int]:
    """How many orders of a cycle stand in which state, all of them, whoever asks; if `listed` of
    the list that was taken along alone, and of no provider's."""
    sums, batch = payment_sums.c, PaymentBatch
    told = (
        select(sums.state, func.sum(sums.orders))
        .join(batch, batch.id == sums.batch_id)
        .where(batch.cycle_id == cycle.id, batch.plan_id.is_(None) if listed else true())
        .group_by(sums.state)
    )
    return {state: int(number) for state, number in session.execute(told)}


def open_ends(session: Session, cycle: Cycle) -> OpenEnds:
    """What of a cycle is open."""
    orders, cards, due = orders_of(session, cycle), voucher_sums.c, entitlement_sums.c
    unused = select(func.coalesce(func.sum(cards.vouchers), 0)).where(
        cards.cycle_id == cycle.id, cards.state == VoucherState.ISSUED
    )
    waiting = select(func.coalesce(func.sum(due.entitlements), 0)).where(
        due.cycle_id == cycle.id, due.state == EntitlementState.APPROVED
    )
    return OpenEnds(
        orders=sum(orders.get(state, 0) for state in OPEN_ORDERS),
        vouchers=int(session.scalars(unused).one()),
        amounts=int(session.scalars(waiting).one()),
    )
