"""Every state and every act: of a member of a program, of a cycle, and of a member of a cycle."""

import uuid
from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.errors import Refusal
from programs.models.conditions import ConditionKind
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Entitlement, Voucher
from programs.models.memberships import CycleMember, MembershipState, ProgramMembership
from programs.models.programs import Delivery
from programs.queries.cycles import CycleElsewhere
from programs.queries.memberships import Asked
from programs.queries.vouchers import CycleClosed
from programs.services import approvals, closing, cycles, entitlements, following, memberships
from programs.services.conditions import set_condition
from programs.services.memberships import MemberElsewhere
from programs.services.payments import make_payments
from programs.services.vouchers import issue_vouchers, redeem
from tests.make.programs import (
    DARA,
    FINN,
    STARTS_ON,
    UNTIL,
    make_approved,
    make_cycle,
    make_family,
    make_gift,
    make_prepared,
    make_program,
)

S = MembershipState
WHY = "as was found on a visit"
MEMBER_ACTS: dict[str, tuple[set[S], S]] = {  # from which states an act takes, and to which
    "pause": ({S.DRAFT, S.ENROLLED, S.NOT_ELIGIBLE, S.DUPLICATED}, S.PAUSED),
    "exit": ({S.DRAFT, S.ENROLLED, S.NOT_ELIGIBLE, S.DUPLICATED, S.PAUSED}, S.EXITED),
    "set aside": ({S.DRAFT, S.ENROLLED}, S.NOT_ELIGIBLE),
    "twin": ({S.DRAFT, S.ENROLLED, S.NOT_ELIGIBLE}, S.DUPLICATED),
    "take back": ({S.PAUSED, S.EXITED, S.DUPLICATED}, S.DRAFT),
}
OF_PROGRAM = [state for state in S if state is not S.NON_COMPLIANT]


def _member(session: Session, state: S) -> ProgramMembership:
    program, home = make_program(session), make_family(session, 2)
    member = ProgramMembership(program_id=program.id, registrant_id=home.id, state=state)
    session.add(member)
    session.flush()
    return member


def _do(session: Session, act: str, member: ProgramMembership) -> None:
    of = (session, member.program_id, member.registrant_id)
    if act == "pause":
        memberships.pause_member(*of, WHY, actor=DARA)
    elif act == "exit":
        memberships.exit_member(*of, WHY, actor=DARA)
    elif act == "take back":
        memberships.take_back_member(*of, actor=DARA)
    else:
        asked = Asked(registrant_ids=(member.registrant_id,))
        step = memberships.Step(MEMBER_ACTS[act][1], WHY)
        memberships.move_members(session, member.program_id, asked, step, actor=DARA)


@pytest.mark.parametrize("state", OF_PROGRAM)
@pytest.mark.parametrize("act", MEMBER_ACTS)
def test_an_act_takes_members_from_its_states_and_refuses_the_others_with_a_sentence(
    session: Session, act: str, state: S
) -> None:
    member = _member(session, state)
    allowed, to = MEMBER_ACTS[act]

    if state in allowed:
        _do(session, act, member)
        session.expire_all()
        assert member.state is to
    else:
        with pytest.raises((MemberElsewhere, memberships.NobodyMeant)) as refused:
            _do(session, act, member)
        assert refused.value.message.endswith(".")
        assert member.state is state


C = CycleState
CycleAct = Callable[[Session, Cycle], object]
NAMED = following.Named("Again", STARTS_ON)
CYCLE_ACTS: dict[str, tuple[set[C], CycleAct]] = {
    "enrol": ({C.DRAFT}, lambda s, c: cycles.enrol(s, c.id, actor=DARA)),
    "amounts": ({C.DRAFT}, lambda s, c: entitlements.prepare_entitlements(s, c.id, actor=DARA)),
    "ask": ({C.DRAFT}, lambda s, c: approvals.ask_approval(s, c.id, actor=DARA)),
    "cancel": ({C.DRAFT}, lambda s, c: cycles.cancel_cycle(s, c.id, WHY, actor=DARA)),
    "overlap": ({C.DRAFT}, lambda s, c: cycles.accept_overlap(s, c.id, WHY, actor=DARA)),
    "reopen": (
        {C.TO_APPROVE, C.APPROVED},
        lambda s, c: cycles.reopen_cycle(s, c.id, WHY, actor=DARA),
    ),
    "pay": ({C.APPROVED}, lambda s, c: make_payments(s, c.id, actor=FINN)),
    "issue": (
        {C.APPROVED, C.DISTRIBUTED},
        lambda s, c: issue_vouchers(s, c.id, UNTIL, actor=DARA),
    ),
    "confirm": (
        {C.APPROVED, C.DISTRIBUTED},
        lambda s, c: closing.confirm_paid(s, c.id, "Letter 7", actor=FINN),
    ),
    "close": ({C.APPROVED, C.DISTRIBUTED}, lambda s, c: cycles.close_cycle(s, c.id, actor=DARA)),
    "end": ({C.APPROVED, C.DISTRIBUTED}, lambda s, c: cycles.end_cycle(s, c.id, actor=DARA)),
    "follow up": (
        {C.APPROVED, C.DISTRIBUTED, C.ENDED},
        lambda s, c: following.start_follow_up(s, c.id, NAMED, actor=DARA),
    ),
    "top up": (
        {C.APPROVED, C.DISTRIBUTED, C.ENDED},
        lambda s, c: following.start_top_up(s, c.program_id, c.id, NAMED, actor=DARA),
    ),
}


