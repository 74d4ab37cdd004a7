"""Scenarios of a program: those that are kept, and several side by side as they would be now."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import Forbidden, Invalid, NotFound
from programs.models.programs import Program
from programs.models.scenarios import Scenario
from programs.permissions import May
from programs.queries.eligibility import Round
from programs.queries.funds import balance
from programs.queries.gifts import Gift, gifts_in, gifts_of
from programs.queries.programs import locked_program
from programs.queries.reach import program_seen
from programs.queries.simulations import AreaReached, Simulated, simulated
from programs.queries.targeting import Block, rules_of
from programs.queries.targets import WHOM
from registry.models.rosters import Roster

MOST_COMPARED = 4


@dataclass(frozen=True)
class Compared:
    """One scenario beside others: what it is, what it would be, or why that cannot be told.

    `gifts` are the benefits it gives otherwise than the program does.
    """

    scenario: Scenario
    roster: str
    gifts: list[Gift]
    found: Simulated | None
    why_not: str
    free: Decimal

    @property
    def after(self) -> Decimal:
        """What stays free of the fund, below 0 where it is short."""
        return self.free - (self.found.cost if self.found else Decimal(0))


@dataclass(frozen=True)
class Comparison:
    """Scenarios of a program side by side, and all there are to choose from."""

    program: Program
    kept: Sequence[Scenario]
    shown: list[Compared]

    @property
    def areas(self) -> list[tuple[str, list[AreaReached | None]]]:
        """By area, what each scenario shown would reach of it, in the order of P-codes."""
        found = [each.found.areas if each.found else [] for each in self.shown]
        by_area = [{(area.pcode, area.name): area for area in areas} for areas in found]
        keys = {key for areas in by_area for key in areas}
        in_order = sorted(keys, key=lambda key: (key[0] is None, key[0] or ""))
        return [
            (name or "", [areas.get((pcode, name)) for areas in by_area])
            for pcode, name in in_order
        ]


def comparison(
    session: Session, program_id: int, wanted: Sequence[int], *, actor: Actor
) -> Comparison:
    """Scenarios of a program as they would be now, at most four; without any named the newest.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.READ_PROGRAMS)
    program = program_seen(session, program_id, actor=actor)
    kept = session.scalars(_kept(program.id)).all()
    named = [each for each in kept if each.id in wanted] or list(kept)
    shown = sorted(named[:MOST_COMPARED], key=lambda each: each.id)
    free = balance(session, program.id).free
    return Comparison(
        program=program,
        kept=kept,
        shown=[_compared(session, each, free, actor) for each in shown],
    )


def scenario_of(session: Session, program_id: int, scenario_id: int) -> Scenario:
    """A kept scenario of a program.

    Raises:
        NotFound
    """
    found = session.get(Scenario, scenario_id)
    if found is None or found.program_id != program_id:
        raise NotFound(scenario=scenario_id)
    return found


def locked_scenario(
    session: Session, program_id: int, scenario_id: int, *, actor: Actor
) -> tuple[Program, Scenario]:
    """A scenario an act is about, and its program, which is locked.

    Raises:
        NotFound
    """
    program = locked_program(session, program_id, actor=actor)
    return program, scenario_of(session, program.id, scenario_id)


def round_of_scenario(session: Session, scenario: Scenario) -> Round:
    """The round a scenario would be, by what its program says of whom it leaves out."""
    program = session.get_one(Program, scenario.program_id)
    own = rules_of(session, program)
    take = own.take
    if scenario.rule != own.eligibility:
        take = (Block(household=scenario.rule),) if scenario.rule else ()
    return Round(
        program_id=program.id,
        whom=WHOM[program.target],
        rules=replace(own, take=take, value=scenario.value, most=scenario.most),
        roster_id=scenario.roster_id,
        with_probable=scenario.with_probable,
        starts_on=scenario.starts_on,
    )


def gives_otherwise(session: Session, scenario: Scenario) -> dict[int, Gift]:
    """What a scenario gives otherwise than its program does, by the key of the benefit."""
    now = gifts_of(session, scenario.program_id)
    instead = gifts_in(session, scenario.program_id, scenario.id)
    return {key: gift for key, gift in instead.items() if gift != now[key]}


def _kept(program_id: int) -> Select[Scenario]:
    of_it = select(Scenario).where(Scenario.program_id == program_id)
    return of_it.order_by(Scenario.id.desc())


def _compared(session: Session, scenario: Scenario, free: Decimal, actor: Actor) -> Compared:
    """What a scenario would be; where its rule cannot be asked any more, or not by this reader,
    that is said in its place."""
    found, why_not = None, ""
    try:
        asked = round_of_scenario(session, scenario)
        found = simulated(session, asked, actor=actor, scenario_id=scenario.id)
    except (Invalid, Forbidden) as refused:
        why_not = str(refused)
    return Compared(
        scenario=scenario,
        roster=session.get_one(Roster, scenario.roster_id).name,
        gifts=list(gives_otherwise(session, scenario).values()),
        found=found,
        why_not=why_not,
        free=free,
    )
