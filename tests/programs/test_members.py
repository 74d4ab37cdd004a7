"""The members of a program: counted, looked over, and moved many at a time."""

import csv
import io
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.door import bound_to
from core.audit import AuditEntry
from core.errors import Forbidden, Invalid, NotFound
from programs.models.conditions import ConditionKind
from programs.models.cycles import CycleState
from programs.models.memberships import CycleMember, MembershipState
from programs.models.programs import Program
from programs.queries.conditions import conditions_of
from programs.queries.cycles import ReasonMissing, preview
from programs.queries.eligibility import round_of
from programs.queries.funds import balance
from programs.queries.memberships import (
    Asked,
    Check,
    NoSuchCondition,
    member_counts,
    members_counted,
    members_listed,
    passed_by,
)
from programs.services.conditions import set_condition
from programs.services.memberships import (
    CauseUnknown,
    Moved,
    NobodyMeant,
    Step,
    export_members,
    move_members,
    pause_member,
    take_back_member,
)
from registry.models.registrants import Registrant, RegistrantState
from tests.make.duplicates import make_pair
from tests.make.geo import make_country
from tests.make.programs import (
    DARA,
    make_actor,
    make_approved,
    make_cycle,
    make_family,
    make_prepared,
    make_program,
)
from tests.make.registry import make_location, make_person

S = MembershipState
WHY = "as was found on a visit"
PAUSE, LEAVE = Step(S.PAUSED, WHY), Step(S.EXITED, WHY, "graduated")


def _served(session: Session, *sizes: int) -> tuple[Program, list[Registrant]]:
    """A program whose approved cycle owes households of these sizes."""
    program = make_program(session)
    homes = [make_family(session, size) for size in sizes]
    make_approved(session, program, *homes)
    return program, homes


def _who(session: Session, program: Program, asked: Asked) -> set[int]:
    page = members_listed(session, program.id, asked, actor=DARA)
    assert members_counted(session, program.id, asked, actor=DARA) == len(page.rows)
    return {row.registrant_id for row in page.rows}


def test_all_that_are_meant_are_moved_and_what_they_were_due_is_free(session: Session) -> None:
    program, (amina, oto, _ada) = _served(session, 3, 1, 2)

    asked = Asked(registrant_ids=(amina.id, oto.id))
    moved = move_members(session, program.id, asked, LEAVE, actor=DARA)

    assert moved == Moved(2, Decimal(120))
    assert balance(session, program.id).bound == 60
    counts = member_counts(session, program.id, actor=DARA)
    assert (counts[S.EXITED], counts[S.ENROLLED], counts[S.PAUSED]) == (2, 1, 0)
    entry = session.scalars(select(AuditEntry).filter_by(action="memberships.exited_many")).one()
    assert entry.figures["households"] == 2
    assert (entry.figures["cause"], entry.figures["freed"]) == ("graduated", "120.0000")


def test_who_stands_elsewhere_is_passed_over_and_nobody_at_all_is_refused(
    session: Session,
) -> None:
    program, (amina, _oto) = _served(session, 3, 1)
    pause_member(session, program.id, amina.id, WHY, actor=DARA)

    assert move_members(session, program.id, Asked(), PAUSE, actor=DARA).households == 1
    with pytest.raises(NobodyMeant):
        move_members(session, program.id, Asked(), PAUSE, actor=DARA)


def test_leaving_needs_a_reason_and_a_word_of_the_list(session: Session) -> None:
    program, _homes = _served(session, 2)
    with pytest.raises(ReasonMissing):
        move_members(session, program.id, Asked(), Step(S.EXITED, " "), actor=DARA)
    with pytest.raises(CauseUnknown, match="tired is no reason of the list"):
        move_members(session, program.id, Asked(), Step(S.EXITED, WHY, "tired"), actor=DARA)