@pytest.mark.parametrize("state", C)
@pytest.mark.parametrize("act", CYCLE_ACTS)
def test_an_act_on_a_cycle_is_refused_with_its_state_and_the_wanted_one_or_goes_on(
    session: Session, act: str, state: C
) -> None:
    cycle = make_cycle(session, make_program(session), make_family(session, 2))
    cycle.state = state
    session.flush()
    allowed, do = CYCLE_ACTS[act]

    refusal: Refusal | None = None
    try:
        do(session, cycle)
    except Refusal as refused:
        refusal = refused

    assert isinstance(refusal, CycleElsewhere) == (state not in allowed), refusal
    if isinstance(refusal, CycleElsewhere):
        assert "that can only be done while it is" in refusal.message
        assert cycle.state is state


@pytest.mark.parametrize("state", [state for state in S if state is not S.ENROLLED])
def test_of_a_cycle_only_who_is_enrolled_is_given_an_amount(session: Session, state: S) -> None:
    home, other = make_family(session, 2), make_family(session, 3)
    cycle = make_cycle(session, make_program(session), home, other)
    cycles.enrol(session, cycle.id, actor=DARA)
    session.execute(
        update(CycleMember).where(CycleMember.registrant_id == home.id).values(state=state)
    )

    prepared = entitlements.prepare_entitlements(session, cycle.id, actor=DARA)

    assert (prepared.entitlements, prepared.total) == (1, Decimal(70))
    assert session.scalars(select(Entitlement.registrant_id)).all() == [other.id]


def test_non_compliant_is_given_nothing_and_stays_a_member(session: Session) -> None:
    program = make_program(session)
    large, small = make_family(session, 4), make_family(session, 1)
    set_condition(session, program.id, ConditionKind.COMPLIANCE, "people > 1", actor=DARA)
    make_prepared(session, program, large, small)

    states = dict(session.execute(select(CycleMember.registrant_id, CycleMember.state)).all())
    stand = select(ProgramMembership.registrant_id, ProgramMembership.state)
    assert states == {large.id: S.ENROLLED, small.id: S.NON_COMPLIANT}
    assert set(dict(session.execute(stand).all()).values()) == {S.ENROLLED}
    assert session.scalars(select(Entitlement.registrant_id)).all() == [large.id]


def test_duplicated_by_hand_is_not_enrolled_by_a_run_until_taken_back(session: Session) -> None:
    program, home = make_program(session), make_family(session, 2)
    make_approved(session, program, home)
    asked, step = Asked(), memberships.Step(S.DUPLICATED, WHY)

    memberships.move_members(session, program.id, asked, step, actor=DARA)

    following_cycle = make_cycle(session, program, home)
    assert cycles.enrol(session, following_cycle.id, actor=DARA).households == 0
    memberships.take_back_member(session, program.id, home.id, actor=DARA)
    assert cycles.enrol(session, following_cycle.id, actor=DARA).households == 1


def test_not_eligible_cancels_what_is_due(session: Session) -> None:
    program, home = make_program(session), make_family(session, 3)
    make_approved(session, program, home)

    step = memberships.Step(S.NOT_ELIGIBLE, WHY)
    moved = memberships.move_members(session, program.id, Asked(), step, actor=DARA)

    assert (moved.households, moved.freed) == (1, Decimal(70))


def test_cancelled_hands_nothing_over(session: Session) -> None:
    program = make_program(session, make_gift(delivery=Delivery.VOUCHER))
    cycle = make_approved(session, program, make_family(session, 2))
    issue_vouchers(session, cycle.id, UNTIL, actor=DARA)
    code = session.scalars(select(Voucher.code)).one()
    cycle.state = CycleState.CANCELLED
    session.flush()

    with pytest.raises(CycleClosed):
        redeem(session, code, uuid.uuid4(), actor=FINN)
