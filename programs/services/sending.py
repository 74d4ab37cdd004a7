"""Sending: taking orders up, one at a time and by nobody else meanwhile, and sending failed ones
anew.

An order is `sending`, and that is committed, before the provider hears of it. Whatever ends in
between leaves it in doubt, and the provider is asked by our reference before it is sent again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.db import changed
from core.errors import Conflict, Invalid, NotFound
from programs.fsp.orders import Answer, Order, Outcome
from programs.models.cycles import Cycle
from programs.models.entitlements import Entitlement, EntitlementState
from programs.models.fsps import ConnectorKind, Fsp
from programs.models.payments import Payment, PaymentBatch, PaymentPlan, PaymentState
from programs.permissions import May
from programs.queries.cycles import CycleBeyondReach, sees_part_only
from programs.queries.payment_orders import orders_of
from programs.queries.reach import sees
from programs.services.settling import settle

CALLS = 2  # as many waits an order may be held before its call begins
NOW = timedelta(0)


class NoProvider(Conflict):
    """This list goes to no provider by itself; take it along as a file."""


class NothingFailed(Conflict):
    """No order of this batch has failed; there is nothing to send anew."""


class NothingInDoubt(Conflict):
    """Nothing of this batch waits for that answer any more; look at its orders."""


class AskedByItself(Conflict):
    """{name} is asked by the platform itself; send the batch on instead."""


class GoesByFile(Conflict):
    """Orders go to {name} as a file; take it along, and say when it was handed over."""


class AccountGone(Invalid):
    """The account of this order is gone or is none; correct the record, then send it anew."""


@dataclass(frozen=True)
class Line:
    """A batch and whom it goes to."""

    batch: PaymentBatch
    fsp: Fsp

    @property
    def window(self) -> timedelta:
        """From when on after it was taken up nobody can be sending an order any more."""
        return timedelta(seconds=self.fsp.wait * (CALLS + 1))


def line_of(session: Session, batch_id: int, *, actor: Actor) -> Line:
    """A batch that goes to a provider, for who pays and sees all of its cycle.

    Raises:
        Forbidden, NotFound, NoProvider, CycleBeyondReach
    """
    actor.require(May.MAKE_PAYMENTS)
    asked = (
        select(PaymentBatch, Cycle, Fsp)
        .join(Cycle, Cycle.id == PaymentBatch.cycle_id)
        .outerjoin(PaymentPlan, PaymentPlan.id == PaymentBatch.plan_id)
        .outerjoin(Fsp, Fsp.id == PaymentPlan.fsp_id)
        .where(PaymentBatch.id == batch_id)
    )
    found = session.execute(asked).one_or_none()
    if found is None or not sees(actor, found[1].program_id):
        raise NotFound(batch=batch_id)
    batch, cycle, fsp = found
    if sees_part_only(session, cycle.roster_id, actor=actor):
        raise CycleBeyondReach
    if fsp is None:
        raise NoProvider
    return Line(batch, fsp)


def take_up(session: Session, line: Line, most: int, *, actor: Actor) -> Sequence[Order]:
    """Take up some orders that were not sent yet; who takes them up holds them alone."""
    actor.require(May.MAKE_PAYMENTS)
    waiting = (
        select(Payment.id)
        .where(Payment.batch_id == line.batch.id, Payment.state == PaymentState.ISSUED)
        .order_by(Payment.id)
        .limit(most)
        .with_for_update(skip_locked=True)
        .cte("waiting")  # asked once: as an IN it is asked for each order, and skips those it took
    )
    taken = (
        update(Payment)
        .where(Payment.id == waiting.c.id, Payment.state == PaymentState.ISSUED)
        .values(
            state=PaymentState.SENDING,
            attempt=Payment.attempt + 1,
            claimed_at=func.clock_timestamp(),
            said=None,
        )
        .returning(Payment.id)
    )
    with audit.act(session, actor, "payments.send", line.batch) as figures:
        ids = list(session.scalars(taken))
        figures.update(orders=len(ids), fsp=line.fsp.name)
    return orders_of(session, ids)


def doubt_all(session: Session, batch_id: int) -> int:
    """Doubt all orders of a batch that were being sent: who was at it is gone."""
    of = (Payment.batch_id == batch_id, Payment.state == PaymentState.SENDING)
    return changed(session, update(Payment).where(*of).values(state=PaymentState.IN_DOUBT))


def doubt_late(session: Session, line: Line) -> int:
    """Doubt the orders of a batch that nobody can be sending any more: who was at it is gone."""
    late = Payment.claimed_at < func.clock_timestamp() - line.window
    of = (Payment.batch_id == line.batch.id, Payment.state == PaymentState.SENDING, late)
    return changed(session, update(Payment).where(*of).values(state=PaymentState.IN_DOUBT))


def doubt(session: Session, orders: Sequence[Order]) -> int:
    """Orders that were handed over and of which nobody knows whether they came."""
    return _turn(session, orders, PaymentState.IN_DOUBT)


def put_back(session: Session, orders: Sequence[Order]) -> int:
    """Orders that were taken up and never left: they wait again."""
    return _turn(session, orders, PaymentState.ISSUED)


def _turn(session: Session, orders: Sequence[Order], state: PaymentState) -> int:
    """Turn orders, but for those that somebody took up anew since."""
    held = [(order.reference, order.attempt) for order in orders]
    mine = tuple_(Payment.reference, Payment.attempt).in_(held)
    of = (mine, Payment.state == PaymentState.SENDING)
    return changed(session, update(Payment).where(*of).values(state=state)) if held else 0


def retry_failed(session: Session, batch_id: int, *, actor: Actor) -> int:
    """Let the orders of a batch that failed be sent anew, each under its next reference; not what
    was given up meanwhile, whose money is free again, or given in another cycle.

    Raises:
        Forbidden, NotFound, NoProvider, CycleBeyondReach, NothingFailed
    """
    actor.require(May.MAKE_PAYMENTS)
    line = line_of(session, batch_id, actor=actor)
    again = (
        update(Payment)
        .where(
            Payment.batch_id == line.batch.id,
            Payment.state == PaymentState.FAILED,
            Entitlement.id == Payment.entitlement_id,
            Entitlement.state == EntitlementState.SENT,
        )
        .values(
            state=PaymentState.ISSUED,
            reference=func.concat(Entitlement.ern, ".", Payment.attempt + 1),
            provider_reference=None,
            said=None,
        )
    )
    with audit.act(session, actor, "payments.retry", line.batch) as figures:
        orders = changed(session, again)
        if not orders:
            raise NothingFailed
        figures.update(orders=orders)
    return orders


def say_handed(session: Session, batch_id: int, *, came: bool, actor: Actor) -> int:
    """Somebody says whether a batch's file came to its provider: it is sent, or waits again.

    Raises:
        Forbidden, NotFound, NoProvider, CycleBeyondReach, NothingInDoubt
        AskedByItself: a provider that is called is not spoken for.
    """
    actor.require(May.MAKE_PAYMENTS)
    line = line_of(session, batch_id, actor=actor)
    if line.fsp.connector is ConnectorKind.MOBILE_MONEY:
        raise AskedByItself(name=line.fsp.name)
    doubt_all(session, line.batch.id)
    open_ones = select(Payment.reference).where(
        Payment.batch_id == line.batch.id, Payment.state == PaymentState.IN_DOUBT
    )
    outcome = Outcome.ACCEPTED if came else Outcome.UNKNOWN
    answers = [Answer(reference, outcome) for reference in session.scalars(open_ones)]
    with audit.act(session, actor, "payments.handed", line.batch) as figures:
        moved = settle(session, answers, NOW)
        orders = sum(moved.values())
        if not orders:
            raise NothingInDoubt
        figures.update(orders=orders, came=came)
    return orders
