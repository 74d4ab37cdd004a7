"""Payment plans: what of a cycle goes to which provider, in batches, and who is left out."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Conflict, NotFound
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Entitlement, EntitlementState
from programs.models.fsps import Fsp
from programs.models.payments import LeftUnpaid, Payment, PaymentBatch, PaymentPlan
from programs.permissions import May
from programs.queries.approvals import hands_on, signers_of_cycle
from programs.queries.cycles import locked_cycle, nothing_left
from programs.queries.payability import payable
from programs.queries.targets import whom_of
from programs.services.payments import PaidByAnother


class FspResting(Conflict):
    """{name} takes no new orders; choose another provider, or let an administrator open it."""


class NobodyPayable(Conflict):
    """Nothing of this cycle can be paid by {name}: {left_out} were looked at, and each lacks
    something; correct that, or choose another provider."""


class NothingByThisWay(Conflict):
    """Nothing that is due in this cycle goes the way {name} pays; choose another provider."""


@dataclass(frozen=True)
class Wanted:
    """What is asked of a plan: who pays, in which area (all where none), and whether a batch is of
    one area."""

    fsp_id: int
    within_id: int | None = None
    by_area: bool = False


def plan_payments(session: Session, cycle_id: int, wanted: Wanted, *, actor: Actor) -> PaymentPlan:
    """Make one pay order for each approved entitlement a provider can pay, in batches of its size.

    One statement looks them over and one makes them all. Who cannot be paid is listed with the
    reason, and stays approved: a later plan, or a list, takes it up.

    Raises:
        Forbidden, NotFound, CycleElsewhere, CycleBeyondReach, PaidByAnother, FspResting
        NothingByThisWay, NobodyPayable: no order came of it.
    """
    actor.require(May.MAKE_PAYMENTS)
    cycle = locked_cycle(session, cycle_id, CycleState.APPROVED, actor=actor)
    if actor.id in hands_on(session, cycle) | signers_of_cycle(session, cycle):
        raise PaidByAnother
    fsp = _open_fsp(session, wanted.fsp_id)
    last = select(func.coalesce(func.max(PaymentPlan.number), 0))
    number = session.scalars(last.where(PaymentPlan.cycle_id == cycle.id)).one() + 1
    plan = PaymentPlan(cycle_id=cycle.id, number=number, made_by=actor.id, **vars(wanted))
    with audit.act(session, actor, "payments.plan", cycle) as figures:
        session.add(plan)
        session.flush()
        _look_over(session, plan, cycle, fsp)
        if not plan.orders:
            nobody = NobodyPayable(name=fsp.name, left_out=plan.left_out)
            raise nobody if plan.left_out else NothingByThisWay(name=fsp.name)
        if nothing_left(session, cycle):
            cycle.state = CycleState.DISTRIBUTED
        figures.update(number=number, fsp=fsp.name, orders=plan.orders, total=plan.total)
        figures.update(left_out=plan.left_out)
    return plan


def _open_fsp(session: Session, fsp_id: int) -> Fsp:
    fsp = session.get(Fsp, fsp_id)
    if fsp is None:
        raise NotFound(fsp=fsp_id)
    if not fsp.active:
        raise FspResting(name=fsp.name)
    return fsp


def _look_over(session: Session, plan: PaymentPlan, cycle: Cycle, fsp: Fsp) -> None:
    """Write who is left out, the batches and their orders; count them into the plan."""
    due = payable(cycle, whom_of(session, cycle.program_id), fsp, plan.within_id)
    looked = due.cte("looked").prefix_with("MATERIALIZED")
    left = session.execute(_left_out(plan, looked)).scalar_one()
    batches = session.execute(_cut(plan, cycle, fsp, looked)).one()
    plan.left_out, plan.orders, plan.total = left, batches.orders, Decimal(batches.total)


def _left_out(plan: PaymentPlan, looked: CTE) -> Select[int]:
    why = select(
        literal(plan.id),
        looked.c.entitlement_id,
        looked.c.registrant_id,
        looked.c.area_id,
        looked.c.reason,
    ).where(looked.c.reason.is_not(None))
    columns = ["plan_id", "entitlement_id", "registrant_id", "area_id", "reason"]
    written = (
        insert(LeftUnpaid)
        .from_select(columns, why, include_defaults=False)
        .returning(LeftUnpaid.entitlement_id)
    )
    return select(func.count()).select_from(written.cte("left"))


def _cut(plan: PaymentPlan, cycle: Cycle, fsp: Fsp, looked: CTE) -> Select[int, Decimal]:
    """Cut what can be paid into batches, write these and their orders, and count and sum."""
    numbered = _numbered(plan, fsp, looked)
    batches = _batches(plan, cycle, numbered)
    order = (
        select(
            batches.c.id,
            numbered.c.entitlement_id,
            numbered.c.registrant_id,
            numbered.c.area_id,
            numbered.c.amount,
            numbered.c.ern,
            numbered.c.account_id,
            numbered.c.contact_id,
        )
        .select_from(numbered)
        .join(batches, batches.c.number == numbered.c.batch)
    )
    columns = ["batch_id", "entitlement_id", "registrant_id", "area_id", "amount", "reference"]
    made = (
        insert(Payment)
        .from_select([*columns, "account_id", "contact_id"], order, include_defaults=False)
        .returning(Payment.entitlement_id, Payment.amount)
        .cte("made")
    )
    sent = (
        update(Entitlement)
        .where(Entitlement.id == made.c.entitlement_id)
        .values(state=EntitlementState.SENT)
        .cte("sent")
    )
    total = func.coalesce(func.sum(made.c.amount), 0)
    counted = select(func.count().label("orders"), total.label("total")).select_from(made)
    return counted.add_cte(sent)


def _numbered(plan: PaymentPlan, fsp: Fsp, looked: CTE) -> CTE:
    """What can be paid, each with the number of its batch, neighbours together."""
    apart: list[ColumnElement[Any]] = [looked.c.area_id] if plan.by_area else []
    row = func.row_number().over(
        partition_by=apart or None, order_by=[looked.c.area_id, looked.c.ern]
    )
    piece = select(*looked.c, ((row - 1) // fsp.batch_size).label("piece"))
    pieces = piece.where(looked.c.reason.is_(None)).cte("pieces")
    keys = [pieces.c.area_id] if plan.by_area else []
    batch = func.dense_rank().over(order_by=[*keys, pieces.c.piece])
    return select(*pieces.c, batch.label("batch")).cte("numbered")


def _batches(plan: PaymentPlan, cycle: Cycle, numbered: CTE) -> CTE:
    sums = select(
        literal(cycle.id),
        literal(plan.id),
        numbered.c.batch,
        func.count(),
        func.sum(numbered.c.amount),
        literal(plan.made_by),
    ).group_by(numbered.c.batch)
    columns = ["cycle_id", "plan_id", "number", "orders", "total", "made_by"]
    new = insert(PaymentBatch).from_select(columns, sums, include_defaults=False)
    return new.returning(PaymentBatch.id, PaymentBatch.number).cte("batches")