def test_moving_a_thousand_costs_no_more_statements_than_one(
    session: Session, statements: list[str]
) -> None:
    counts = []
    for families in (1, 100):
        program, _homes = _served(session, *([1] * families))
        session.expire_all()
        statements.clear()
        moved = move_members(session, program.id, Asked(), PAUSE, actor=DARA)
        session.flush()
        counts.append(len(statements))
        assert moved.households == families

    assert counts[0] == counts[1]


def test_a_request_to_sign_goes_back_where_many_are_moved(session: Session) -> None:
    program, home = make_program(session), make_family(session, 2)
    cycle = make_prepared(session, program, home)
    cycle.state = CycleState.TO_APPROVE
    session.flush()

    move_members(session, program.id, Asked(), PAUSE, actor=DARA)

    assert session.scalars(select(CycleMember.state)).all() == [S.PAUSED]


def test_who_no_longer_meets_the_rule_is_found_and_set_aside(session: Session) -> None:
    program = make_program(session, eligibility="people > 2")
    large, grown, gone = (make_family(session, size) for size in (4, 3, 3))
    make_approved(session, program, large, grown, gone)
    assert _who(session, program, Asked(check=Check.RULE)) == set()
    program.eligibility = "people > 3"
    gone.state = RegistrantState.EXITED
    make_person(session, grown)
    session.flush()

    found = Asked(check=Check.RULE)
    assert _who(session, program, found) == {gone.id}
    step = Step(S.NOT_ELIGIBLE, WHY)
    assert move_members(session, program.id, found, step, actor=DARA).households == 1
    assert _who(session, program, found) == set()


def test_who_meets_the_criteria_of_graduation_is_listed_and_let_go(session: Session) -> None:
    program, (large, _small) = _served(session, 4, 1)
    with pytest.raises(NoSuchCondition):
        members_counted(session, program.id, Asked(check=Check.GRADUATION), actor=DARA)
    set_condition(session, program.id, ConditionKind.GRADUATION, "people >= 4", actor=DARA)

    found = Asked(check=Check.GRADUATION)
    assert _who(session, program, found) == {large.id}
    move_members(session, program.id, found, LEAVE, actor=DARA)

    row = members_listed(session, program.id, Asked(state=S.EXITED), actor=DARA).rows[0]
    assert (row.registrant_id, row.cause, row.reason) == (large.id, "graduated", WHY)


def test_who_does_not_comply_is_listed_previewed_and_given_nothing(session: Session) -> None:
    program, (large, small) = _served(session, 4, 1)
    set_condition(session, program.id, ConditionKind.COMPLIANCE, "people > 1", actor=DARA)
    assert _who(session, program, Asked(check=Check.COMPLIANCE)) == {small.id}

    cycle = make_cycle(session, program, large, small)
    seen = preview(session, round_of(session, cycle), actor=DARA)

    assert (seen.households, seen.cost) == (1, Decimal(80))
    assert [(row.reason.value, row.households) for row in seen.left_out] == [("conditions", 1)]
    set_condition(session, program.id, ConditionKind.COMPLIANCE, " ", actor=DARA)
    assert conditions_of(session, program.id) == {}
    assert preview(session, round_of(session, cycle), actor=DARA).households == 2


def test_a_condition_nobody_can_read_is_refused(session: Session) -> None:
    program = make_program(session)
    with pytest.raises(Invalid):
        set_condition(session, program.id, ConditionKind.COMPLIANCE, "peple > 1", actor=DARA)
    with pytest.raises(Invalid):
        set_condition(session, program.id, ConditionKind.GRADUATION, "people >", actor=DARA)


def test_members_that_may_be_the_same_are_found_with_their_pair(session: Session) -> None:
    program, (amina, oto, _ada) = _served(session, 2, 2, 1)
    outside = make_family(session, 1)
    pair = make_pair(session, amina, oto)
    make_pair(session, outside, _ada)

    rows = members_listed(session, program.id, Asked(check=Check.TWINS), actor=DARA).rows

    assert {(row.registrant_id, row.twin) for row in rows} == {
        (amina.id, pair.id),
        (oto.id, pair.id),
    }


