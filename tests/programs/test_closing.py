"""Closing a cycle, giving it up, and opening it again: where its money goes."""

import uuid
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from programs.models.approvals import Approval, ApprovalState
from programs.models.cycles import CycleState
from programs.models.entitlements import Entitlement, EntitlementState, Voucher, VoucherState
from programs.models.programs import Delivery
from programs.queries.cycles import (
    ReasonMissing,
)
from programs.queries.funds import balance
from programs.services.cycles import (
    AlreadyOut,
    cancel_cycle,
    end_cycle,
    reopen_cycle,
)
from programs.services.payments import make_payments
from programs.services.programs import add_benefit
from programs.services.vouchers import issue_vouchers, redeem, void_voucher
from tests.make.programs import (
    DARA,
    FINN,
    UNTIL,
    make_approved,
    make_family,
    make_gift,
    make_prepared,
    make_program,
)


def test_a_cancelled_cycle_gives_nothing(session: Session) -> None:
    cycle = make_prepared(session, make_program(session), make_family(session, 2))
    with pytest.raises(ReasonMissing):
        cancel_cycle(session, cycle.id, "", actor=DARA)

    cancel_cycle(session, cycle.id, "the water fell", actor=DARA)

    assert cycle.state is CycleState.CANCELLED
    assert session.scalars(select(Entitlement)).all() == []


def test_an_approved_cycle_opens_again_while_nothing_is_out(session: Session) -> None:
    program = make_program(session, fund=100)
    cycle = make_approved(session, program, make_family(session, 3))

    reopen_cycle(session, cycle.id, "the cap was wrong", actor=DARA)

    assert cycle.state is CycleState.DRAFT
    assert balance(session, program.id).free == 100
    assert session.scalars(select(Entitlement.state)).all() == [EntitlementState.DRAFT]
    assert session.scalars(select(Approval.state)).all() == [ApprovalState.RETURNED]


def test_a_cycle_that_is_partly_out_does_not_open_again(session: Session) -> None:
    program = make_program(session)
    cycle = make_approved(session, program, make_family(session, 3))
    make_payments(session, cycle.id, actor=FINN)
    session.execute(update(type(cycle)).values(state=CycleState.APPROVED))
    session.expire_all()

    with pytest.raises(AlreadyOut):
        reopen_cycle(session, cycle.id, "the cap was wrong", actor=DARA)


def test_a_cycle_whose_cards_were_printed_does_not_open_again(session: Session) -> None:
    program = make_program(session)
    seeds = make_gift(name="Seeds", delivery=Delivery.VOUCHER, base=Decimal(7))
    add_benefit(session, program.id, seeds, actor=DARA)
    cycle = make_approved(session, program, make_family(session, 3))
    issue_vouchers(session, cycle.id, UNTIL, actor=DARA)
    void_voucher(session, session.scalars(select(Voucher.code)).one(), "lost", actor=DARA)

    with pytest.raises(AlreadyOut):
        reopen_cycle(session, cycle.id, "the cap was wrong", actor=DARA)


def test_ending_a_cycle_expires_unused_cards_and_frees_their_money(session: Session) -> None:
    program = make_program(session, make_gift(delivery=Delivery.VOUCHER), fund=1000)
    cycle = make_approved(session, program, make_family(session, 3), make_family(session, 1))
    issue_vouchers(session, cycle.id, UNTIL, actor=DARA)
    used = session.scalars(
        select(Voucher.code).join(Entitlement).where(Entitlement.amount == 70)
    ).one()
    redeem(session, used, uuid.uuid4(), actor=FINN)

    freed = end_cycle(session, cycle.id, actor=DARA)

    session.expire_all()
    assert freed == 50
    assert balance(session, program.id).bound == 70
    assert set(session.scalars(select(Voucher.state))) == {
        VoucherState.REDEEMED,
        VoucherState.EXPIRED,
    }
    assert set(session.scalars(select(Entitlement.state))) == {
        EntitlementState.REDEEMED,
        EntitlementState.EXPIRED,
    }
