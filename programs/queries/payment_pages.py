"""What pages say of payments: the plans of a cycle, a batch, one order with its history, and what
is in doubt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import NotFound
from geo.models.areas import Area
from geo.queries.reach import within_reach
from programs.models.cycles import Cycle
from programs.models.fsps import Fsp
from programs.models.payments import (
    LeftUnpaid,
    Payment,
    PaymentBatch,
    PaymentEvent,
    PaymentPlan,
    PaymentState,
    Unpayable,
)
from programs.models.programs import Program
from programs.models.sums import payment_sums
from programs.permissions import May
from programs.queries.reach import cycle_seen, sees, within_programs
from registry.models.registrants import Registrant

AT_ONCE = 50
KNOWN_END = frozenset({PaymentState.PAID, PaymentState.RECONCILED})


@dataclass(frozen=True)
class BatchFigures:
    """A batch, how many of its orders stand where, and what is known to have arrived."""

    batch: PaymentBatch
    orders: dict[PaymentState, int]
    paid: Decimal

    @property
    def arrived(self) -> int:
        """How many orders are paid."""
        return sum(self.orders.get(state, 0) for state in KNOWN_END)


@dataclass(frozen=True)
class PlanFigures:
    """A plan with its provider, its batches, and why others are left out."""

    plan: PaymentPlan
    fsp: Fsp
    within: str | None
    batches: list[BatchFigures]
    left_out: list[tuple[Unpayable, int]]


@dataclass(frozen=True)
class CyclePayments:
    """All that was planned of a cycle, and the providers another plan could go to."""

    cycle: Cycle
    program: Program
    plans: list[PlanFigures]
    fsps: Sequence[Fsp]


@dataclass(frozen=True)
class OrderLine:
    """One order on the page of its batch."""

    id: int
    reference: str
    registrant: str
    area: str | None
    amount: Decimal
    state: PaymentState
    said: str | None


@dataclass(frozen=True)
class BatchPage:
    """A batch with some of its orders; `after` is where the next ones begin."""

    figures: BatchFigures
    plan: PaymentPlan
    fsp: Fsp
    cycle: Cycle
    program: Program
    lines: list[OrderLine]
    after: int | None


@dataclass(frozen=True)
class PaymentPage:
    """One order, whose it is, and every step of it."""

    payment: Payment
    registrant: str
    batch: PaymentBatch
    cycle: Cycle
    program: Program
    fsp: Fsp | None
    events: Sequence[PaymentEvent]


@dataclass(frozen=True)
class Doubt:
    """A batch with orders of which nobody knows whether the provider has them."""

    batch: PaymentBatch
    fsp: Fsp
    cycle: Cycle
    program: Program
    orders: int
    amount: Decimal
    since: datetime | None


def payments_of(session: Session, cycle_id: int, *, actor: Actor) -> CyclePayments:
    """What was planned of a cycle; its figures are sums of the whole cycle.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.MAKE_PAYMENTS)
    cycle = cycle_seen(session, cycle_id, actor=actor)
    asked = (
        select(PaymentPlan, Fsp, Area.name)
        .join(Fsp, Fsp.id == PaymentPlan.fsp_id)
        .outerjoin(Area, Area.id == PaymentPlan.within_id)
        .where(PaymentPlan.cycle_id == cycle.id)
        .order_by(PaymentPlan.number)
    )
    batches, left = _batches(session, cycle), _left_out(session, cycle)
    plans = [
        PlanFigures(plan, fsp, within, batches.get(plan.id, []), left.get(plan.id, []))
        for plan, fsp, within in session.execute(asked)
    ]
    fsps = session.scalars(select(Fsp).where(Fsp.active).order_by(Fsp.name)).all()
    return CyclePayments(cycle, session.get_one(Program, cycle.program_id), plans, fsps)


def batch_page(
    session: Session, batch_id: int, *, actor: Actor, after: int | None = None
) -> BatchPage:
    """A batch of a plan, and the orders of it that stand in the actor's areas.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.MAKE_PAYMENTS)
    asked = _with_plan().where(PaymentBatch.id == batch_id)
    found = session.execute(asked).one_or_none()
    if found is None or not sees(actor, found.Program.id):
        raise NotFound(batch=batch_id)
    rows = session.execute(_lines(batch_id, after or 0, actor)).all()
    lines = [OrderLine(*row) for row in rows[:AT_ONCE]]
    return BatchPage(
        _figures(session, found.PaymentBatch),
        *(found.PaymentPlan, found.Fsp, found.Cycle, found.Program),
        lines,
        lines[-1].id if len(rows) > AT_ONCE else None,
    )


def payment_page(session: Session, reference: str, *, actor: Actor) -> PaymentPage:
    """One order by its reference, or by one it had before, with every step of it.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.MAKE_PAYMENTS)
    earlier = select(PaymentEvent.payment_id).where(PaymentEvent.reference == reference)
    asked = (
        select(Payment, Registrant.number, PaymentBatch, Cycle, Program, Fsp)
        .join(PaymentBatch, PaymentBatch.id == Payment.batch_id)
        .join(Cycle, Cycle.id == PaymentBatch.cycle_id)
        .join(Program, Program.id == Cycle.program_id)
        .join(Registrant, Registrant.id == Payment.registrant_id)
        .outerjoin(PaymentPlan, PaymentPlan.id == PaymentBatch.plan_id)
        .outerjoin(Fsp, Fsp.id == PaymentPlan.fsp_id)
        .where(
            or_(Payment.reference == reference, Payment.id.in_(earlier)),
            within_reach(actor, Payment.area_id),
            within_programs(actor, Program.id),
        )
    )
    found = session.execute(asked).one_or_none()
    if found is None:
        raise NotFound(payment=reference)
    steps = select(PaymentEvent).where(PaymentEvent.payment_id == found[0].id)
    return PaymentPage(*found, session.scalars(steps.order_by(PaymentEvent.id)).all())