def test_a_member_has_a_history_of_states_with_reasons_and_who_acted(session: Session) -> None:
    program, (amina, oto) = _served(session, 3, 1)
    pause_member(session, program.id, amina.id, WHY, actor=DARA)
    take_back_member(session, program.id, amina.id, actor=DARA)
    asked = Asked(registrant_ids=(amina.id,))
    move_members(session, program.id, asked, LEAVE, actor=DARA)

    steps = passed_by(session, program.id, amina.id, actor=DARA)

    told = [(step.state, step.reason, step.cause, step.actor) for step in steps]
    assert told == [
        (S.EXITED, WHY, "graduated", "Dara Kesh"),
        (S.DRAFT, None, None, "Dara Kesh"),
        (S.PAUSED, WHY, None, "Dara Kesh"),
        (S.ENROLLED, None, None, "Dara Kesh"),
    ]
    assert len(passed_by(session, program.id, oto.id, actor=DARA)) == 1


def test_a_file_of_members_holds_those_that_are_meant(session: Session) -> None:
    program, (_amina, oto) = _served(session, 3, 1)
    pause_member(session, program.id, oto.id, "=1+1", actor=DARA)
    stream = io.BytesIO()

    rows = export_members(session, program.id, Asked(state=S.PAUSED), stream, actor=DARA)

    told = list(csv.DictReader(io.StringIO(stream.getvalue().decode())))
    assert (rows, [line["number"] for line in told]) == (1, [oto.number])
    assert (told[0]["state"], told[0]["reason"]) == ("paused", "'=1+1")


def test_members_are_shown_counted_and_moved_within_reach_alone(session: Session) -> None:
    areas = make_country(session)
    west = make_family(session, 2, make_location(session, 0.5, 0.5, area_id=areas["X11"].id))
    east = make_family(session, 2, make_location(session, 2.5, 0.5, area_id=areas["X21"].id))
    program = make_program(session)
    make_approved(session, program, west, east)
    near = make_actor(51, "Near", national=False, area_ids=frozenset({areas["X1"].id}))

    rows = members_listed(session, program.id, Asked(), actor=near).rows
    assert [row.registrant_id for row in rows] == [west.id]
    assert member_counts(session, program.id, actor=near)[S.ENROLLED] == 1
    assert passed_by(session, program.id, east.id, actor=near) == []
    assert move_members(session, program.id, Asked(), PAUSE, actor=near).households == 1
    assert member_counts(session, program.id, actor=DARA)[S.ENROLLED] == 1


def test_the_members_of_another_organisations_program_are_not_there(session: Session) -> None:
    program, (amina,) = _served(session, 2)
    other = make_program(session, purpose="other")
    partner = bound_to(DARA, frozenset({other.id}))
    for act in (
        lambda: members_listed(session, program.id, Asked(), actor=partner),
        lambda: member_counts(session, program.id, actor=partner),
        lambda: passed_by(session, program.id, amina.id, actor=partner),
        lambda: export_members(session, program.id, Asked(), io.BytesIO(), actor=partner),
        lambda: move_members(session, program.id, Asked(), PAUSE, actor=partner),
        lambda: set_condition(
            session, program.id, ConditionKind.COMPLIANCE, "people > 1", actor=partner
        ),
    ):
        with pytest.raises(NotFound):
            act()


def test_looking_at_members_and_moving_them_need_permission(session: Session) -> None:
    program, _homes = _served(session, 2)
    looks = make_actor(99, "Looks", "program:read", "registrant:count")
    for act in (
        lambda: members_listed(session, program.id, Asked(), actor=looks),
        lambda: export_members(session, program.id, Asked(), io.BytesIO(), actor=looks),
        lambda: move_members(session, program.id, Asked(), PAUSE, actor=looks),
        lambda: set_condition(session, program.id, ConditionKind.COMPLIANCE, "", actor=looks),
    ):
        with pytest.raises(Forbidden):
            act()
