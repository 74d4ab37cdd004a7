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
from core.db import transaction
from core.errors import Refusal
from programs.models.approvals import Approval
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Redemption, Voucher
from programs.models.programs import Delivery, Program
from programs.queries.funds import balance
from programs.services.approvals import Signed, ask_approval, sign
from programs.services.cycles import enrol
from programs.services.entitlements import prepare_entitlements
from programs.services.programs import Plan, create_program
from programs.services.vouchers import issue_vouchers, redeem
from tests.make.programs import (
    DARA,
    FINN,
    LENA,
    OTO,
    UNTIL,
    make_approved,
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


def _signing(approval_id: int, by: Actor) -> Callable[[Session], Signed]:
    return lambda session: sign(session, approval_id, actor=by)


def test_programs_made_at_the_same_moment_get_numbers_without_gaps() -> None:
    with transaction() as session:
        organisation_id = make_organisation(session).id

    def make(name: str, currency: str) -> Callable[[Session], Any]:
        plan = Plan(name, "race", organisation_id, currency)
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


def test_two_programs_of_one_purpose_signed_at_once_do_not_serve_a_family_twice() -> None:
    with transaction() as session:
        family = make_family(session, 3)
        asked = [
            ask_approval(
                session, make_prepared(session, make_program(session), family).id, actor=DARA
            ).id
            for _ in range(2)
        ]

    _all_at_once([_signing(key, LENA) for key in asked])

    with transaction() as session:
        states = session.scalars(select(Approval.state).order_by(Approval.state)).all()
    assert [str(state) for state in states] == ["approved", "returned"]


def test_amounts_prepared_by_two_at_the_same_moment_are_given_once() -> None:
    with transaction() as session:
        cycle = make_prepared(session, make_program(session), make_family(session, 3))
        key = cycle.id
        enrol(session, key, actor=DARA)

    answers = _all_at_once(
        [lambda session: prepare_entitlements(session, key, actor=DARA).entitlements] * 4
    )

    assert sorted(answers) == [0, 0, 0, 1]
