"""Expiry: what nobody took up to its last day is not given any more, and its money is free."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, func, select, true, update
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.clock import today
from core.errors import Conflict
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Entitlement, EntitlementState, Voucher, VoucherState
from programs.permissions import May
from programs.queries.cycles import locked_cycle, nothing_left
from programs.queries.expiry import RUNNING, amount_over, card_over
from programs.services.funds import set_free


class NothingOver(Conflict):
    """Nothing of this cycle is past its last day; what is due in it can still be given."""


@dataclass(frozen=True)
class Expired:
    """How many cards and amounts expired, and how much money that set free."""

    vouchers: int
    amounts: int
    freed: Decimal


def expire_over(session: Session, cycle_id: int, *, actor: Actor) -> Expired:
    """Let expire what of a running cycle is past its last day: cards nobody used, with what they
    stood for, and amounts that never left. Two statements do it, however many there are.

    What is on its way to somebody is not touched: it comes back, or it arrives.

    Raises:
        Forbidden, NotFound, CycleElsewhere, CycleBeyondReach, NothingOver
    """
    actor.require(May.PREPARE_CYCLES)
    cycle = locked_cycle(session, cycle_id, *RUNNING, actor=actor)
    with audit.act(session, actor, "cycles.expire", cycle) as figures:
        cards, worth = session.execute(cards_expired(cycle, today())).one()
        amounts, cost = session.execute(_amounts_expired(cycle, today())).one()
        if not cards + amounts:
            raise NothingOver
        expired = Expired(cards, amounts, worth + cost)
        set_free(session, cycle, expired.freed, made_by=actor.id)
        if nothing_left(session, cycle):
            cycle.state = CycleState.DISTRIBUTED
        figures.update(vouchers=cards, amounts=amounts, freed=expired.freed)
    session.expire_all()
    return expired


def cards_expired(cycle: Cycle, on: date | None) -> Select[int, Decimal]:
    """Expire the cards of a cycle that are over on a day, or all that nobody used, and what they
    stood for; answers how many, and what those cost."""
    unused = (
        update(Voucher)
        .where(
            Voucher.entitlement_id == Entitlement.id,
            Entitlement.cycle_id == cycle.id,
            Voucher.state == VoucherState.ISSUED,
            card_over(on) if on else true(),
        )
        .values(state=VoucherState.EXPIRED)
        .returning(Voucher.entitlement_id)
        .cte("unused")
    )
    expired = (
        update(Entitlement)
        .where(Entitlement.id == unused.c.entitlement_id)
        .values(state=EntitlementState.EXPIRED)
        .returning((Entitlement.amount + Entitlement.fee).label("cost"))
        .cte("expired")
    )
    return select(func.count(), func.coalesce(func.sum(expired.c.cost), 0)).select_from(expired)


def _amounts_expired(cycle: Cycle, on: date) -> Select[int, Decimal]:
    over = (
        update(Entitlement)
        .where(Entitlement.cycle_id == cycle.id, amount_over(on))
        .values(state=EntitlementState.EXPIRED)
        .returning((Entitlement.amount + Entitlement.fee).label("cost"))
        .cte("over")
    )
    return select(func.count(), func.coalesce(func.sum(over.c.cost), 0)).select_from(over)
