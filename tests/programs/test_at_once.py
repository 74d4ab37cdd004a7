"""Two people at the same moment: numbers without gaps, one hand-over, one binding of money."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import today
from core.db import transaction
from core.errors import Refusal
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import (
    Entitlement,
    EntitlementState,
    Redemption,
    Voucher,
    VoucherState,
)
from programs.models.payments import Payment
from programs.models.programs import Benefit, Delivery, Program
from programs.queries.funds import balance
from programs.services.approvals import Signed, ask_approval, sign
from programs.services.cycles import accept_overlap, enrol
from programs.services.entitlements import prepare_entitlements
from programs.services.memberships import pause_member
from programs.services.payments import make_payments
from programs.services.programs import Plan, change_benefit, create_program
from programs.services.recurrences import Rhythm, set_recurrence, start_due
from programs.services.vouchers import issue_vouchers, redeem
from tests.make.moments import until_it_waits
from tests.make.programs import (
    DARA,
    FINN,
    LENA,
    OTO,
    UNTIL,
    make_approved,
    make_cycle,
    make_family,
    make_gift,
    make_organisation,
    make_prepared,
    make_program,
)

pytestmark = pytest.mark.usefixtures("apart")
HANDS = 6


def _all_at_once(acts: list[Callable[[Session], Any]]) -> list[Any]:
    """Do each act in a transaction of its own at the same moment; refusals are answers too."""

    def do(act: Callable[[Session], Any]) -> Any:
        try:
            with transaction() as session:
                return act(session)
        except Refusal as refusal:
            return type(refusal).__name__

    with ThreadPoolExecutor(HANDS) as hands:
        return list(hands.map(do, acts))


def _second_during_first(first: Callable[[Session], Any], second: Callable[[Session], Any]) -> None:
    """Begin the second act when the first is done but not kept yet; it has to wait for that."""
    with ThreadPoolExecutor(1) as hand:
        with transaction() as session:
            first(session)
            session.flush()
            begun = hand.submit(_all_at_once, [second])
            until_it_waits(begun)
        begun.result()


def _owed(**gift: Any) -> tuple[int, int, int]:
    """An approved cycle that owes two families 120 of 1,000: its program, itself, one of them."""
    with transaction() as session:
        program = make_program(session, make_gift(**gift), fund=1000)
        amina, oto = make_family(session, 3), make_family(session, 1)
        return program.id, make_approved(session, program, amina, oto).id, amina.id


def _pausing(program_id: int, registrant_id: int) -> Callable[[Session], Any]:
    return lambda session: pause_member(session, program_id, registrant_id, "moved", actor=DARA)


def _signing(approval_id: int, by: Actor) -> Callable[[Session], Signed]:
    return lambda session: sign(session, approval_id, actor=by)


def test_enrolling_and_pausing_at_the_same_moment_let_each_other_pass() -> None:
    with transaction() as session:
        program = make_program(session, make_gift(), fund=1000)
        amina, oto = make_family(session, 3), make_family(session, 1)
        make_approved(session, program, amina)
        draft = make_cycle(session, program, amina, oto)
        program_id, cycle_id, amina_id = program.id, draft.id, amina.id

    with ThreadPoolExecutor(1) as hand:
        with transaction() as session:
            session.get(Cycle, cycle_id, with_for_update=True)
            pausing = hand.submit(_all_at_once, [_pausing(program_id, amina_id)])
            until_it_waits(pausing)
            enrolled = enrol(session, cycle_id, actor=DARA)  # a first time for Oto

        assert (enrolled.households, pausing.result()) == (2, [70])


def test_programs_made_at_the_same_moment_get_numbers_without_gaps() -> None:
    with transaction() as session:
        organisation_id = make_organisation(session).id

    def make(name: str, currency: str) -> Callable[[Session], Any]:
        plan = Plan(name, ["race"], organisation_id, currency)
        return lambda session: create_program(session, plan, make_gift(), actor=DARA).number

    good = [make(f"Race {n}", "KES") for n in range(8)]
    refused = [make(f"Bad {n}", "XXY") for n in range(4)]
    _all_at_once([act for pair in zip(good, refused * 2, strict=True) for act in pair])

    with transaction() as session:
        numbers = session.scalars(select(Program.number).order_by(Program.number)).all()
    year = datetime.now(UTC).year
    assert numbers == [f"PROG-{year}-{n:08}" for n in range(1, 9)]


def test_one_card_read_by_many_is_handed_over_once() -> None:
    with transaction() as session:
        program = make_program(session, make_gift(delivery=Delivery.VOUCHER))
        cycle = make_approved(session, program, make_family(session, 3))
        issue_vouchers(session, cycle.id, UNTIL, actor=DARA)
        code = session.scalars(select(Voucher.code)).one()

    answers = _all_at_once(
        [lambda session: redeem(session, code, uuid.uuid4(), actor=FINN).amount] * HANDS
    )

    assert sorted(map(str, answers)) == ["70.0000", *["VoucherUsed"] * (HANDS - 1)]
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(Redemption)) == 1


def test_two_cycles_signed_at_the_same_moment_do_not_bind_the_same_money() -> None:
    with transaction() as session:
        program = make_program(session, fund=120)
        program_id = program.id
        asked = [
            ask_approval(
                session, make_prepared(session, program, make_family(session, 3)).id, actor=DARA
            ).id
            for _ in range(3)
        ]

    answers = _all_at_once([_signing(key, LENA) for key in asked])

    outcomes = [getattr(answer, "state", answer) for answer in answers]
    assert sorted(map(str, outcomes)) == ["FundShort", "FundShort", "approved"]
    with transaction() as session:
        assert balance(session, program_id).bound == 70


def test_two_signers_at_the_same_moment_are_two_signatures() -> None:
    with transaction() as session:
        program = make_program(session, signers_needed=2)
        cycle = make_prepared(session, program, make_family(session, 3))
        key = ask_approval(session, cycle.id, actor=DARA).id
        program_id = program.id

    answers = _all_at_once([_signing(key, by) for by in (LENA, OTO)])

    assert sorted(signed.signatures for signed in answers) == [1, 2]
    with transaction() as session:
        assert session.scalars(select(Cycle.state)).all() == [CycleState.APPROVED]
        assert balance(session, program_id).bound == 70


def test_two_programs_of_one_purpose_asked_for_at_once_do_not_serve_a_family_twice() -> None:
    with transaction() as session:
        family = make_family(session, 3)
        drafts = [make_prepared(session, make_program(session), family) for _ in range(2)]
        for draft in drafts:
            accept_overlap(session, draft.id, "They cook for many", actor=DARA)
        keys = [draft.id for draft in drafts]

    answers = _all_at_once([_asking(key) for key in keys])

    assert sorted(map(str, answers)) == ["ServedElsewhere", "to_approve"]
    with transaction() as session:
        states = session.scalars(select(Cycle.state).order_by(Cycle.state)).all()
    assert [str(state) for state in states] == ["draft", "to_approve"]


def _asking(cycle_id: int) -> Callable[[Session], Any]:
    def ask(session: Session) -> CycleState:
        ask_approval(session, cycle_id, actor=DARA)
        return session.get_one(Cycle, cycle_id).state

    return ask


def test_amounts_prepared_by_two_at_the_same_moment_are_given_once() -> None:
    with transaction() as session:
        cycle = make_prepared(session, make_program(session), make_family(session, 3))
        key = cycle.id
        enrol(session, key, actor=DARA)

    answers = _all_at_once(
        [lambda session: prepare_entitlements(session, key, actor=DARA).entitlements] * 4
    )

    assert sorted(answers) == [0, 0, 0, 1]


def test_money_of_an_order_being_made_is_not_freed_by_a_pause() -> None:
    program_id, cycle_id, amina = _owed()

    _second_during_first(
        lambda session: make_payments(session, cycle_id, actor=FINN), _pausing(program_id, amina)
    )

    with transaction() as session:
        assert session.scalar(select(func.sum(Payment.amount))) == 120
        assert balance(session, program_id).bound == 120


def test_a_card_being_issued_is_void_once_its_household_is_paused() -> None:
    program_id, cycle_id, amina = _owed(delivery=Delivery.VOUCHER)

    _second_during_first(
        lambda session: issue_vouchers(session, cycle_id, UNTIL, actor=DARA),
        _pausing(program_id, amina),
    )

    with transaction() as session:
        states = select(Voucher.state).join(Entitlement).where(Entitlement.registrant_id == amina)
        assert session.scalars(states).all() == [VoucherState.VOID]
        assert balance(session, program_id).bound == 50


def test_a_signature_during_a_pause_binds_no_more_than_it_approves() -> None:
    with transaction() as session:
        program = make_program(session, fund=1000)
        amina, oto = make_family(session, 3), make_family(session, 1)
        program_id, paused = program.id, amina.id
        key = ask_approval(session, make_prepared(session, program, amina, oto).id, actor=DARA).id

    _second_during_first(_pausing(program_id, paused), _signing(key, LENA))

    with transaction() as session:
        approved = select(Entitlement).where(Entitlement.state == EntitlementState.APPROVED)
        assert session.scalars(approved).all() == []
        assert balance(session, program_id).bound == 0
        assert session.scalars(select(Cycle.state)).all() == [CycleState.DRAFT]


def test_no_amount_of_a_benefit_outlives_its_change_while_amounts_are_prepared() -> None:
    with transaction() as session:
        program = make_program(session)
        cycle_id = make_cycle(session, program, make_family(session, 3)).id
        enrol(session, cycle_id, actor=DARA)
        benefit_id = session.scalars(select(Benefit.id)).one()

    _second_during_first(
        lambda session: prepare_entitlements(session, cycle_id, actor=DARA),
        lambda session: change_benefit(session, benefit_id, make_gift(base=1), actor=DARA),
    )

    with transaction() as session:
        assert session.scalars(select(Entitlement.amount)).all() == []


def test_two_who_prepare_and_two_who_start_what_is_due_do_it_once() -> None:
    with transaction() as session:
        program = make_program(session)
        cycle = make_cycle(session, program, make_family(session, 3), make_family(session, 1))
        enrol(session, cycle.id, actor=DARA)
        set_recurrence(session, program.id, Rhythm("FREQ=MONTHLY", today()), actor=DARA)
        program_id, cycle_id = program.id, cycle.id

    preparing = [lambda session: prepare_entitlements(session, cycle_id, actor=DARA).entitlements]
    prepared = _all_at_once(preparing * 2)
    starting = [lambda session: start_due(session, program_id, actor=DARA).number]
    started = _all_at_once(starting * 2)

    assert sorted(prepared) == [0, 2]
    assert sorted(map(str, started)) == ["2", "NothingDue"]
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(Entitlement)) == 2
        assert session.scalar(select(func.count()).select_from(Cycle)) == 2
