"""Cycles: who of a list is in, who is left out and why, what it would cost before it is written."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import AuditEntry
from core.errors import Forbidden, NotFound
from programs.models.cycles import CycleState
from programs.models.entitlements import Entitlement
from programs.models.memberships import (
    CycleMember,
    LeftOut,
    MembershipState,
    ProgramMembership,
)
from programs.queries.cycles import (
    CycleBeyondReach,
    CycleElsewhere,
    preview,
)
from programs.queries.eligibility import round_of
from programs.queries.standing import members_of
from programs.services.cycles import (
    CycleUnnamed,
    RosterNotFrozen,
    Start,
    cancel_cycle,
    end_cycle,
    enrol,
    reopen_cycle,
    start_cycle,
)
from registry.counting.people import People
from registry.models.registrants import Registrant, RegistrantState
from registry.models.rosters import Answer, RosterState
from tests.make.geo import make_country
from tests.make.programs import (
    DARA,
    STARTS_ON,
    add_to_roster,
    make_actor,
    make_approved,
    make_cycle,
    make_family,
    make_prepared,
    make_program,
    make_roster,
)
from tests.make.registry import make_household, make_location, make_person


def _verdicts(session: Session, cycle_id: int) -> dict[int, tuple[str, str | None]]:
    members = select(CycleMember).where(CycleMember.cycle_id == cycle_id)
    return {m.registrant_id: (m.state, m.reason) for m in session.scalars(members)}


def test_only_households_that_are_in_and_meet_the_rule_are_enrolled(session: Session) -> None:
    program = make_program(session, eligibility="people >= 3")
    large, small = make_family(session, 4), make_family(session, 2)
    out = make_family(session, 5)
    roster = make_roster(session, large, small)
    add_to_roster(session, roster, out, status=Answer.OUT)
    cycle = make_cycle(session, program, roster=roster)

    enrolled = enrol(session, cycle.id, actor=DARA)

    assert (enrolled.asked, enrolled.households) == (2, 1)
    assert _verdicts(session, cycle.id) == {
        large.id: ("enrolled", None),
        small.id: ("not_eligible", "rule"),
    }
    assert cycle.rule == "people >= 3"


@pytest.mark.parametrize("status", [Answer.NOT_OBSERVED, Answer.UNLOCATED, Answer.OUT])
def test_who_is_not_known_to_be_in_is_never_asked(session: Session, status: Answer) -> None:
    roster = make_roster(session, make_family(session, 2), status=status)

    cycle = make_cycle(session, make_program(session), roster=roster, with_probable=True)

    assert enrol(session, cycle.id, actor=DARA).asked == 0


def test_the_probable_are_asked_only_where_that_was_chosen(session: Session) -> None:
    program = make_program(session)
    roster = make_roster(session, make_family(session, 2), status=Answer.PROBABLE)

    without = make_cycle(session, program, roster=roster)
    taken = make_cycle(session, program, roster=roster, with_probable=True)

    assert enrol(session, without.id, actor=DARA).asked == 0
    assert enrol(session, taken.id, actor=DARA).households == 1


def test_who_left_the_registry_after_the_list_was_kept_is_left_out(session: Session) -> None:
    gone = make_family(session, 2)
    cycle = make_cycle(session, make_program(session), gone)
    gone.state = RegistrantState.EXITED

    enrol(session, cycle.id, actor=DARA)

    assert _verdicts(session, cycle.id) == {gone.id: ("not_eligible", "inactive")}


def test_who_is_served_for_the_same_purpose_is_left_out_and_told_by_whom(
    session: Session,
) -> None:
    both, one = make_family(session, 2), make_family(session, 3)
    shelter = make_program(session, purpose="shelter")
    make_approved(session, shelter, both)
    same = make_program(session, purpose="shelter")
    other = make_program(session, purpose="food")
    of_same = make_cycle(session, same, both, one)
    of_other = make_cycle(session, other, both, one)

    enrol(session, of_same.id, actor=DARA)
    enrol(session, of_other.id, actor=DARA)

    assert _verdicts(session, of_same.id) == {
        both.id: ("duplicated", "same_purpose"),
        one.id: ("enrolled", None),
    }
    assert members_of(session, of_same, actor=DARA).left_out[0].program == shelter.name
    assert {state for state, _ in _verdicts(session, of_other.id).values()} == {"enrolled"}


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        (CycleState.DRAFT, "enrolled"),
        (CycleState.TO_APPROVE, "duplicated"),
        (CycleState.APPROVED, "duplicated"),
        (CycleState.DISTRIBUTED, "duplicated"),
        (CycleState.ENDED, "enrolled"),
        (CycleState.CANCELLED, "enrolled"),
    ],
)
def test_a_purpose_is_served_from_the_request_to_sign_until_the_cycle_ends(
    session: Session, state: CycleState, verdict: str
) -> None:
    family = make_family(session, 2)
    earlier = make_approved(session, make_program(session), family)
    earlier.state = state
    cycle = make_cycle(session, make_program(session), family)

    enrol(session, cycle.id, actor=DARA)

    assert _verdicts(session, cycle.id)[family.id][0] == verdict


def test_another_cycle_of_the_same_program_is_no_double_cover(session: Session) -> None:
    program, family = make_program(session), make_family(session, 2)
    make_approved(session, program, family)

    second = make_cycle(session, program, family)

    assert enrol(session, second.id, actor=DARA).households == 1
    assert second.number == 2


def test_enrolling_again_judges_by_the_registry_of_now_and_adds_nobody_twice(
    session: Session,
) -> None:
    program = make_program(session, eligibility="people >= 3")
    family = make_family(session, 2)
    cycle = make_cycle(session, program, family)
    assert enrol(session, cycle.id, actor=DARA).households == 0
    make_person(session, family)

    again = [enrol(session, cycle.id, actor=DARA) for _ in range(2)]

    assert [a.households for a in again] == [1, 1]
    assert session.scalar(select(func.count()).select_from(CycleMember)) == 1
    assert session.scalars(select(ProgramMembership.state)).all() == [MembershipState.ENROLLED]


def test_enrolling_again_takes_prepared_amounts_away(session: Session) -> None:
    cycle = make_prepared(session, make_program(session), make_family(session, 2))

    enrol(session, cycle.id, actor=DARA)

    assert session.scalars(select(Entitlement)).all() == []
    assert cycle.prepared_at is None


def test_a_thousand_households_cost_no_more_statements_than_one(
    session: Session, statements: list[str]
) -> None:
    program = make_program(session)
    counts = []
    for families in (1, 100):
        cycle = make_cycle(session, program, *(make_family(session, 1) for _ in range(families)))
        statements.clear()
        enrol(session, cycle.id, actor=DARA)
        counts.append(len(statements))

    assert counts[0] == counts[1]
    assert counts[1] <= 17


def _village(session: Session) -> tuple[Any, list[Registrant]]:
    """In X11 a woman of 36, her mother of 61 and a girl of 4; in X21 a man alone; and Ode, of whom
    only the size of two is stated and no place."""
    areas = make_country(session)
    west = make_location(session, 0.5, 0.5, area_id=areas["X11"].id)
    east = make_location(session, 2.5, 0.5, area_id=areas["X21"].id)
    doro = make_household(session, west)
    make_person(session, doro, birth_date=date(1990, 3, 14), relation="head")
    make_person(session, doro, birth_date=date(1965, 11, 20))
    make_person(session, doro, birth_date=date(2021, 11, 21))
    kesh = make_household(session, east)
    make_person(session, kesh, sex="male", birth_date=date(1985, 1, 1), relation="head")
    ode = make_household(session, is_partial=True, stated_size=2)
    return areas, [doro, kesh, ode]


def test_a_preview_counts_people_cost_and_reasons_and_writes_nothing(session: Session) -> None:
    _areas, households = _village(session)
    program = make_program(session, eligibility="people <> 1")
    cycle = make_cycle(session, program, *households)

    seen = preview(session, round_of(session, cycle), actor=DARA)

    # 40 + 3 x 10 and 40 + 2 x 10
    assert (seen.asked, seen.households, seen.cost) == (3, 2, Decimal(130))
    assert seen.people == People(people=5, f0_4=1, f18_59=1, f60=1, unknown=2)
    assert [(row.reason, row.households) for row in seen.left_out] == [(LeftOut.RULE, 1)]
    assert {(a.pcode, a.households, a.people, a.cost) for a in seen.areas} == {
        ("X11", 1, 3, Decimal(70)),
        (None, 1, 2, Decimal(60)),
    }
    assert session.scalars(select(CycleMember)).all() == []


def test_what_is_written_is_what_was_previewed(session: Session) -> None:
    _areas, households = _village(session)
    program = make_program(session, eligibility="people <> 1")
    cycle = make_cycle(session, program, *households)
    seen = preview(session, round_of(session, cycle), actor=DARA)

    prepared = make_prepared(session, program, *households)

    written = members_of(session, prepared, actor=DARA)
    total = session.scalar(select(func.sum(Entitlement.amount)))
    assert (written.households, written.people) == (seen.households, seen.people.people)
    assert written.left_out == seen.left_out
    assert total == seen.cost


def test_a_preview_of_a_thousand_costs_no_more_statements_than_one(
    session: Session, statements: list[str]
) -> None:
    program = make_program(session)
    counts = []
    for families in (1, 100):
        cycle = make_cycle(session, program, *(make_family(session, 1) for _ in range(families)))
        asked = round_of(session, cycle)
        statements.clear()
        preview(session, asked, actor=DARA)
        counts.append(len(statements))

    assert counts[0] == counts[1] <= 8


def test_a_cycle_starts_from_a_frozen_list_and_has_a_name(session: Session) -> None:
    program = make_program(session)
    draft = make_roster(session, state=RosterState.DRAFT)
    kept = make_roster(session)

    with pytest.raises(RosterNotFrozen):
        start_cycle(session, program.id, Start(draft.id, "May", STARTS_ON), actor=DARA)
    with pytest.raises(CycleUnnamed):
        start_cycle(session, program.id, Start(kept.id, " ", STARTS_ON), actor=DARA)
    with pytest.raises(NotFound):
        start_cycle(session, program.id, Start(0, "May", STARTS_ON), actor=DARA)


def test_who_sees_only_part_of_a_list_does_not_start_or_change_its_cycle(
    session: Session,
) -> None:
    areas, households = _village(session)
    program = make_program(session)
    near = make_actor(51, "Near", national=False, area_ids=frozenset({areas["X1"].id}))

    with pytest.raises(CycleBeyondReach):
        make_cycle(session, program, *households, by=near)
    cycle = make_cycle(session, program, *households)
    with pytest.raises(CycleBeyondReach):
        preview(session, round_of(session, cycle), actor=near)
    with pytest.raises(CycleBeyondReach):
        enrol(session, cycle.id, actor=near)
    own = make_cycle(session, program, households[0], by=near)
    assert enrol(session, own.id, actor=near).households == 1


@pytest.mark.parametrize(
    "state",
    [CycleState.TO_APPROVE, CycleState.APPROVED, CycleState.DISTRIBUTED, CycleState.ENDED],
)
def test_a_cycle_that_is_no_draft_enrols_nobody(session: Session, state: CycleState) -> None:
    cycle = make_cycle(session, make_program(session), make_family(session, 2))
    cycle.state = state
    session.flush()

    with pytest.raises(CycleElsewhere, match="that can only be done while it is a draft"):
        enrol(session, cycle.id, actor=DARA)


def test_each_act_needs_its_permission_and_leaves_an_entry(
    session: Session, visitor: Actor
) -> None:
    program = make_program(session)
    roster = make_roster(session, make_family(session, 2))
    with pytest.raises(Forbidden):
        start_cycle(session, program.id, Start(roster.id, "May", STARTS_ON), actor=visitor)
    cycle = make_cycle(session, program, roster=roster)
    with pytest.raises(Forbidden):
        preview(session, round_of(session, cycle), actor=visitor)
    for act in (enrol, end_cycle):
        with pytest.raises(Forbidden):
            act(session, cycle.id, actor=visitor)
    for give_up in (cancel_cycle, reopen_cycle):
        with pytest.raises(Forbidden):
            give_up(session, cycle.id, "why", actor=visitor)

    enrol(session, cycle.id, actor=DARA)

    acts = select(AuditEntry).where(AuditEntry.subject == "cycles").order_by(AuditEntry.id)
    assert [(e.action, e.actor_name) for e in session.scalars(acts)] == [
        ("cycles.start", "Dara Kesh"),
        ("cycles.enrol", "Dara Kesh"),
    ]
