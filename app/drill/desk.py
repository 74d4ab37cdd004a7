"""The desk of the drill of payments: the people who take one cycle from its list to its end.

Run as a process of its own for one round. It may be killed anywhere: started again it looks at what
stands and goes on from there, as people do. It ends once every order has come to its end.
"""

import sys
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

import app.tables  # noqa: F401 - the foreign keys need every table
from app.auth.roles import Role
from app.cli.acting import acting_as
from app.cli.demo import TEAM
from app.worker import hang_bell, load_works
from core import jobs
from core.actor import Actor
from core.clock import today
from core.db import connect, transaction
from core.errors import Refusal
from core.jobs import LIVE, Job
from core.settings import settings
from programs.jobs.sending import ask_provider, send_batch
from programs.models.approvals import Approval, ApprovalState
from programs.models.cycles import Cycle, CycleState
from programs.models.fsps import Fsp
from programs.models.payments import Payment, PaymentBatch, PaymentState
from programs.models.programs import Program
from programs.services.approvals import ask_approval, sign
from programs.services.cycles import Start, enrol, start_cycle
from programs.services.entitlements import prepare_entitlements
from programs.services.payment_plans import Wanted, plan_payments
from programs.services.sending import retry_failed
from registry.models.rosters import Roster

PAUSE = 0.2  # seconds between two looks
TRIES = 3  # of an order, before it is left failed
WAITS = {PaymentState.ISSUED, PaymentState.SENDING, PaymentState.IN_DOUBT}
Team = dict[Role, Actor]
T = TypeVar("T")


def main() -> None:
    """Take a round to its end."""
    connect(settings().database_works_url)
    load_works()
    hang_bell(settings().redis_url)
    number = int(sys.argv[1])
    team = _tried(lambda: {person.role: acting_as(person.email) for person in TEAM})
    while not _tried(lambda: _step(number, team)):
        time.sleep(PAUSE)


def _tried(act: Callable[[], T]) -> T:
    """Do something as often as it takes: what it needs may be down, or another may have done it."""
    while True:
        try:
            return act()
        except (OperationalError, Refusal) as error:
            sys.stderr.write(f"{error}\n")
            time.sleep(PAUSE)


def _step(number: int, team: Team) -> bool:
    """The next act of a round; whether nothing is left to do."""
    with transaction() as session:
        cycle = session.scalar(select(Cycle).where(Cycle.number == number))
        found = (cycle.id, cycle.state) if cycle else (0, None)
        enrolled = bool(cycle and cycle.enrolled_at)
        prepared = bool(cycle and cycle.prepared_at)
    key, state = found
    if state is CycleState.DRAFT:
        _draft(key, team, enrolled=enrolled, prepared=prepared)
    elif state is None:
        _act(team[Role.PROGRAM_MANAGER], _start)
    elif state is CycleState.TO_APPROVE:
        _act(team[Role.APPROVER], lambda session, actor: _sign(session, key, actor))
    elif state is CycleState.APPROVED:
        _act(team[Role.FINANCE], lambda session, actor: _plan(session, key, actor))
    else:
        return _pay(key, team[Role.FINANCE])
    return False


def _act(actor: Actor, act: Callable[[Session, Actor], object]) -> None:
    with transaction(actor) as session:
        act(session, actor)


def _draft(cycle_id: int, team: Team, *, enrolled: bool, prepared: bool) -> None:
    """The next act on a draft."""
    manager = team[Role.PROGRAM_MANAGER]
    if not enrolled:
        _act(manager, lambda session, actor: enrol(session, cycle_id, actor=actor))
    elif not prepared:
        _act(manager, lambda session, actor: prepare_entitlements(session, cycle_id, actor=actor))
    else:
        _act(manager, lambda session, actor: ask_approval(session, cycle_id, actor=actor))


def _start(session: Session, actor: Actor) -> None:
    program_id = session.scalars(select(Program.id)).one()
    roster_id = session.scalars(select(Roster.id)).one()
    start_cycle(session, program_id, Start(roster_id, "Round", today()), actor=actor)


def _sign(session: Session, cycle_id: int, actor: Actor) -> None:
    waiting = select(Approval.id).where(
        Approval.cycle_id == cycle_id, Approval.state == ApprovalState.PENDING
    )
    sign(session, session.scalars(waiting).one(), actor=actor)


def _plan(session: Session, cycle_id: int, actor: Actor) -> None:
    fsp_id = session.scalars(select(Fsp.id)).one()
    plan_payments(session, cycle_id, Wanted(fsp_id), actor=actor)


def _pay(cycle_id: int, finance: Actor) -> bool:
    """Send what waits, ask about what is unanswered, send the failed anew; whether all is over."""
    with transaction(finance) as session:
        if session.scalar(select(func.count()).where(Job.state.in_(LIVE))):
            return False
        over = True
        for batch in _batches(session, cycle_id):
            over = _pursued(session, batch, finance) and over
    return over


def _batches(session: Session, cycle_id: int) -> list[PaymentBatch]:
    asked = select(PaymentBatch).where(PaymentBatch.cycle_id == cycle_id)
    return list(session.scalars(asked.order_by(PaymentBatch.id)))


def _pursued(session: Session, batch: PaymentBatch, actor: Actor) -> bool:
    """Whether every order of a batch has come to its end; else the next act is asked for."""
    asked = select(Payment.state, Payment.attempt).where(Payment.batch_id == batch.id)
    rows = session.execute(asked).all()
    states = {row.state for row in rows}
    key, once = batch.id, f"batch-{batch.id}"
    if states & WAITS:
        jobs.defer(session, send_batch, actor=actor, about=batch, dedupe=once, batch_id=key)
    elif PaymentState.SENT in states:
        jobs.defer(session, ask_provider, actor=actor, about=batch, dedupe=once, batch_id=key)
    elif any(row.state is PaymentState.FAILED and row.attempt < TRIES for row in rows):
        retry_failed(session, batch.id, actor=actor)
    else:
        return True
    return False


if __name__ == "__main__":
    main()
