"""The line of those a program could take, where it takes only so many: who is in, who waits."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from programs.models.cycles import Cycle
from programs.models.memberships import CycleMember
from programs.models.programs import Program
from programs.queries.targeting import Block, Rules
from programs.services.cycles import enrol
from programs.services.targeting import (
    set_rules,
)
from registry.models.registrants import Registrant, RegistrantState
from registry.models.scores import ModelState, Score, ScoreModel
from tests.make.geo import make_country
from tests.make.programs import (
    DARA,
    STARTS_ON,
    make_cycle,
    make_family,
    make_prepared,
    make_program,
)
from tests.make.registry import make_location


def _judged(session: Session, cycle: Cycle) -> dict[int, str]:
    """Whom a cycle enrolls, and why not the others, after a run."""
    enrol(session, cycle.id, actor=DARA)
    session.expire_all()
    members = select(CycleMember).where(CycleMember.cycle_id == cycle.id)
    return {m.registrant_id: m.reason or m.state for m in session.scalars(members)}


def _for(session: Session, rules: Rules, **given: Any) -> Program:
    return set_rules(session, make_program(session, **given).id, rules, actor=DARA)


def _score(session: Session, points: dict[Registrant, int | None], code: str = "need") -> None:
    """A score in force that came to this; those without one have none."""
    model = ScoreModel(
        code=code, version=1, labels={}, state=ModelState.ACTIVE, base=Decimal(0), made_by=1
    )
    session.add(model)
    session.flush()
    for household, value in points.items():
        session.add(
            Score(
                model_id=model.id,
                registrant_id=household.id,
                area_id=household.area_id,
                value=value,
                on_day=STARTS_ON,
                given=[],
                points=[],
            )
        )
    session.flush()


def _waiting(session: Session, cycle: Cycle) -> list[tuple[int, str, int | None]]:
    """Whom a cycle asked, in line: who, what of them, and their place."""
    _judged(session, cycle)
    members = select(CycleMember).where(CycleMember.cycle_id == cycle.id)
    found = session.scalars(members.order_by(CycleMember.rank.nulls_last()))
    return [(m.registrant_id, m.reason or m.state, m.rank) for m in found]


def test_the_neediest_are_taken_and_the_others_wait_in_order(session: Session) -> None:
    low, high, none, mid = (make_family(session, 1) for _ in range(4))
    _score(session, {low: 10, high: 90, mid: 50, none: None})
    program = _for(session, Rules(most=2, score="need"))

    line = _waiting(session, make_cycle(session, program, low, high, none, mid))

    assert line == [
        (high.id, "enrolled", 1),
        (mid.id, "enrolled", 2),
        (low.id, "places_taken", 3),
        (none.id, "places_taken", 4),
    ]


def test_the_lowest_score_can_be_the_first_in_line_and_no_score_stays_last(
    session: Session,
) -> None:
    low, high, none = (make_family(session, 1) for _ in range(3))
    _score(session, {low: 10, high: 90})
    program = _for(session, Rules(most=1, score="need", lowest_first=True))

    line = _waiting(session, make_cycle(session, program, none, high, low))

    assert [each for each, *_rest in line] == [low.id, high.id, none.id]


def test_ties_go_to_who_was_registered_earlier_then_by_number(session: Session) -> None:
    homes = [make_family(session, 1) for _ in range(6)]
    days = (3, 1, 2, 1, 2, 1)
    for home, day in zip(homes, days, strict=True):
        home.registered_on = date(2024, 1, day)
    _score(session, dict.fromkeys(homes, 7))
    program = _for(session, Rules(most=3, score="need"))
    by_hand = sorted(homes, key=lambda home: (home.registered_on, home.number))

    lines = [_waiting(session, make_cycle(session, program, *homes)) for _ in range(2)]

    assert [each for each, *_rest in lines[0]] == [home.id for home in by_hand]
    assert lines[0] == lines[1]
    assert [why for _id, why, _rank in lines[0]] == ["enrolled"] * 3 + ["places_taken"] * 3


def test_who_is_left_out_for_another_reason_takes_no_place_in_line(session: Session) -> None:
    best, next_ = make_family(session, 1), make_family(session, 2)
    _score(session, {best: 90, next_: 10})
    program = _for(session, Rules(take=(Block("", "people >= 2"),), most=1, score="need"))

    line = _waiting(session, make_cycle(session, program, best, next_))

    assert line == [(next_.id, "enrolled", 1), (best.id, "rule", None)]


@pytest.mark.parametrize(("most", "enrolled"), [(0, 0), (3, 3), (4, 3)])
def test_no_place_and_more_places_than_households(
    session: Session, most: int, enrolled: int
) -> None:
    homes = [make_family(session, 1) for _ in range(3)]
    program = _for(session, Rules(most=most))

    done = enrol(session, make_cycle(session, program, *homes).id, actor=DARA)

    assert (done.asked, done.households) == (3, enrolled)


def _in_areas(session: Session, *leaves: str | None) -> list[Registrant]:
    """A household in each of these leaf areas; none where it is None."""
    areas = make_country(session)
    places = {
        "X11": (0.5, 0.5),
        "X12": (1.5, 0.5),
        "X21": (2.5, 0.5),
    }
    homes = []
    for leaf in leaves:
        at = make_location(session, *places[leaf], area_id=areas[leaf].id) if leaf else None
        homes.append(make_family(session, 1, at))
    for day, home in enumerate(homes, 1):
        home.registered_on = date(2024, 1, day)
    session.flush()
    return homes


def test_an_area_gives_its_places_to_those_below_it_too_and_others_have_no_limit(
    session: Session,
) -> None:
    homes = _in_areas(session, "X11", "X12", "X11", "X21", None)
    program = _for(session, Rules(quotas=(("X1", 2),)))

    line = _waiting(session, make_cycle(session, program, *homes))

    assert [why for _id, why, _rank in line] == [
        *("enrolled", "enrolled", "quota_full", "enrolled", "enrolled")
    ]


def test_a_quota_of_none_takes_nobody_of_the_area(session: Session) -> None:
    homes = _in_areas(session, "X11", "X21")
    program = _for(session, Rules(quotas=(("X11", 0),)))

    line = _waiting(session, make_cycle(session, program, *homes))

    assert line == [(homes[0].id, "quota_full", 1), (homes[1].id, "enrolled", 2)]


def test_who_found_their_area_full_takes_no_place_of_the_whole(session: Session) -> None:
    homes = _in_areas(session, "X11", "X11", "X21", "X21")
    program = _for(session, Rules(most=2, quotas=(("X11", 1),)))

    line = _waiting(session, make_cycle(session, program, *homes))

    assert [why for _id, why, _rank in line] == [
        *("enrolled", "quota_full", "enrolled", "places_taken")
    ]


def test_who_waits_is_given_nothing_and_moves_up_when_a_place_is_free(session: Session) -> None:
    first, second = make_family(session, 1), make_family(session, 1)
    first.registered_on, second.registered_on = date(2024, 1, 1), date(2024, 1, 2)
    program = _for(session, Rules(most=1))
    cycle = make_prepared(session, program, first, second)
    assert cycle.prepared_at is not None
    first.state = RegistrantState.EXITED

    assert _judged(session, cycle) == {first.id: "inactive", second.id: "enrolled"}