def doubts(session: Session, *, actor: Actor) -> list[Doubt]:
    """The batches whose orders are with a provider, or not: nobody knows; the oldest first."""
    actor.require(May.MAKE_PAYMENTS)
    unknown = (
        select(
            Payment.batch_id,
            func.count().label("orders"),
            func.sum(Payment.amount).label("amount"),
            func.min(Payment.claimed_at).label("since"),
        )
        .where(Payment.state.in_([PaymentState.SENDING, PaymentState.IN_DOUBT]))
        .group_by(Payment.batch_id)
        .subquery("unknown")
    )
    asked = (
        _with_plan()
        .add_columns(unknown.c.orders, unknown.c.amount, unknown.c.since)
        .join(unknown, unknown.c.batch_id == PaymentBatch.id)
        .where(within_programs(actor, Program.id))
        .order_by(unknown.c.since)
    )
    return [
        Doubt(row.PaymentBatch, row.Fsp, row.Cycle, row.Program, row.orders, row.amount, row.since)
        for row in session.execute(asked)
    ]


def _with_plan() -> Select[*tuple[Any, ...]]:
    return (
        select(PaymentBatch, PaymentPlan, Fsp, Cycle, Program)
        .join(PaymentPlan, PaymentPlan.id == PaymentBatch.plan_id)
        .join(Fsp, Fsp.id == PaymentPlan.fsp_id)
        .join(Cycle, Cycle.id == PaymentBatch.cycle_id)
        .join(Program, Program.id == Cycle.program_id)
    )


def _lines(batch_id: int, after: int, actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Payment.id,
            Payment.reference,
            Registrant.number,
            Area.name,
            Payment.amount,
            Payment.state,
            Payment.said,
        )
        .join(Registrant, Registrant.id == Payment.registrant_id)
        .outerjoin(Area, Area.id == Payment.area_id)
        .where(
            Payment.batch_id == batch_id, Payment.id > after, within_reach(actor, Payment.area_id)
        )
        .order_by(Payment.id)
        .limit(AT_ONCE + 1)
    )


def _figures(session: Session, batch: PaymentBatch) -> BatchFigures:
    sums = payment_sums.c
    rows = session.execute(
        select(sums.state, sums.orders, sums.paid).where(sums.batch_id == batch.id)
    ).all()
    return BatchFigures(
        batch, {row.state: row.orders for row in rows}, sum((row.paid for row in rows), Decimal(0))
    )


def _batches(session: Session, cycle: Cycle) -> dict[int, list[BatchFigures]]:
    asked = select(PaymentBatch).where(
        PaymentBatch.cycle_id == cycle.id, PaymentBatch.plan_id.is_not(None)
    )
    batches = session.scalars(asked.order_by(PaymentBatch.number)).all()
    sums = payment_sums.c
    counted = select(sums.batch_id, sums.state, sums.orders, sums.paid).where(
        sums.batch_id.in_([batch.id for batch in batches])
    )
    orders: dict[int, dict[PaymentState, int]] = {}
    paid: dict[int, Decimal] = {}
    for row in session.execute(counted):
        orders.setdefault(row.batch_id, {})[row.state] = row.orders
        paid[row.batch_id] = paid.get(row.batch_id, Decimal(0)) + row.paid
    found: dict[int, list[BatchFigures]] = {}
    for batch in batches:
        figures = BatchFigures(batch, orders.get(batch.id, {}), paid.get(batch.id, Decimal(0)))
        found.setdefault(batch.plan_id or 0, []).append(figures)
    return found


def _left_out(session: Session, cycle: Cycle) -> dict[int, list[tuple[Unpayable, int]]]:
    counted = (
        select(LeftUnpaid.plan_id, LeftUnpaid.reason, func.count())
        .join(PaymentPlan, PaymentPlan.id == LeftUnpaid.plan_id)
        .where(PaymentPlan.cycle_id == cycle.id)
        .group_by(LeftUnpaid.plan_id, LeftUnpaid.reason)
        .order_by(func.count().desc())
    )
    found: dict[int, list[tuple[Unpayable, int]]] = {}
    for plan_id, reason, number in session.execute(counted):
        found.setdefault(plan_id, []).append((reason, number))
    return found
