"""Every state of an entitlement, of a voucher, of a request and of a program, and every act: from
which states it takes them, and where it leaves them."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.clock import today
from programs.models.approvals import Approval, ApprovalState
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Entitlement, EntitlementState, Voucher, VoucherState
from programs.models.memberships import MembershipState
from programs.models.payments import Payment
from programs.models.programs import Delivery, Program, ProgramState
from programs.queries.memberships import Asked
from programs.queries.programs import ProgramArchived
from programs.services import approvals, memberships, programs
from programs.services.archive import (
    NotArchived,
    StillOpen,
    archive_program,
    restore_program,
)
from programs.services.cycles import end_cycle, reopen_cycle
from programs.services.entitlements import Change, adjust_entitlement
from programs.services.expiry import expire_over
from programs.services.payments import make_payments
from programs.services.reconciliations import apply
from programs.services.reissues import reissue_entitlement, reject_entitlement
from programs.services.vouchers import issue_vouchers, redeem, void_voucher
from programs.statements.words import Rejection
from tests.make.programs import (
    DARA,
    FINN,
    LENA,
    UNTIL,
    make_approved,
    make_family,
    make_gift,
    make_prepared,
    make_program,
)
from tests.make.reconciliations import make_checked
from tests.make.states import tried

E, C, V, A, P = EntitlementState, CycleState, VoucherState, ApprovalState, ProgramState
WHY = "as was found on a visit"
YESTERDAY = today() - timedelta(days=1)
Act = Callable[[Session, Cycle], object]


def _tried(session: Session, act: Act, cycle: Cycle) -> None:
    """Do an act; where it is refused it says so in a sentence."""
    said = tried(session, lambda: act(session, cycle))
    assert not said or said.endswith("."), said


def _asked(session: Session, cycle: Cycle) -> int:
    return session.scalars(select(Approval.id).where(Approval.cycle_id == cycle.id)).one()


def _ern(session: Session) -> str:
    return session.scalars(select(Entitlement.ern).order_by(Entitlement.id)).first() or ""


def _told(status: str, amount: str = "") -> Act:
    def act(session: Session, cycle: Cycle) -> object:
        row = f"{_ern(session)},{status},{amount},"
        return apply(session, make_checked(session, cycle, row).id, actor=FINN)

    return act


def _moved(state: MembershipState) -> Act:
    def act(session: Session, cycle: Cycle) -> object:
        step = memberships.Step(state, WHY)
        return memberships.move_members(session, cycle.program_id, Asked(), step, actor=DARA)

    return act


# Of an act: the state of its cycle, whether an order is out, and where it brings an amount from
# which state. From every other state it changes nothing.
AMOUNT_ACTS: dict[str, tuple[CycleState, bool, dict[EntitlementState, EntitlementState], Act]] = {
    "ask": (
        C.DRAFT,
        False,
        {E.DRAFT: E.PENDING_VALIDATION},
        lambda s, c: approvals.ask_approval(s, c.id, actor=DARA),
    ),
    "send back": (
        C.TO_APPROVE,
        False,
        {E.PENDING_VALIDATION: E.DRAFT},
        lambda s, c: approvals.return_approval(s, _asked(s, c), WHY, actor=LENA),
    ),
    "take back": (
        C.TO_APPROVE,
        False,
        {E.PENDING_VALIDATION: E.DRAFT},
        lambda s, c: reopen_cycle(s, c.id, WHY, actor=DARA),
    ),
    "sign": (
        C.TO_APPROVE,
        False,
        {E.PENDING_VALIDATION: E.APPROVED},
        lambda s, c: approvals.sign(s, _asked(s, c), actor=LENA),
    ),
    "reject the cycle": (
        C.TO_APPROVE,
        False,
        {E.PENDING_VALIDATION: E.CANCELLED},
        lambda s, c: approvals.reject_approval(s, _asked(s, c), WHY, actor=LENA),
    ),
    "reopen": (
        C.APPROVED,
        False,
        {E.APPROVED: E.DRAFT},
        lambda s, c: reopen_cycle(s, c.id, WHY, actor=DARA),
    ),
    "pay": (
        C.APPROVED,
        False,
        {E.APPROVED: E.SENT},
        lambda s, c: make_payments(s, c.id, actor=FINN),
    ),
    "expire": (
        C.APPROVED,
        False,
        {E.APPROVED: E.EXPIRED},
        lambda s, c: expire_over(s, c.id, actor=DARA),
    ),
    "end": (
        C.APPROVED,
        False,
        {E.APPROVED: E.EXPIRED},
        lambda s, c: end_cycle(s, c.id, actor=DARA),
    ),
    "pause": (
        C.APPROVED,
        False,
        dict.fromkeys((E.DRAFT, E.PENDING_VALIDATION, E.APPROVED, E.SENT), E.CANCELLED),
        _moved(MembershipState.PAUSED),
    ),
    "paid": (C.DISTRIBUTED, True, {E.SENT: E.REDEEMED}, _told("paid")),
    "paid in part": (C.DISTRIBUTED, True, {E.SENT: E.PARTLY_REDEEMED}, _told("partial", "30")),
    "failed": (C.DISTRIBUTED, True, {E.SENT: E.REJECTED}, _told("failed")),
    "came back": (
        C.DISTRIBUTED,
        True,
        {E.SENT: E.REJECTED},
        lambda s, c: reject_entitlement(s, _ern(s), Rejection.REFUSED, actor=FINN),
    ),
}


TABLE = [
    (act, state)
    for act, (_at, ordered, _allowed, _do) in AMOUNT_ACTS.items()
    for state in E
    if state is E.SENT or not ordered  # an order that is out is of an amount that was sent
]


@pytest.mark.parametrize(("act", "state"), TABLE)
def test_an_act_moves_an_amount_from_its_states_alone(
    session: Session, act: str, state: EntitlementState
) -> None:
    at, ordered, allowed, do = AMOUNT_ACTS[act]
    program = make_program(session)
    cycle = _standing(session, program, at)
    if ordered:
        make_payments(session, cycle.id, actor=FINN)
    over = {"valid_until": YESTERDAY} if act == "expire" else {}
    session.execute(update(Entitlement).values(state=state, **over))
    session.expire_all()

    _tried(session, do, cycle)

    assert session.scalars(select(Entitlement.state)).one() is allowed.get(state, state)


def _standing(session: Session, program: Program, state: CycleState) -> Cycle:
    """A cycle of one family of three in a state, come there as cycles do."""
    home = make_family(session, 3)
    if state is C.DRAFT:
        return make_prepared(session, program, home)
    if state is C.TO_APPROVE:
        cycle = make_prepared(session, program, home)
        approvals.ask_approval(session, cycle.id, actor=DARA)
        return cycle
    return make_approved(session, program, home)


@pytest.mark.parametrize("state", [state for state in E if state is not E.DRAFT])
def test_an_amount_is_changed_by_hand_while_it_is_a_draft_alone(
    session: Session, state: EntitlementState
) -> None:
    cycle = make_prepared(session, make_program(session), make_family(session, 3))
    adjust_entitlement(session, cycle.id, _ern(session), Change(Decimal(60), WHY), actor=DARA)
    session.execute(update(Entitlement).values(state=state))
    session.expire_all()

    _tried(
        session,
        lambda s, c: adjust_entitlement(s, c.id, _ern(s), Change(Decimal(61), WHY), actor=DARA),
        cycle,
    )

    assert session.scalars(select(Entitlement.amount)).one() == 60


@pytest.mark.parametrize("state", E)
def test_only_what_was_rejected_is_issued_again(session: Session, state: EntitlementState) -> None:
    cycle = make_approved(session, make_program(session), make_family(session, 3))
    session.execute(update(Entitlement).values(state=state))
    session.expire_all()

    _tried(session, lambda s, c: reissue_entitlement(s, _ern(s), actor=DARA), cycle)

    again = [E.REJECTED, E.APPROVED] if state is E.REJECTED else [state]
    states = session.scalars(select(Entitlement.state).order_by(Entitlement.id)).all()
    assert states == again


# Where an act leaves an issued card, and its amount.
VOUCHER_ACTS: dict[str, tuple[VoucherState, EntitlementState, Act]] = {
    "redeem": (V.REDEEMED, E.REDEEMED, lambda s, c: redeem(s, _code(s), uuid.uuid4(), actor=FINN)),
    "void": (V.VOID, E.APPROVED, lambda s, c: void_voucher(s, _code(s), WHY, actor=DARA)),
    "end": (V.EXPIRED, E.EXPIRED, lambda s, c: end_cycle(s, c.id, actor=DARA)),
    "expire": (V.EXPIRED, E.EXPIRED, lambda s, c: expire_over(s, c.id, actor=DARA)),
    "pause": (V.VOID, E.CANCELLED, _moved(MembershipState.PAUSED)),
    "came back": (
        V.VOID,
        E.REJECTED,
        lambda s, c: reject_entitlement(s, _ern(s), Rejection.REFUSED, actor=FINN),
    ),
}
STOOD_FOR = {V.ISSUED: E.SENT, V.REDEEMED: E.REDEEMED, V.EXPIRED: E.EXPIRED, V.VOID: E.CANCELLED}


CARDS = [
    (act, state)
    for act in VOUCHER_ACTS
    for state in V
    if (act, state) != ("redeem", V.REDEEMED)  # who read it first is told: test_vouchers
]


def _code(session: Session) -> str:
    return session.scalars(select(Voucher.code)).one()


@pytest.mark.parametrize(("act", "state"), CARDS)
def test_an_act_moves_a_card_that_nobody_used_and_no_other(
    session: Session, act: str, state: VoucherState
) -> None:
    program = make_program(session, make_gift(delivery=Delivery.VOUCHER))
    cycle = make_approved(session, program, make_family(session, 3))
    issue_vouchers(session, cycle.id, UNTIL, actor=DARA)
    day = YESTERDAY if act == "expire" else UNTIL
    session.execute(update(Voucher).values(state=state, expires_on=day))
    session.execute(update(Entitlement).values(state=STOOD_FOR[state]))
    session.expire_all()
    card, amount, do = VOUCHER_ACTS[act]

    _tried(session, do, cycle)

    wanted = (card, amount) if state is V.ISSUED else (state, STOOD_FOR[state])
    stands = session.execute(select(Voucher.state, Entitlement.state).join(Entitlement)).one()
    assert tuple(stands) == wanted


APPROVAL_ACTS: dict[str, tuple[ApprovalState, CycleState, Act]] = {
    "sign": (A.APPROVED, C.APPROVED, lambda s, c: approvals.sign(s, _asked(s, c), actor=LENA)),
    "send back": (
        A.RETURNED,
        C.DRAFT,
        lambda s, c: approvals.return_approval(s, _asked(s, c), WHY, actor=LENA),
    ),
    "reject": (
        A.REJECTED,
        C.CANCELLED,
        lambda s, c: approvals.reject_approval(s, _asked(s, c), WHY, actor=LENA),
    ),
    "take back": (A.RETURNED, C.DRAFT, lambda s, c: reopen_cycle(s, c.id, WHY, actor=DARA)),
}


@pytest.mark.parametrize("state", A)
@pytest.mark.parametrize("act", APPROVAL_ACTS)
def test_a_request_is_decided_once(session: Session, act: str, state: ApprovalState) -> None:
    cycle = _standing(session, make_program(session), C.TO_APPROVE)
    stood = {A.PENDING: C.TO_APPROVE, A.APPROVED: C.DISTRIBUTED, A.REJECTED: C.CANCELLED}
    cycle.state = stood.get(state, C.DRAFT)
    session.flush()
    session.execute(update(Approval).values(state=state))
    session.expire_all()
    request, brought_to, do = APPROVAL_ACTS[act]

    _tried(session, do, cycle)

    now = (session.scalars(select(Approval.state)).one(), cycle.state)
    as_it_was = (state, stood.get(state, C.DRAFT))
    assert now == ((request, brought_to) if state is A.PENDING else as_it_was)


def test_a_request_that_was_taken_back_says_why_and_can_be_made_anew(session: Session) -> None:
    cycle = _standing(session, make_program(session), C.TO_APPROVE)

    reopen_cycle(session, cycle.id, "a family was missing", actor=DARA)

    back = session.scalars(select(Approval)).one()
    assert (back.state, back.comment) == (A.RETURNED, "a family was missing")
    assert back.decided_at is not None
    assert approvals.ask_approval(session, cycle.id, actor=DARA).state is A.PENDING


OfProgram = tuple[dict[ProgramState, tuple[ProgramState, bool]], Callable[[Session, int], object]]
PROGRAM_ACTS: dict[str, OfProgram] = {
    "open": (
        dict.fromkeys(P, (P.ACTIVE, False)),
        lambda s, key: programs.activate_program(s, key, actor=DARA),
    ),
    "archive": (
        {P.DRAFT: (P.DRAFT, True), P.ENDED: (P.ENDED, True)},
        lambda s, key: archive_program(s, key, actor=DARA),
    ),
}


@pytest.mark.parametrize("state", P)
@pytest.mark.parametrize("act", PROGRAM_ACTS)
def test_an_act_takes_a_program_from_its_states(
    session: Session, act: str, state: ProgramState
) -> None:
    program = make_program(session)
    program.state = state
    session.flush()
    allowed, do = PROGRAM_ACTS[act]

    if state in allowed:
        do(session, program.id)
        assert (program.state, program.archived) == allowed[state]
    else:
        with pytest.raises(StillOpen):
            do(session, program.id)
        assert (program.state, program.archived) == (state, False)


def test_archived_stops_every_act_until_the_program_is_taken_out(session: Session) -> None:
    program = make_program(session)
    programs.end_program(session, program.id, actor=DARA)
    with pytest.raises(NotArchived):
        restore_program(session, program.id, actor=DARA)
    archive_program(session, program.id, actor=DARA)

    for act in (programs.activate_program, programs.end_program, archive_program):
        with pytest.raises(ProgramArchived, match="take it out"):
            act(session, program.id, actor=DARA)

    restore_program(session, program.id, actor=DARA)
    programs.activate_program(session, program.id, actor=DARA)
    assert (program.state, program.archived) == (P.ACTIVE, False)


def test_pending_validation_is_neither_paid_nor_changed_by_hand(session: Session) -> None:
    cycle = _standing(session, make_program(session), C.TO_APPROVE)

    _tried(session, lambda s, c: make_payments(s, c.id, actor=FINN), cycle)
    change = Change(Decimal(60), WHY)
    _tried(session, lambda s, c: adjust_entitlement(s, c.id, _ern(s), change, actor=DARA), cycle)

    assert session.scalars(select(Payment)).all() == []
    assert session.scalars(select(Entitlement.amount)).one() == 70


def test_pending_validation_binds_no_money_that_a_pause_would_free(session: Session) -> None:
    cycle = _standing(session, make_program(session), C.TO_APPROVE)
    step = memberships.Step(MembershipState.PAUSED, WHY)

    moved = memberships.move_members(session, cycle.program_id, Asked(), step, actor=DARA)

    assert moved.freed == 0
    assert session.scalars(select(Entitlement.state)).one() is E.CANCELLED
