"""Pausing a household, letting it leave, taking it back: and what that stops."""

import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import AuditEntry
from core.errors import Forbidden, NotFound
from programs.models.approvals import ApprovalState
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Entitlement, EntitlementState, Voucher
from programs.models.memberships import (
    CycleMember,
    LeftOut,
    MembershipState,
    ProgramMembership,
)
from programs.models.programs import Delivery, Program
from programs.queries.cycles import ReasonMissing
from programs.queries.funds import balance
from programs.queries.vouchers import VoucherVoid
from programs.services.approvals import ask_approval, sign
from programs.services.cycles import enrol
from programs.services.memberships import (
    MemberElsewhere,
    exit_member,
    pause_member,
    take_back_member,
)
from programs.services.payments import make_payments
from programs.services.vouchers import issue_vouchers, redeem
from registry.models.registrants import Registrant
from tests.make.programs import (
    DARA,
    FINN,
    LENA,
    UNTIL,
    make_actor,
    make_approved,
    make_cycle,
    make_family,
    make_gift,
    make_prepared,
    make_program,
)

WHY = "moved to another district"


def _state(session: Session, household: Registrant) -> MembershipState:
    asked = select(ProgramMembership.state).where(ProgramMembership.registrant_id == household.id)
    return session.scalars(asked).one()


def _two(session: Session, **gift: object) -> tuple[Program, Cycle, Registrant, Registrant]:
    """A program whose approved cycle owes Amina (three) 70 and Oto (one) 50, of 1,000."""
    program = make_program(session, make_gift(**gift), fund=1000)
    amina, oto = make_family(session, 3), make_family(session, 1)
    return program, make_approved(session, program, amina, oto), amina, oto


def test_a_paused_member_is_not_paid(session: Session) -> None:
    program, cycle, amina, _oto = _two(session)

    freed = pause_member(session, program.id, amina.id, WHY, actor=DARA)

    assert freed == 70
    assert balance(session, program.id).bound == 50
    assert make_payments(session, cycle.id, actor=FINN).total == 50


def test_a_paused_member_is_not_handed_anything(session: Session) -> None:
    program, cycle, amina, _oto = _two(session, delivery=Delivery.VOUCHER)
    issue_vouchers(session, cycle.id, UNTIL, actor=DARA)
    code = session.scalars(
        select(Voucher.code).join(Entitlement).where(Entitlement.registrant_id == amina.id)
    ).one()

    pause_member(session, program.id, amina.id, WHY, actor=DARA)

    with pytest.raises(VoucherVoid):
        redeem(session, code, uuid.uuid4(), actor=FINN)
    assert balance(session, program.id).bound == 50


@pytest.mark.parametrize(
    ("act", "state", "reason"),
    [
        (pause_member, MembershipState.PAUSED, LeftOut.PAUSED),
        (exit_member, MembershipState.EXITED, LeftOut.EXITED),
    ],
)
def test_a_paused_or_exited_member_is_not_enrolled_by_a_run(
    session: Session, act: type, state: MembershipState, reason: LeftOut
) -> None:
    program, _cycle, amina, oto = _two(session)
    act(session, program.id, amina.id, WHY, actor=DARA)
    following = make_cycle(session, program, amina, oto)

    enrolled = enrol(session, following.id, actor=DARA)

    assert (enrolled.asked, enrolled.households) == (2, 1)
    left = session.scalars(
        select(CycleMember).where(
            CycleMember.cycle_id == following.id, CycleMember.registrant_id == amina.id
        )
    ).one()
    assert (left.state, left.reason) == (state, reason)
    assert _state(session, amina) is state


def test_who_is_taken_back_is_enrolled_by_the_next_run(session: Session) -> None:
    program, _cycle, amina, oto = _two(session)
    pause_member(session, program.id, amina.id, WHY, actor=DARA)

    take_back_member(session, program.id, amina.id, actor=DARA)

    following = make_cycle(session, program, amina, oto)
    assert enrol(session, following.id, actor=DARA).households == 2
    assert _state(session, amina) is MembershipState.ENROLLED


def test_pausing_after_the_request_sends_it_back_at_the_signature(session: Session) -> None:
    program = make_program(session)
    amina, oto = make_family(session, 3), make_family(session, 1)
    cycle = make_prepared(session, program, amina, oto)
    approval = ask_approval(session, cycle.id, actor=DARA)

    pause_member(session, program.id, amina.id, WHY, actor=DARA)
    signed = sign(session, approval.id, actor=LENA)

    assert (signed.state, cycle.state) == (ApprovalState.RETURNED, CycleState.DRAFT)
    assert balance(session, program.id).bound == 0


def test_what_was_received_stays_received(session: Session) -> None:
    program, cycle, amina, _oto = _two(session)
    make_payments(session, cycle.id, actor=FINN)

    freed = pause_member(session, program.id, amina.id, WHY, actor=DARA)

    assert freed == 0
    assert set(session.scalars(select(Entitlement.state))) == {EntitlementState.SENT}


def test_a_reason_and_a_membership_are_needed(session: Session) -> None:
    program, _cycle, amina, _oto = _two(session)
    with pytest.raises(ReasonMissing):
        pause_member(session, program.id, amina.id, "  ", actor=DARA)
    with pytest.raises(NotFound):
        pause_member(session, program.id, 0, WHY, actor=DARA)
    with pytest.raises(MemberElsewhere):
        take_back_member(session, program.id, amina.id, actor=DARA)


def test_pausing_needs_permission_and_reach_and_leaves_an_entry(
    session: Session, visitor: Actor
) -> None:
    program, _cycle, amina, _oto = _two(session)
    far = make_actor(31, "Far", "program:write", national=False, area_ids=frozenset({0}))
    with pytest.raises(Forbidden):
        pause_member(session, program.id, amina.id, WHY, actor=visitor)
    with pytest.raises(NotFound):
        pause_member(session, program.id, amina.id, WHY, actor=far)

    pause_member(session, program.id, amina.id, WHY, actor=DARA)

    entry = session.scalars(select(AuditEntry).filter_by(action="memberships.paused")).one()
    assert entry.figures == {"reason": WHY, "freed": "70.0000"}
