"""Scenarios: keeping what a round might be, and making one of them the next cycle."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Conflict, Invalid, NotFound
from programs.models.programs import Program
from programs.models.scenarios import Scenario, ScenarioAmount
from programs.permissions import May
from programs.queries.benefits import check_gift
from programs.queries.cycles import CycleBeyondReach, sees_part_only
from programs.queries.gifts import Gift, gifts_of
from programs.queries.programs import locked_program
from programs.queries.scenarios import gives_otherwise, locked_scenario, round_of_scenario
from programs.queries.targeting import rules_of
from programs.queries.targets import WHOM
from programs.services.cycles import Begun, RosterNotFrozen, Start, start_with_amounts
from programs.services.programs import change_benefit
from programs.services.targeting import CountNegative, set_rules
from registry.models.rosters import Roster, RosterState

MOST_KEPT = 40


class ScenarioUnnamed(Invalid):
    """A scenario needs a name; give it one that says what is different, such as Half a metre."""


class ScenariosTooMany(Conflict):
    """{most} scenarios are kept for this program; take one away before another is kept."""


@dataclass(frozen=True)
class Draft:
    """What is said of a scenario; `gifts` of benefits, by their keys, that give otherwise than now.

    Of each its items' amounts, its minimum and its cap count; the rest is the program's.
    """

    name: str
    roster_id: int
    starts_on: date
    with_probable: bool = False
    rule: str = ""
    value: Decimal | None = None
    most: int | None = None
    gifts: Mapping[int, Gift] = field(default_factory=dict)


def keep_scenario(session: Session, program_id: int, draft: Draft, *, actor: Actor) -> Scenario:
    """Keep a round that might be; nobody is enrolled by it.

    Raises:
        Forbidden, NotFound, ScenarioUnnamed, ScenariosTooMany, RosterNotFrozen, CycleBeyondReach;
        Invalid where the rule or an amount cannot stand; Conflict where the name is taken.
    """
    actor.require(May.PREPARE_CYCLES)
    program = locked_program(session, program_id, actor=actor)
    _check(session, program, draft, actor)
    kept = select(func.count()).where(Scenario.program_id == program.id)
    if session.scalars(kept).one() >= MOST_KEPT:
        raise ScenariosTooMany(most=MOST_KEPT)
    scenario = Scenario(program_id=program.id, made_by=actor.id)
    _write(scenario, draft)
    with audit.act(session, actor, "scenarios.keep", program) as figures:
        session.add(scenario)
        session.flush()
        _write_gifts(session, scenario, draft.gifts)
        figures.update(name=scenario.name, rule=scenario.rule)
    return scenario


def change_scenario(
    session: Session, program_id: int, scenario_id: int, draft: Draft, *, actor: Actor
) -> Scenario:
    """Say something else of a kept scenario.

    Raises:
        As `keep_scenario` does, but for how many there may be.
    """
    actor.require(May.PREPARE_CYCLES)
    program, scenario = locked_scenario(session, program_id, scenario_id, actor=actor)
    _check(session, program, draft, actor)
    with audit.act(session, actor, "scenarios.change", program) as figures:
        _write(scenario, draft)
        _write_gifts(session, scenario, draft.gifts)
        figures.update(name=scenario.name, rule=scenario.rule)
    return scenario


def drop_scenario(session: Session, program_id: int, scenario_id: int, *, actor: Actor) -> None:
    """Take a kept scenario away; a cycle that was made of it stays.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.PREPARE_CYCLES)
    program, scenario = locked_scenario(session, program_id, scenario_id, actor=actor)
    with audit.act(session, actor, "scenarios.drop", program) as figures:
        figures.update(name=scenario.name)
        session.delete(scenario)


def promote_scenario(session: Session, program_id: int, scenario_id: int, *, actor: Actor) -> Begun:
    """Make a scenario the next cycle, with its households enrolled and their amounts prepared.

    Where it has another rule, line, number or amounts than the program, they become the program's
    own: each by the act it is, and only where it differs.

    Raises:
        Forbidden, NotFound, and what `set_rules`, `change_benefit`, `start_with_amounts` refuse.
    """
    actor.require(May.PREPARE_CYCLES)
    program, scenario = locked_scenario(session, program_id, scenario_id, actor=actor)
    rules = round_of_scenario(session, scenario).rules
    with audit.act(session, actor, "scenarios.promote", program) as figures:
        if rules != rules_of(session, program):
            set_rules(session, program.id, rules, actor=actor)
        _give_as_said(session, scenario, actor)
        start = Start(scenario.roster_id, scenario.name, scenario.starts_on, scenario.with_probable)
        begun = start_with_amounts(session, program.id, start, actor=actor)
        figures.update(name=scenario.name, households=begun.enrolled.households)
    return begun


def _give_as_said(session: Session, scenario: Scenario, actor: Actor) -> None:
    for benefit_id, gift in gives_otherwise(session, scenario).items():
        change_benefit(session, benefit_id, gift, actor=actor)


def _check(session: Session, program: Program, draft: Draft, actor: Actor) -> None:
    if not draft.name.strip():
        raise ScenarioUnnamed
    roster = session.get(Roster, draft.roster_id)
    if roster is None:
        raise NotFound(roster=draft.roster_id)
    if roster.state is not RosterState.FROZEN:
        raise RosterNotFrozen
    if sees_part_only(session, roster.id, actor=actor):
        raise CycleBeyondReach
    if draft.most is not None and draft.most < 0:
        raise CountNegative(count=draft.most)
    WHOM[program.target].matching(session, draft.rule, draft.starts_on, actor=actor)
    _check_gifts(session, program, draft.gifts, actor)


def _check_gifts(
    session: Session, program: Program, gifts: Mapping[int, Gift], actor: Actor
) -> None:
    own = gifts_of(session, program.id)
    for benefit_id, gift in gifts.items():
        if benefit_id not in own:
            raise NotFound(benefit=benefit_id)
        check_gift(session, gift, program.currency, WHOM[program.target], actor=actor)


def _write(scenario: Scenario, draft: Draft) -> None:
    for name in ("roster_id", "starts_on", "with_probable", "value", "most"):
        setattr(scenario, name, getattr(draft, name))
    scenario.name, scenario.rule = draft.name.strip(), draft.rule.strip()


def _write_gifts(session: Session, scenario: Scenario, gifts: Mapping[int, Gift]) -> None:
    """Only those that differ from what the program gives now."""
    session.execute(delete(ScenarioAmount).where(ScenarioAmount.scenario_id == scenario.id))
    now = gifts_of(session, scenario.program_id)
    session.add_all(
        ScenarioAmount(
            scenario_id=scenario.id,
            benefit_id=benefit_id,
            amounts=[item.expression for item in gift.items],
            minimum=gift.minimum,
            cap=gift.cap,
        )
        for benefit_id, gift in gifts.items()
        if gift != now[benefit_id]
    )
    session.flush()
