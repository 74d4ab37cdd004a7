"""Runs: each judgement is a record with what it asked, whom it changed, and the way back."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import Forbidden, NotFound
from programs.models.cycles import Cycle
from programs.models.memberships import CycleMember, ProgramMembership
from programs.models.targeting import Side, TargetingChange
from programs.queries.cycles import CycleElsewhere
from programs.queries.targeting import Block, Rules
from programs.queries.targeting_runs import changes_page, runs_of
from programs.services.approvals import ask_approval
from programs.services.cycles import enrol
from programs.services.entitlements import prepare_entitlements
from programs.services.memberships import pause_member
from programs.services.targeting import paste_list, set_rules
from programs.services.targeting_runs import RunBuiltOn, RunNotLatest, RunUndone, undo_run
from registry.models.registrants import RegistrantState
from tests.make.geo import make_country
from tests.make.programs import (
    DARA,
    make_actor,
    make_cycle,
    make_family,
    make_prepared,
    make_program,
)
from tests.make.registry import make_location


def _members(session: Session, cycle: Cycle) -> dict[int, tuple[object, ...]]:
    session.expire_all()
    members = select(CycleMember).where(CycleMember.cycle_id == cycle.id)
    return {
        m.registrant_id: (m.state, m.reason, m.people, m.rank) for m in session.scalars(members)
    }


def _standings(session: Session, cycle: Cycle) -> dict[int, tuple[str, str | None]]:
    of = select(ProgramMembership).where(ProgramMembership.program_id == cycle.program_id)
    return {m.registrant_id: (m.state, m.reason) for m in session.scalars(of)}


def test_a_run_says_what_it_asked_and_counts_what_came_of_it(session: Session) -> None:
    large, small, gone = (make_family(session, size) for size in (4, 1, 5))
    program = make_program(session, eligibility="people >= 3")
    cycle = make_cycle(session, program, large, small, gone)
    gone.state = RegistrantState.EXITED

    enrol(session, cycle.id, actor=DARA)

    (run,) = runs_of(session, cycle.id, actor=DARA)
    assert (run.rule, run.enrolled, run.changed) == ("people >= 3", 1, 3)
    assert sorted(run.left_out) == [("inactive", 1), ("rule", 1)]
    assert run.is_latest
    assert len(run.sha256) == 64


def test_the_same_question_has_the_same_digest_and_another_one_has_another(
    session: Session,
) -> None:
    family, program = make_family(session, 4), make_program(session)
    cycle = make_cycle(session, program, family)
    for _again in range(2):
        enrol(session, cycle.id, actor=DARA)
    paste_list(session, program.id, Side.LEAVE, "Moved", family.number, actor=DARA)
    enrol(session, cycle.id, actor=DARA)

    after, again, first = runs_of(session, cycle.id, actor=DARA)

    assert first.sha256 == again.sha256 != after.sha256
    assert (first.changed, again.changed, after.changed) == (1, 0, 1)


def test_a_run_names_whose_state_it_changed_from_what_to_what(session: Session) -> None:
    large, small = make_family(session, 4), make_family(session, 1)
    program = make_program(session, eligibility="people >= 3")
    cycle = make_cycle(session, program, large, small)
    enrol(session, cycle.id, actor=DARA)
    set_rules(session, program.id, Rules(take=(Block("", "people >= 1"),)), actor=DARA)
    enrol(session, cycle.id, actor=DARA)

    second, first = runs_of(session, cycle.id, actor=DARA)
    of_first, of_second = (
        changes_page(session, cycle.id, run.id, actor=DARA).rows for run in (first, second)
    )

    assert {(row.registrant_id, row.was, row.now) for row in of_first} == {
        (large.id, None, "enrolled"),
        (small.id, None, "not_eligible"),
    }
    assert [(row.registrant_id, row.was, row.was_reason, row.now) for row in of_second] == [
        (small.id, "not_eligible", "rule", "enrolled")
    ]


def test_undoing_the_first_run_leaves_a_cycle_of_which_nobody_was_judged(
    session: Session,
) -> None:
    cycle = make_cycle(session, make_program(session), make_family(session, 2))
    enrol(session, cycle.id, actor=DARA)
    (run,) = runs_of(session, cycle.id, actor=DARA)

    assert undo_run(session, cycle.id, run.id, actor=DARA) == 1

    assert _members(session, cycle) == {}
    assert _standings(session, cycle) == {}
    assert (cycle.enrolled_at, cycle.rule) == (None, None)
    assert runs_of(session, cycle.id, actor=DARA)[0].undone_at is not None


def test_undoing_a_later_run_brings_back_each_state_reason_size_and_place(
    session: Session,
) -> None:
    homes = [make_family(session, size) for size in (4, 1, 2)]
    program = make_program(session)
    first = Rules(take=(Block("", "people >= 2"),), most=1)
    set_rules(session, program.id, first, actor=DARA)
    cycle = make_cycle(session, program, *homes)
    enrol(session, cycle.id, actor=DARA)
    before = _members(session, cycle), _standings(session, cycle)
    set_rules(session, program.id, Rules(take=(Block("", "people <= 2"),)), actor=DARA)
    enrol(session, cycle.id, actor=DARA)
    assert _members(session, cycle) != before[0]

    undo_run(session, cycle.id, runs_of(session, cycle.id, actor=DARA)[0].id, actor=DARA)

    assert (_members(session, cycle), _standings(session, cycle)) == before
    assert cycle.rule == "people >= 2"
    assert cycle.enrolled_at is not None


def test_who_was_in_the_program_before_stands_there_as_before(session: Session) -> None:
    family, program = make_family(session, 2), make_program(session)
    make_prepared(session, program, family)
    set_rules(session, program.id, Rules(take=(Block("", "people > 2"),)), actor=DARA)
    second = make_cycle(session, program, family)
    enrol(session, second.id, actor=DARA)
    assert _standings(session, second)[family.id][0] == "not_eligible"

    undo_run(session, second.id, runs_of(session, second.id, actor=DARA)[0].id, actor=DARA)

    assert _standings(session, second) == {family.id: ("enrolled", None)}


def test_whom_somebody_paused_since_stays_paused(session: Session) -> None:
    family, program = make_family(session, 2), make_program(session)
    cycle = make_cycle(session, program, family)
    enrol(session, cycle.id, actor=DARA)
    pause_member(session, program.id, family.id, "Travels", actor=DARA)

    undo_run(session, cycle.id, runs_of(session, cycle.id, actor=DARA)[0].id, actor=DARA)

    assert _standings(session, cycle) == {family.id: ("paused", "Travels")}


def test_what_another_run_wrote_since_is_not_taken_back(session: Session) -> None:
    """As when a later cycle of the program enrolled it again, at another moment."""
    family, program = make_family(session, 2), make_program(session)
    cycle = make_cycle(session, program, family)
    enrol(session, cycle.id, actor=DARA)
    since = update(ProgramMembership).values(changed_at="2099-01-01")
    session.execute(since)

    undo_run(session, cycle.id, runs_of(session, cycle.id, actor=DARA)[0].id, actor=DARA)

    assert _standings(session, cycle) == {family.id: ("enrolled", None)}


def test_a_run_that_something_builds_on_is_not_undone(session: Session) -> None:
    program, family = make_program(session), make_family(session, 2)
    cycle = make_cycle(session, program, family)
    enrol(session, cycle.id, actor=DARA)
    enrol(session, cycle.id, actor=DARA)
    second, first = runs_of(session, cycle.id, actor=DARA)
    with pytest.raises(RunNotLatest):
        undo_run(session, cycle.id, first.id, actor=DARA)
    prepare_entitlements(session, cycle.id, actor=DARA)
    with pytest.raises(RunBuiltOn, match="Amounts of 1 entitlement"):
        undo_run(session, cycle.id, second.id, actor=DARA)
    ask_approval(session, cycle.id, actor=DARA)
    with pytest.raises(CycleElsewhere):
        undo_run(session, cycle.id, second.id, actor=DARA)


def test_a_run_is_undone_once_and_the_one_before_can_be_next(session: Session) -> None:
    cycle = make_cycle(session, make_program(session), make_family(session, 2))
    for _again in range(2):
        enrol(session, cycle.id, actor=DARA)
    second, first = runs_of(session, cycle.id, actor=DARA)

    undo_run(session, cycle.id, second.id, actor=DARA)
    with pytest.raises(RunUndone):
        undo_run(session, cycle.id, second.id, actor=DARA)
    undo_run(session, cycle.id, first.id, actor=DARA)

    assert _members(session, cycle) == {}


def test_a_run_is_of_its_cycle_and_needs_the_permission(session: Session, visitor: Actor) -> None:
    program = make_program(session)
    cycle, other = (make_cycle(session, program, make_family(session, 2)) for _ in range(2))
    enrol(session, cycle.id, actor=DARA)
    (run,) = runs_of(session, cycle.id, actor=DARA)

    with pytest.raises(NotFound):
        undo_run(session, other.id, run.id, actor=DARA)
    with pytest.raises(NotFound):
        changes_page(session, other.id, run.id, actor=DARA)
    for asked in (runs_of,):
        with pytest.raises(Forbidden):
            asked(session, cycle.id, actor=visitor)
    with pytest.raises(Forbidden):
        undo_run(session, cycle.id, run.id, actor=visitor)
    with pytest.raises(Forbidden):
        changes_page(session, cycle.id, run.id, actor=visitor)


def test_who_sees_a_part_of_the_country_sees_that_part_of_what_changed(session: Session) -> None:
    areas = make_country(session)
    west = make_family(session, 1, make_location(session, 0.5, 0.5, area_id=areas["X11"].id))
    east = make_family(session, 1, make_location(session, 2.5, 0.5, area_id=areas["X21"].id))
    near = make_actor(51, "Near", national=False, area_ids=frozenset({areas["X1"].id}))
    cycle = make_cycle(session, make_program(session), west, east)
    enrol(session, cycle.id, actor=DARA)
    (run,) = runs_of(session, cycle.id, actor=near)

    seen = changes_page(session, cycle.id, run.id, actor=near).rows

    assert [row.registrant_id for row in seen] == [west.id]
    assert run.changed == 2
    assert len(session.scalars(select(TargetingChange)).all()) == 2
