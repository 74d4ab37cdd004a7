"""The statement of a fund: every movement with what was free after it, and each cycle's money."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from programs.models.cycles import Cycle
from programs.models.programs import Fund, FundEntry, FundEntryKind, Program
from programs.models.sums import answer_sums
from programs.permissions import May
from programs.queries.funds import Balance, balance
from programs.queries.reach import program_seen

ZERO = Decimal(0)


@dataclass(frozen=True)
class Movement:
    """One entry of a fund: what it added (less than nothing: took away), and what was free then."""

    at: datetime
    kind: FundEntryKind
    reference: str
    cycle: str
    amount: Decimal
    free: Decimal


@dataclass(frozen=True)
class CycleMoney:
    """What one cycle bound of a fund, what of that is bound now, and what was paid out."""

    number: int
    name: str
    bound: Decimal
    bound_now: Decimal
    paid: Decimal


@dataclass(frozen=True)
class Statement:
    """A fund from its first entry to its last."""

    program: Program
    balance: Balance
    movements: Sequence[Movement]
    cycles: Sequence[CycleMoney]


def fund_statement(session: Session, program_id: int, *, actor: Actor) -> Statement:
    """The statement of a program's fund. The ledger names no person, so it is never filtered.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.READ_PROGRAMS)
    program = program_seen(session, program_id, actor=actor)
    entries = session.execute(
        select(FundEntry, Cycle.name)
        .join(Fund, Fund.id == FundEntry.fund_id)
        .outerjoin(Cycle, Cycle.id == FundEntry.cycle_id)
        .where(Fund.program_id == program.id)
        .order_by(FundEntry.id)
    ).all()
    return Statement(
        program=program,
        balance=balance(session, program.id),
        movements=_movements([(entry, name or "") for entry, name in entries]),
        cycles=_cycles(session, program, [entry for entry, _name in entries]),
    )


def _movements(entries: Sequence[tuple[FundEntry, str]]) -> list[Movement]:
    told, free = [], ZERO
    for entry, cycle in entries:
        signed = _signed(entry)
        free += signed
        told.append(
            Movement(entry.created_at, entry.kind, entry.reference or "", cycle, signed, free)
        )
    return told


def _cycles(session: Session, program: Program, entries: Sequence[FundEntry]) -> list[CycleMoney]:
    sums = answer_sums.c
    paid = select(sums.cycle_id, func.sum(sums.paid)).group_by(sums.cycle_id)
    cycles = select(Cycle).where(Cycle.program_id == program.id).order_by(Cycle.number)
    found = {row[0]: row[1] for row in session.execute(paid)}
    told = []
    for cycle in session.scalars(cycles):
        of_it = [entry for entry in entries if entry.cycle_id == cycle.id]
        bound = sum((e.amount for e in of_it if e.kind is FundEntryKind.COMMIT), ZERO)
        if of_it:
            now = -sum((_signed(entry) for entry in of_it), ZERO)
            told.append(CycleMoney(cycle.number, cycle.name, bound, now, found.get(cycle.id, ZERO)))
    return told


def _signed(entry: FundEntry) -> Decimal:
    return -entry.amount if entry.kind is FundEntryKind.COMMIT else entry.amount
