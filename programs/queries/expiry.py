"""What of cycles is over: cards and amounts whose last day has passed."""

from datetime import date

from sqlalchemy import ColumnElement, and_, select, union
from sqlalchemy.orm import Session

from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Entitlement, EntitlementState, Voucher, VoucherState

RUNNING = (CycleState.APPROVED, CycleState.DISTRIBUTED)


def card_over(on: date) -> ColumnElement[bool]:
    """Whether nobody used a card up to its last day, and that has passed on a day."""
    return and_(Voucher.state == VoucherState.ISSUED, Voucher.expires_on < on)


def amount_over(on: date) -> ColumnElement[bool]:
    """Whether an amount never left, and its last day has passed on a day."""
    return and_(Entitlement.state == EntitlementState.APPROVED, Entitlement.valid_until < on)


def cycles_over(session: Session, on: date) -> list[int]:
    """The running cycles of which something is over on a day and has not expired yet."""
    running = Cycle.state.in_(RUNNING)
    cards = (
        select(Entitlement.cycle_id)
        .join(Voucher, Voucher.entitlement_id == Entitlement.id)
        .join(Cycle, Cycle.id == Entitlement.cycle_id)
        .where(card_over(on), running)
    )
    amounts = (
        select(Entitlement.cycle_id)
        .join(Cycle, Cycle.id == Entitlement.cycle_id)
        .where(amount_over(on), running)
    )
    return sorted(session.scalars(union(cards, amounts)))
