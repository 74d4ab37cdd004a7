"""The orders of a batch as a file for its provider; handing it over is said by a person."""

import csv
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.clock import today
from core.crypto import opened
from core.errors import Conflict, Invalid
from core.storage import keep_personal_file
from programs.documents.payment_lists import lock, write_workbook
from programs.fsp.files import COLUMNS, cells_of
from programs.fsp.orders import Order
from programs.fsp.pain import Sender, Unreadable, read, written
from programs.models.cycles import Cycle
from programs.models.fsps import ConnectorKind, Fsp
from programs.models.organisations import Organisation
from programs.models.payments import Payment, PaymentState
from programs.models.programs import Program
from programs.permissions import May
from programs.queries.payment_orders import orders_of
from programs.services.payments import Exported
from programs.services.sending import NOW, AskedByItself, Line, line_of, take_up
from programs.services.settling import settle

CSV, XLSX, XML = "csv", "xlsx", "xml"


class ReportUnreadable(Invalid):
    """This is no payment status report (pain.002); send the XML file the bank answered with."""


class ReportOfOthers(Invalid):
    """This report speaks of no order of this batch; look which batch it answers."""


class NothingWaits(Conflict):
    """Every order of this batch is on its way or at its end; there is nothing to hand over."""


def hand_out(session: Session, batch_id: int, kind: str, *, actor: Actor) -> Exported:
    """The orders of a batch that wait, as a CSV or a workbook with the provider's columns; a bank's
    as a credit transfer, and as a locked workbook where the provider's files have a password.

    They are being sent from now on: somebody says when the provider has the file, or that it never
    came. Until then the same orders are in the file made again.

    Raises:
        Forbidden, NotFound, NoProvider, CycleBeyondReach, AskedByItself, NothingWaits
    """
    actor.require(May.EXPORT_PAYMENTS)
    line = line_of(session, batch_id, actor=actor)
    if line.fsp.connector is ConnectorKind.MOBILE_MONEY:
        raise AskedByItself(name=line.fsp.name)
    kind = file_kind(line.fsp) or kind
    take_up(session, line, line.batch.orders, actor=actor)
    orders = _being_sent(session, line)
    if not orders:
        raise NothingWaits
    cycle = session.get_one(Cycle, line.batch.cycle_id)
    total = sum((order.amount for order in orders), Decimal(0))
    with audit.act(session, actor, "payments.export", cycle) as figures:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"orders.{kind}"
            _write(session, path, kind, orders, line)
            kept = keep_personal_file(path)
        figures.update(file=kind, orders=len(orders), total=total, sha256=kept.sha256)
    return Exported(kept, len(orders), total)


def file_kind(fsp: Fsp) -> str | None:
    """The only kind of file a provider takes; None where it may be chosen."""
    if fsp.connector is ConnectorKind.ISO20022:
        return XML
    return XLSX if fsp.secret else None


def _being_sent(session: Session, line: Line) -> Sequence[Order]:
    asked = select(Payment.id).where(
        Payment.batch_id == line.batch.id, Payment.state == PaymentState.SENDING
    )
    return orders_of(session, session.scalars(asked).all())


def take_report(session: Session, batch_id: int, report: bytes, *, actor: Actor) -> int:
    """Take in a bank's status report (pain.002) of a batch; how many orders it moved.

    Raises:
        Forbidden, NotFound, NoProvider, CycleBeyondReach, ReportUnreadable, ReportOfOthers
    """
    actor.require(May.MAKE_PAYMENTS)
    line = line_of(session, batch_id, actor=actor)
    asked = select(Payment.reference).where(Payment.batch_id == line.batch.id)
    ours = set(session.scalars(asked))
    try:
        answers = [each for each in read(report, sorted(ours)) if each.reference in ours]
    except Unreadable as error:
        raise ReportUnreadable from error
    if not answers:
        raise ReportOfOthers
    with audit.act(session, actor, "payments.answer", line.batch) as figures:
        moved = settle(session, answers, NOW)
        figures.update(answers=len(answers), **moved)
    return sum(moved.values())


def _message(session: Session, orders: Sequence[Order], line: Line) -> bytes:
    """The orders as a credit transfer of who runs the program."""
    asked = (
        select(Organisation.name)
        .join(Program, Program.organisation_id == Organisation.id)
        .join(Cycle, Cycle.program_id == Program.id)
        .where(Cycle.id == line.batch.cycle_id)
    )
    attempt = max(order.attempt for order in orders)
    sender = Sender(
        message=f"HG-{line.batch.id}-{attempt}",
        name=session.scalars(asked).one(),
        account=line.fsp.account or "",
        at=datetime.now(UTC),
        on=today(),
    )
    return written(orders, sender)


def _write(session: Session, path: Path, kind: str, orders: Sequence[Order], line: Line) -> None:
    if kind == XML:
        path.write_bytes(_message(session, orders, line))
        return
    columns = tuple(line.fsp.columns) or COLUMNS
    rows = [cells_of(order, columns) for order in orders]
    if kind == CSV:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([columns, *rows])
        return
    at = columns.index("amount")
    typed = [[*row[:at], Decimal(row[at]), *row[at + 1 :]] for row in rows]
    write_workbook(path, columns, typed, amount_at=at, made_at=line.batch.created_at)
    if line.fsp.secret:
        lock(path, opened(line.fsp.secret))
