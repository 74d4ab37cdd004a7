"""Orders on their way to providers, and providers' answers on their way to us."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import audit
from core.actor import PLATFORM, Actor
from core.crypto import opened
from core.db import stand_whole, transaction
from core.errors import NotFound
from core.jobs import Progress, whole_country, work
from core.settings import settings
from programs.fsp.mobile_money import MobileMoney, answer_in
from programs.fsp.orders import Answer, Online, Order, Outcome, Unsure
from programs.models.fsps import ConnectorKind, Fsp, FspAnswer
from programs.permissions import May
from programs.queries.payability import PHONE
from programs.queries.payment_orders import in_doubt, unanswered
from programs.services.sending import (
    AccountGone,
    GoesByFile,
    Line,
    doubt,
    doubt_all,
    doubt_late,
    line_of,
    put_back,
    take_up,
)
from programs.services.settling import settle

AT_ONCE = 20
ROUNDS = 5  # of asking about what is in doubt, before it is left for later
ANSWERS = 1000
ASKING = frozenset({May.MAKE_PAYMENTS})  # of the platform itself
DIVIDING = re.compile(r"[\s().\-/]")


@dataclass(frozen=True)
class Sending:
    """One batch being sent by one worker; every step of it is a transaction of its own."""

    line: Line
    online: Online
    actor: Actor
    report: Callable[[int, int], None]

    @contextmanager
    def step(self) -> Iterator[Session]:
        with transaction() as session:
            stand_whole(session)
            yield session


@work
@whole_country
def send_batch(
    session: Session, *, actor: Actor, progress: Progress, batch_id: int
) -> dict[str, int]:
    """Send the orders of a batch.

    What a worker that vanished left unknown is asked about first; only what the provider never had
    is sent.
    """
    actor.require(May.MAKE_PAYMENTS)
    sending = _sending(session, batch_id, actor, progress)
    with sending.step() as step:
        doubt_all(step, batch_id)
    sent = 0
    for _round in range(ROUNDS):
        _ask(sending, in_doubt)
        sent += _send_all(sending)
        with sending.step() as step:
            open_still = bool(in_doubt(step, batch_id))
        if not open_still:
            break
        time.sleep(sending.line.window.total_seconds() / ROUNDS)
    return {"orders": sent}


@work
@whole_country
def ask_provider(
    session: Session, *, actor: Actor, progress: Progress, batch_id: int
) -> dict[str, int]:
    """Ask a provider what became of a batch.

    What nobody knows of and what it has not answered since. The platform asks of its own accord,
    too; it sends nothing.
    """
    asker = replace(actor, permissions=ASKING) if actor.id == PLATFORM.id else actor
    asker.require(May.MAKE_PAYMENTS)
    sending = _sending(session, batch_id, asker, progress)
    with sending.step() as step:
        doubt_late(step, sending.line)
    return {"orders": _ask(sending, in_doubt) + _ask(sending, unanswered)}


@work
@whole_country
def take_answers(session: Session, *, actor: Actor, progress: Progress, fsp_id: int) -> None:
    """Take in what a provider answered by itself."""
    fsp = session.get(Fsp, fsp_id)
    if fsp is None:
        raise NotFound(fsp=fsp_id)
    waiting = (
        select(FspAnswer)
        .where(FspAnswer.fsp_id == fsp_id, FspAnswer.taken_at.is_(None))
        .order_by(FspAnswer.id)
        .with_for_update(skip_locked=True)
        .limit(ANSWERS)
    )
    rows = session.scalars(waiting).all()
    while rows:
        with audit.act(session, actor, "payments.answer", fsp) as figures:
            moved = settle(session, [answer_in(row.answer) for row in rows], timedelta(0))
            for row in rows:
                row.taken_at = func.now()
            figures.update(answers=len(rows), **moved)
        rows = session.scalars(waiting).all()


def _sending(session: Session, batch_id: int, actor: Actor, progress: Progress) -> Sending:
    line = line_of(session, batch_id, actor=actor)
    report = partial(_reported, progress)
    session.expunge_all()
    return Sending(line, _online(line.fsp), actor, report)


def _reported(progress: Progress, done: int, total: int) -> None:
    progress.report(done, total)


def _online(fsp: Fsp) -> Online:
    if fsp.connector is not ConnectorKind.MOBILE_MONEY:
        raise GoesByFile(name=fsp.name)
    return MobileMoney(
        address=fsp.address or "",
        account=fsp.account or "",
        secret=opened(fsp.secret or ""),
        wait=float(fsp.wait),
        callback=f"{settings().base_url}/api/callbacks/{fsp.code}",
    )


def _send_all(sending: Sending) -> int:
    """Send what waits, some at a time; how many the provider heard of."""
    sent = 0
    while True:
        began = time.monotonic()
        with sending.step() as step:
            orders = take_up(step, sending.line, AT_ONCE, actor=sending.actor)
        if not orders:
            return sent
        _send(sending, orders, began)
        sent += len(orders)
        sending.report(sent, sending.line.batch.orders)


def _send(sending: Sending, orders: Sequence[Order], began: float) -> None:
    """Send orders that were taken up at a moment; what it is too late for waits again."""
    latest = began + sending.line.fsp.wait * 2
    answers: list[Answer] = []
    unsure: list[Order] = []
    unsent: list[Order] = []
    for order in orders:
        if time.monotonic() > latest:
            unsent.append(order)
            continue
        try:
            answers.append(_handed(sending.online, order))
        except Unsure:
            unsure.append(order)
    with sending.step() as step:
        put_back(step, unsent)
        _written(step, sending, answers)
        doubt(step, unsure)


def _handed(online: Online, order: Order) -> Answer:
    """What a provider answers to an order; one that leads nowhere never leaves."""
    number = DIVIDING.sub("", order.account or "")
    if not re.fullmatch(PHONE, number):
        return Answer(order.reference, Outcome.FAILED, said=AccountGone.sentence())
    return online.send(order)


def _ask(sending: Sending, which: Callable[[Session, int], Sequence[str]]) -> int:
    """Ask what became of some orders; how many the provider spoke of."""
    with sending.step() as step:
        references = which(step, sending.line.batch.id)
    answers = []
    for done, reference in enumerate(references, 1):
        try:
            answers.append(sending.online.ask(reference))
        except Unsure:
            break  # it cannot be asked now
        sending.report(done, len(references))
    with sending.step() as step:
        _written(step, sending, answers)
    return len(answers)


def _written(session: Session, sending: Sending, answers: Sequence[Answer]) -> None:
    if not answers:
        return
    with audit.act(session, sending.actor, "payments.answer", sending.line.batch) as figures:
        moved = settle(session, answers, sending.line.window)
        figures.update(answers=len(answers), **moved)
