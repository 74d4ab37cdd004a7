"""Payments: orders made of what was approved, and the lists that leave the house."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.bulk import copy_out
from core.clock import today
from core.errors import Conflict, Forbidden
from core.storage import Kept, digest_of, keep_personal_file
from programs.documents.payment_lists import write_workbook
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Entitlement, EntitlementState
from programs.models.payments import Payment, PaymentBatch
from programs.models.programs import Benefit, Delivery
from programs.permissions import May
from programs.queries.approvals import hands_on, signers_of_cycle
from programs.queries.cycles import CycleBeyondReach, locked_cycle, nothing_left, sees_part_only
from programs.queries.entitlements import still_good
from programs.queries.payments import COLUMNS, batch_of, order_lines

REPORT_EVERY = 5000


class PaidByAnother(Forbidden):
    """You prepared or signed this cycle; somebody who did neither has to pay it."""


class NothingToPay(Conflict):
    """Nothing of this cycle is paid in money; what it gives goes out as vouchers."""


class ListBroken(Conflict):
    """The list has {found} orders of {sum} in all, but {orders} of {total} were made; nothing was
    exported, and an administrator has to look at it."""


@dataclass(frozen=True)
class Exported:
    """A payment list as a file: what was kept, and what it adds up to."""

    kept: Kept
    orders: int
    total: Decimal


def make_payments(session: Session, cycle_id: int, *, actor: Actor) -> PaymentBatch:
    """Make one pay order for each approved entitlement in money; one statement makes them all.

    Raises:
        Forbidden, NotFound, CycleElsewhere, CycleBeyondReach, NothingToPay
        PaidByAnother: who prepared or signed does not pay.
    """
    actor.require(May.MAKE_PAYMENTS)
    cycle = locked_cycle(session, cycle_id, CycleState.APPROVED, actor=actor)
    if actor.id in hands_on(session, cycle) | signers_of_cycle(session, cycle):
        raise PaidByAnother
    batch = PaymentBatch(cycle_id=cycle.id, orders=0, total=Decimal(0), made_by=actor.id)
    with audit.act(session, actor, "payments.make", cycle) as figures:
        session.add(batch)
        session.flush()
        batch.orders, batch.total = session.execute(_orders(batch, cycle)).one()
        if not batch.orders:
            raise NothingToPay
        if nothing_left(session, cycle):
            cycle.state = CycleState.DISTRIBUTED
        figures.update(orders=batch.orders, total=batch.total)
    return batch


def export_csv(
    session: Session,
    batch_id: int,
    *,
    actor: Actor,
    report: Callable[[int, int], None] | None = None,
) -> Exported:
    """The list as CSV, written by the database server; memory does not grow with it, and
    `report(done, total)` is told how far it is. The same list is the same bytes.

    Raises:
        Forbidden, NotFound, CycleBeyondReach, ListBroken
    """
    actor.require(May.EXPORT_PAYMENTS)

    def write(path: Path, lines: Select[*tuple[Any, ...]], batch: PaymentBatch) -> int:
        def told(done: int) -> None:
            if report is not None:
                report(done, batch.orders)

        with path.open("wb") as stream:
            return copy_out(session, lines, stream, told=told)

    return _export(session, batch_id, "csv", write, actor)


def export_workbook(
    session: Session,
    batch_id: int,
    *,
    actor: Actor,
    report: Callable[[int, int], None],
) -> Exported:
    """The list as an XLSX workbook, `report(done, total)` being told how far it is.

    Raises:
        Forbidden, NotFound, CycleBeyondReach, ListBroken, TooManyOrders
    """
    actor.require(May.EXPORT_PAYMENTS)

    def write(path: Path, lines: Select[*tuple[Any, ...]], batch: PaymentBatch) -> int:
        orders = _reported(session, lines, batch.orders, report)
        at = COLUMNS.index("amount")
        written = write_workbook(path, COLUMNS, orders, amount_at=at, made_at=batch.created_at)
        return written[0]

    return _export(session, batch_id, "xlsx", write, actor)


def _orders(batch: PaymentBatch, cycle: Cycle) -> Select[int, Decimal]:
    """Write an order for each entitlement that is due in money, mark it sent, count and sum."""
    due = (
        select(
            literal(batch.id),
            Entitlement.id,
            Entitlement.registrant_id,
            Entitlement.area_id,
            Entitlement.amount,
            Entitlement.ern,
        )
        .join(Benefit, Benefit.id == Entitlement.benefit_id)
        .where(
            Entitlement.cycle_id == cycle.id,
            Entitlement.state == EntitlementState.APPROVED,
            Benefit.delivery != Delivery.VOUCHER,
            still_good(today()),
        )
    )
    columns = ["batch_id", "entitlement_id", "registrant_id", "area_id", "amount", "reference"]
    made = (
        insert(Payment)
        .from_select(columns, due)
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
    return select(func.count(), total).select_from(made).add_cte(sent)


def _export(
    session: Session,
    batch_id: int,
    kind: str,
    write: Callable[[Path, Select[*tuple[Any, ...]], PaymentBatch], int],
    actor: Actor,
) -> Exported:
    """Write a list to a file, and let it leave only if it adds up to what was made."""
    batch, cycle, program = batch_of(session, batch_id, actor=actor)
    if sees_part_only(session, cycle.roster_id, actor=actor):
        raise CycleBeyondReach
    lines = order_lines(batch.id, program.currency)
    with audit.act(session, actor, "payments.export", cycle) as figures:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"list.{kind}"
            written = write(path, lines, batch)
            total = _checked(session, lines, batch, written)
            kept, digest = keep_personal_file(path), digest_of(path)
        figures.update(file=kind, orders=written, total=total, sha256=kept.sha256, digest=digest)
    return Exported(kept, written, total)


def _checked(
    session: Session, lines: Select[*tuple[Any, ...]], batch: PaymentBatch, written: int
) -> Decimal:
    amounts = lines.order_by(None).subquery("lines").c.amount
    found = session.scalars(select(func.coalesce(func.sum(amounts), 0))).one()
    if (written, found) != (batch.orders, batch.total):
        raise ListBroken(found=written, sum=found, orders=batch.orders, total=batch.total)
    return Decimal(found)


def _reported(
    session: Session,
    lines: Select[*tuple[Any, ...]],
    total: int,
    report: Callable[[int, int], None],
) -> Iterator[Sequence[Any]]:
    for done, row in enumerate(session.execute(lines.execution_options(yield_per=REPORT_EVERY))):
        if done % REPORT_EVERY == 0:
            report(done, total)
        yield row
