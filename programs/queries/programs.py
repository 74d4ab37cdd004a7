"""The pages of programs ask here: all of them, and one with its money and its cycles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import today
from core.errors import Conflict, NotFound
from programs.models.cycles import Cycle, CycleState
from programs.models.organisations import Organisation
from programs.models.programs import Fund, FundEntry, Program, ProgramState, Target
from programs.models.recurrences import Recurrence
from programs.models.sums import cycle_sums
from programs.permissions import May
from programs.queries.approvals import Tier, tiers_of
from programs.queries.funds import Balance, Held, balance, balances, funds_of
from programs.queries.gifts import Gift, gifts_of
from programs.queries.reach import program_seen, sees, within_programs
from programs.queries.recurrences import next_days


class ProgramArchived(Conflict):
    """This program is in the archive; take it out before anything is done with it."""


@dataclass(frozen=True)
class ProgramLine:
    """A program as a row of the page of all programs."""

    id: int
    number: str
    name: str
    purposes: Sequence[str]
    target: Target
    state: ProgramState
    organisation: str
    cycles: int
    balance: Balance


@dataclass(frozen=True)
class CycleLine:
    """A cycle as a row of its program's page: to how many it gives, and how much in all."""

    id: int
    number: int
    name: str
    state: CycleState
    created_at: datetime
    households: int
    total: Decimal


@dataclass(frozen=True)
class ProgramPage:
    """One program: what it gives by the key of the benefit, from which money, and its cycles,
    newest first."""

    program: Program
    organisation: str
    gifts: dict[int, Gift]
    tiers: list[Tier]
    balance: Balance
    funds: list[Held]
    entries: list[tuple[FundEntry, str]]
    cycles: list[CycleLine]
    next_on: date | None


def locked_program(session: Session, program_id: int, *, actor: Actor) -> Program:
    """The program an act is about, locked until the transaction ends.

    Rows that only name it may still be written: who holds a cycle of it and enrols somebody would
    else wait for who holds the program and waits for the cycle.

    Raises:
        NotFound: there is none, or the actor does not see it. ProgramArchived
    """
    program = session.get(Program, program_id, with_for_update={"key_share": True})
    if program is None or not sees(actor, program_id):
        raise NotFound(program=program_id)
    if program.archived:
        raise ProgramArchived
    return program


def program_numbered(session: Session, number: str, *, actor: Actor) -> Program:
    """A program by its number, as it is known outside.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.READ_PROGRAMS)
    asked = select(Program).where(Program.number == number.strip().upper())
    found = session.scalar(asked.where(within_programs(actor, Program.id)))
    if found is None:
        raise NotFound(program=number)
    return found


def programs_named(session: Session, text: str, limit: int, *, actor: Actor) -> list[Program]:
    """The programs whose name, number or purposes hold a text, the newest first."""
    actor.require(May.READ_PROGRAMS)
    purposes = func.array_to_string(Program.purposes, "\n")
    searched = (Program.name, Program.number, purposes)
    holds = or_(*(said.icontains(text, autoescape=True) for said in searched))
    shown = (Program.archived.is_(False), within_programs(actor, Program.id))
    newest = select(Program).where(holds, *shown).order_by(Program.id.desc())
    return list(session.scalars(newest.limit(limit)))


def programs_listed(session: Session, *, actor: Actor, archived: bool = False) -> list[ProgramLine]:
    """All programs the actor sees, those that run first, each with its fund; of the archive those
    that are in it."""
    actor.require(May.READ_PROGRAMS)
    money = balances(session)
    listed = (
        select(Program, Organisation.name, func.count(Cycle.id))
        .join(Organisation, Organisation.id == Program.organisation_id)
        .outerjoin(Cycle, Cycle.program_id == Program.id)
        .where(Program.archived.is_(archived), within_programs(actor, Program.id))
        .group_by(Program.id, Organisation.name)
        .order_by(Program.state, Program.number.desc())
    )
    return [
        ProgramLine(
            id=program.id,
            number=program.number,
            name=program.name,
            purposes=program.purposes,
            target=program.target,
            state=program.state,
            organisation=organisation,
            cycles=cycles,
            balance=money[program.id],
        )
        for program, organisation, cycles in session.execute(listed)
    ]


def program_page(session: Session, program_id: int, *, actor: Actor) -> ProgramPage:
    """One program.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.READ_PROGRAMS)
    program = program_seen(session, program_id, actor=actor)
    entries = (
        select(FundEntry, Fund.currency)
        .join(Fund, Fund.id == FundEntry.fund_id)
        .where(Fund.program_id == program.id)
        .order_by(FundEntry.id.desc())
    )
    return ProgramPage(
        program=program,
        organisation=session.get_one(Organisation, program.organisation_id).name,
        gifts=gifts_of(session, program.id),
        tiers=tiers_of(session, program.id),
        balance=balance(session, program.id),
        funds=funds_of(session, program.id),
        entries=list(session.execute(entries)),
        cycles=[_line(row) for row in session.execute(_cycles(program.id))],
        next_on=_next_on(session, program.id),
    )


def _next_on(session: Session, program_id: int) -> date | None:
    recurrence = session.get(Recurrence, program_id)
    return next(iter(next_days(recurrence, today(), 1)), None) if recurrence else None


def organisations_listed(session: Session, *, actor: Actor) -> list[tuple[Organisation, int]]:
    """Every organisation by name, with how many programs it runs that the actor sees."""
    actor.require(May.READ_PROGRAMS)
    runs = (Program.organisation_id == Organisation.id) & within_programs(actor, Program.id)
    counted = (
        select(Organisation, func.count(Program.id))
        .outerjoin(Program, runs)
        .group_by(Organisation.id)
        .order_by(Organisation.name)
    )
    return list(session.execute(counted))


def organisations(session: Session) -> list[tuple[int, str]]:
    """Every organisation, (key, name), by name."""
    listed = select(Organisation.id, Organisation.name).order_by(Organisation.name)
    return [(row.id, row.name) for row in session.execute(listed)]


def purposes(session: Session) -> list[str]:
    """The purposes programs have, so that a new one is judged with those of the same word."""
    each = select(func.unnest(Program.purposes).label("purpose")).distinct().subquery()
    return list(session.scalars(select(each.c.purpose).order_by(each.c.purpose)))


def _cycles(program_id: int) -> Select[*tuple[Any, ...]]:
    sums = cycle_sums.c
    return (
        select(
            Cycle,
            func.coalesce(sums.households, 0).label("households"),
            func.coalesce(sums.total, 0).label("total"),
        )
        .outerjoin(cycle_sums, sums.cycle_id == Cycle.id)
        .where(Cycle.program_id == program_id)
        .order_by(Cycle.number.desc())
    )


def _line(row: Row[Any]) -> CycleLine:
    cycle: Cycle = row.Cycle
    return CycleLine(
        id=cycle.id,
        number=cycle.number,
        name=cycle.name,
        state=cycle.state,
        created_at=cycle.created_at,
        households=row.households,
        total=row.total,
    )
