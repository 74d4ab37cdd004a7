"""The orders of a batch as a file for its provider; handing it over is said by a person."""

import csv
import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Conflict
from core.storage import keep_personal_file
from programs.documents.payment_lists import write_workbook
from programs.fsp.files import COLUMNS, cells_of
from programs.fsp.orders import Order
from programs.models.cycles import Cycle
from programs.models.fsps import ConnectorKind
from programs.models.payments import Payment, PaymentState
from programs.permissions import May
from programs.queries.payment_orders import orders_of
from programs.services.payments import Exported
from programs.services.sending import AskedByItself, Line, line_of, take_up

CSV, XLSX = "csv", "xlsx"


class NothingWaits(Conflict):
    """Every order of this batch is on its way or at its end; there is nothing to hand over."""


def hand_out(session: Session, batch_id: int, kind: str, *, actor: Actor) -> Exported:
    """The orders of a batch that wait, as a CSV or a workbook with the provider's columns.

    They are being sent from now on: somebody says when the provider has the file, or that it never
    came. Until then the same orders are in the file made again.

    Raises:
        Forbidden, NotFound, NoProvider, CycleBeyondReach, AskedByItself, NothingWaits
    """
    actor.require(May.EXPORT_PAYMENTS)
    line = line_of(session, batch_id, actor=actor)
    if line.fsp.connector is not ConnectorKind.FILE:
        raise AskedByItself(name=line.fsp.name)
    take_up(session, line, line.batch.orders, actor=actor)
    orders = _being_sent(session, line)
    if not orders:
        raise NothingWaits
    cycle = session.get_one(Cycle, line.batch.cycle_id)
    total = sum((order.amount for order in orders), Decimal(0))
    with audit.act(session, actor, "payments.export", cycle) as figures:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"orders.{kind}"
            _write(path, kind, orders, line)
            kept = keep_personal_file(path)
        figures.update(file=kind, orders=len(orders), total=total, sha256=kept.sha256)
    return Exported(kept, len(orders), total)


def _being_sent(session: Session, line: Line) -> Sequence[Order]:
    asked = select(Payment.id).where(
        Payment.batch_id == line.batch.id, Payment.state == PaymentState.SENDING
    )
    return orders_of(session, session.scalars(asked).all())


def _write(path: Path, kind: str, orders: Sequence[Order], line: Line) -> None:
    columns = tuple(line.fsp.columns) or COLUMNS
    rows = [cells_of(order, columns) for order in orders]
    if kind == CSV:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([columns, *rows])
        return
    at = columns.index("amount")
    typed = [[*row[:at], Decimal(row[at]), *row[at + 1 :]] for row in rows]
    write_workbook(path, columns, typed, amount_at=at, made_at=line.batch.created_at)
