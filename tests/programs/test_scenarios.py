"""Scenarios: what a round would be is counted before it is written, compared, and made a cycle."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import Forbidden, NotFound, Refusal
from programs.models.programs import Program
from programs.models.scenarios import ScenarioAmount
from programs.permissions import May
from programs.queries.benefits import BenefitWrong, MinimumAboveCap
from programs.queries.cycles import CycleBeyondReach
from programs.queries.gifts import Gift, gifts_of
from programs.queries.scenarios import comparison
from programs.queries.targeting import Block, Rules, rules_of
from programs.services.cycles import RosterNotFrozen
from programs.services.scenarios import (
    Draft,
    ScenariosTooMany,
    ScenarioUnnamed,
    change_scenario,
    drop_scenario,
    keep_scenario,
    promote_scenario,
)
from programs.services.targeting import CountNegative, set_rules
from registry.models.registrants import Registrant
from registry.models.rosters import Roster, RosterState
from tests.make.geo import make_country
from tests.make.programs import (
    DARA,
    STARTS_ON,
    make_actor,
    make_family,
    make_program,
    make_roster,
)
from tests.make.registry import make_household, make_location, make_person


def _draft(roster: Roster, **given: object) -> Draft:
    return replace(Draft("Half a metre", roster.id, STARTS_ON), **given)  # type: ignore[arg-type]


def _village(session: Session) -> list[Registrant]:
    """In X11 a woman of 36, a man of 61 with a disability and a girl of 4; in X12 two women; in
    X21 a man alone; and four people of whom only the number is stated, and no place."""
    areas = make_country(session)
    at = {
        code: make_location(session, lon, 0.5, area_id=areas[code].id)
        for code, lon in (("X11", 0.5), ("X12", 1.5), ("X21", 2.5))
    }
    doro = make_family(session, 1, at["X11"])
    make_person(session, doro, sex="male", birth_date=date(1965, 1, 1), has_disability=True)
    make_person(session, doro, birth_date=date(2022, 1, 1))
    pair = make_family(session, 2, at["X12"])
    alone = make_household(session, at["X21"])
    make_person(session, alone, sex="male", relation="head")
    stated = make_household(session, is_partial=True, stated_size=4)
    return [doro, pair, alone, stated]


def _gives(
    session: Session, program: Program, base: str = "40", per_member: str = "10", **given: object
) -> dict[int, Gift]:
    key, now = next(iter(gifts_of(session, program.id).items()))
    told = zip(now.items, (base, per_member), strict=True)
    items = tuple(replace(item, expression=amount) for item, amount in told)
    return {key: replace(now, items=items, **given)}  # type: ignore[arg-type]


def test_four_are_compared_side_by_side_with_what_stays_free(session: Session) -> None:
    homes = [make_family(session, size) for size in (1, 3)]
    program = make_program(session, fund=100)
    roster = make_roster(session, *homes)
    kept = [
        keep_scenario(session, program.id, _draft(roster, name=f"S{n}", rule=rule), actor=DARA)
        for n, rule in enumerate(("", "people > 2", "people > 9", "people < 2", "people < 3"))
    ]

    newest = comparison(session, program.id, [], actor=DARA)
    two = comparison(session, program.id, [kept[1].id, kept[0].id], actor=DARA)

    assert [each.scenario.id for each in newest.shown] == [each.id for each in kept[1:]]
    # 50 and 70 of a fund of 100
    assert [(each.found.cost, each.after) for each in two.shown if each.found] == [
        (Decimal(120), Decimal(-20)),
        (Decimal(70), Decimal(30)),
    ]


def test_areas_stand_in_one_order_for_all_scenarios(session: Session) -> None:
    doro, pair, alone, _stated = _village(session)
    program = make_program(session)
    for name, homes in (("A", (alone,)), ("B", (doro, pair))):
        draft = _draft(make_roster(session, *homes), name=name)
        keep_scenario(session, program.id, draft, actor=DARA)

    compared = comparison(session, program.id, [], actor=DARA)

    rows = [(name, [a and a.pcode for a in reached]) for name, reached in compared.areas]
    assert [reached for _name, reached in rows] == [
        [None, "X11"],
        [None, "X12"],
        ["X21", None],
    ]


def test_a_scenario_whose_rule_cannot_be_asked_any_more_says_why_and_the_others_stand(
    session: Session,
) -> None:
    roster, program = make_roster(session, make_family(session, 2)), make_program(session)
    kept = keep_scenario(session, program.id, _draft(roster), actor=DARA)
    broken = keep_scenario(session, program.id, _draft(roster, name="Old"), actor=DARA)
    broken.rule = "rooms_of_old > 3"
    session.flush()

    shown = comparison(session, program.id, [kept.id, broken.id], actor=DARA).shown

    assert shown[0].found is not None
    assert shown[1].found is None
    assert "rooms_of_old is not known" in shown[1].why_not


def test_promoting_what_is_as_the_program_is_changes_nothing_of_it(session: Session) -> None:
    rules = Rules(take=(Block("Large", "people >= 2"), Block("", "people = 1")), most=9)
    program = make_program(session)
    set_rules(session, program.id, rules, actor=DARA)
    roster = make_roster(session, make_family(session, 1))
    draft = _draft(roster, rule=program.eligibility, most=9, gifts=_gives(session, program))
    kept = keep_scenario(session, program.id, draft, actor=DARA)
    assert session.scalars(select(ScenarioAmount)).all() == []

    promote_scenario(session, program.id, kept.id, actor=DARA)

    assert rules_of(session, program) == rules


def test_what_a_promotion_is_refused_leaves_nothing(session: Session) -> None:
    program = make_program(session, eligibility="people >= 5")
    roster = make_roster(session, make_family(session, 2))
    kept = keep_scenario(session, program.id, _draft(roster), actor=DARA)
    prepares = make_actor(61, "Prepares", May.PREPARE_CYCLES, May.READ_PROGRAMS)

    with pytest.raises(Forbidden), session.begin_nested():
        promote_scenario(session, program.id, kept.id, actor=prepares)

    session.expire_all()
    assert program.eligibility == "people >= 5"


def test_who_sees_a_part_of_a_list_simulates_none_of_it(session: Session) -> None:
    homes = _village(session)
    program = make_program(session)
    roster = make_roster(session, *homes)
    areas = frozenset({homes[0].area_id or 0})
    near = make_actor(51, "Near", national=False, area_ids=areas)
    keep_scenario(session, program.id, _draft(roster), actor=DARA)

    with pytest.raises(CycleBeyondReach):
        keep_scenario(session, program.id, _draft(roster, name="Mine"), actor=near)
    (shown,) = comparison(session, program.id, [], actor=near).shown

    assert shown.found is None
    assert "outside your areas" in shown.why_not


def test_a_scenario_that_cannot_stand_is_refused(session: Session) -> None:
    family, program = make_family(session, 1), make_program(session)
    roster = make_roster(session, family)
    draft = make_roster(session, family, state=RosterState.DRAFT)
    nothing = _gives(session, program, "0", "0")
    crossed = _gives(session, program, minimum=Decimal(91))
    others = {0: next(iter(nothing.values()))}
    refused: list[tuple[Draft, type[Refusal]]] = [
        (_draft(roster, name=" "), ScenarioUnnamed),
        (_draft(draft), RosterNotFrozen),
        (replace(_draft(roster), roster_id=0), NotFound),
        (_draft(roster, most=-1), CountNegative),
        (_draft(roster, rule="nonsense > 1"), Refusal),
        (_draft(roster, gifts=nothing), BenefitWrong),
        (_draft(roster, gifts=crossed), MinimumAboveCap),
        (_draft(roster, gifts=others), NotFound),
    ]
    for said, refusal in refused:
        with pytest.raises(refusal):
            keep_scenario(session, program.id, said, actor=DARA)


def test_scenarios_are_changed_and_taken_away_by_who_prepares(
    session: Session, visitor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    roster, program = make_roster(session, make_family(session, 1)), make_program(session)
    kept = keep_scenario(session, program.id, _draft(roster), actor=DARA)
    change_scenario(session, program.id, kept.id, _draft(roster, name="B", most=3), actor=DARA)
    assert (kept.name, kept.most) == ("B", 3)
    for act in (drop_scenario, promote_scenario):
        with pytest.raises(Forbidden):
            act(session, program.id, kept.id, actor=visitor)
    with pytest.raises(Forbidden):
        change_scenario(session, program.id, kept.id, _draft(roster), actor=visitor)
    with pytest.raises(Forbidden):
        comparison(session, program.id, [], actor=visitor)
    with pytest.raises(NotFound):
        drop_scenario(session, make_program(session).id, kept.id, actor=DARA)
    monkeypatch.setattr("programs.services.scenarios.MOST_KEPT", 1)
    with pytest.raises(ScenariosTooMany):
        keep_scenario(session, program.id, _draft(roster, name="C"), actor=DARA)

    drop_scenario(session, program.id, kept.id, actor=DARA)

    assert comparison(session, program.id, [], actor=DARA).kept == []
