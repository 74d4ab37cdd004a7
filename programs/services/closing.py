"""Bringing the orders of a cycle to their end by hand, where no provider answers for them."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Conflict
from programs.models.cycles import CycleState
from programs.models.entitlements import Entitlement, EntitlementState
from programs.models.payments import Payment, PaymentBatch, PaymentState
from programs.permissions import May
from programs.queries.approvals import hands_on, signers_of_cycle
from programs.queries.cycles import locked_cycle, reason_given
from programs.services.payments import PaidByAnother

RUNNING = (CycleState.APPROVED, CycleState.DISTRIBUTED)


class NoListOpen(Conflict):
    """No order of this cycle waits on a list that was taken along; look at what became of them."""


def confirm_paid(session: Session, cycle_id: int, reference: str, *, actor: Actor) -> int:
    """Say that all orders on the lists that were taken along were paid, by the paper that shows it.

    What came back has to be rejected before, one by one. Orders that a provider holds are theirs to
    answer for. Answers how many orders that were; one statement writes them all.

    Raises:
        Forbidden, NotFound, CycleElsewhere, CycleBeyondReach, ReasonMissing, NoListOpen
        PaidByAnother: who prepared or signed does not say what was paid.
    """
    actor.require(May.MAKE_PAYMENTS)
    cycle = locked_cycle(session, cycle_id, *RUNNING, actor=actor)
    if actor.id in hands_on(session, cycle) | signers_of_cycle(session, cycle):
        raise PaidByAnother
    paper = reason_given(reference)
    orders = (
        update(Payment)
        .where(
            Payment.batch_id == PaymentBatch.id,
            PaymentBatch.cycle_id == cycle.id,
            PaymentBatch.plan_id.is_(None),
            Payment.state == PaymentState.ISSUED,
        )
        .values(state=PaymentState.RECONCILED)
        .returning(Payment.entitlement_id, Payment.amount)
        .cte("orders")
    )
    received = (
        update(Entitlement)
        .where(Entitlement.id == orders.c.entitlement_id)
        .values(state=EntitlementState.REDEEMED, redeemed=orders.c.amount)
        .cte("received")
    )
    total = func.coalesce(func.sum(orders.c.amount), 0)
    asked = select(func.count(), total).select_from(orders).add_cte(received)
    with audit.act(session, actor, "payments.confirm", cycle) as figures:
        number, amount = session.execute(asked).one()
        if not number:
            raise NoListOpen
        figures.update(orders=number, total=amount, reference=paper)
    return int(number)
