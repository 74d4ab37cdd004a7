"""What nobody took up to its last day expires by itself, and its money is free again."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.upkeep import keep_up
from core.actor import PLATFORM
from core.audit import AuditEntry
from core.clock import today
from core.errors import Forbidden
from core.jobs import Job
from programs.jobs.expiry import expire_cycle
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Entitlement, EntitlementState, Voucher, VoucherState
from programs.models.programs import Delivery
from programs.queries.expiry import cycles_over
from programs.queries.funds import balance
from programs.services.expiry import NothingOver, expire_over
from programs.services.payments import make_payments
from programs.services.reissues import PastItsDay, reissue_entitlement, reject_entitlement
from programs.services.vouchers import issue_vouchers
from programs.statements.words import Rejection
from tests.make.jobs import Silent
from tests.make.programs import (
    DARA,
    FINN,
    UNTIL,
    make_actor,
    make_approved,
    make_family,
    make_gift,
    make_program,
)

E, V = EntitlementState, VoucherState
YESTERDAY = today() - timedelta(days=1)


def _due(session: Session, **gift: object) -> Cycle:
    """A cycle that owes 50 and 70 of 1,000, with fees of 2 each."""
    program = make_program(session, make_gift(fee=Decimal(2), **gift), fund=1000)
    return make_approved(session, program, make_family(session, 1), make_family(session, 3))


def _over(session: Session, amount: int, day: object = YESTERDAY) -> None:
    """Let one amount be good until a day."""
    one = update(Entitlement).where(Entitlement.amount == amount)
    session.execute(one.values(valid_until=day))
    session.expire_all()


def _states(session: Session) -> dict[int, EntitlementState]:
    asked = select(Entitlement.amount, Entitlement.state)
    return {int(amount): state for amount, state in session.execute(asked)}


def _put_off(session: Session) -> list[str]:
    return [job.work.rsplit(".", 1)[-1] for job in session.scalars(select(Job))]


def test_an_amount_is_good_on_its_last_day_and_expires_on_the_next(session: Session) -> None:
    cycle = _due(session)
    _over(session, 50, today())
    with pytest.raises(NothingOver):
        expire_over(session, cycle.id, actor=DARA)
    _over(session, 50)

    expired = expire_over(session, cycle.id, actor=DARA)

    assert (expired.vouchers, expired.amounts, expired.freed) == (0, 1, Decimal(52))
    assert _states(session) == {50: E.EXPIRED, 70: E.APPROVED}
    assert balance(session, cycle.program_id).bound == 72
    assert cycle.state is CycleState.APPROVED


def test_a_card_nobody_used_expires_with_what_it_stood_for(session: Session) -> None:
    cycle = _due(session, delivery=Delivery.VOUCHER)
    issue_vouchers(session, cycle.id, UNTIL, actor=DARA)
    fifty = select(Voucher.id).join(Entitlement).where(Entitlement.amount == 50)
    session.execute(update(Voucher).where(Voucher.id.in_(fifty)).values(expires_on=YESTERDAY))

    expired = expire_over(session, cycle.id, actor=DARA)

    assert (expired.vouchers, expired.amounts, expired.freed) == (1, 0, Decimal(52))
    assert _states(session) == {50: E.EXPIRED, 70: E.SENT}
    assert sorted(session.scalars(select(Voucher.state))) == [V.EXPIRED, V.ISSUED]
    assert balance(session, cycle.program_id).bound == 72


def test_what_is_with_a_provider_does_not_expire(session: Session) -> None:
    cycle = _due(session)
    make_payments(session, cycle.id, actor=FINN)
    _over(session, 50)

    assert cycles_over(session, today()) == []
    with pytest.raises(NothingOver):
        expire_over(session, cycle.id, actor=DARA)
    assert balance(session, cycle.program_id).bound == 124


def test_a_cycle_of_which_nothing_waits_any_more_is_handed_out(session: Session) -> None:
    cycle = _due(session)
    for amount in (50, 70):
        _over(session, amount)

    assert expire_over(session, cycle.id, actor=DARA).freed == 124

    assert cycle.state is CycleState.DISTRIBUTED
    assert balance(session, cycle.program_id).free == 1000


def test_the_platform_expires_what_is_over_by_itself_once(session: Session) -> None:
    cycle, untouched = _due(session), _due(session)
    _over(session, 50)
    session.execute(
        update(Entitlement).where(Entitlement.cycle_id == untouched.id).values(valid_until=None)
    )
    session.execute(text("set local session authorization highground_works"))  # as the sweep does
    keep_up(session)
    session.execute(text("reset session authorization"))
    assert _put_off(session).count("expire_cycle") == 1

    assert expire_cycle(session, actor=PLATFORM, progress=Silent(), cycle_id=cycle.id) == {
        "rows": 1
    }

    assert cycles_over(session, today()) == []
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.action, entry.actor_name, entry.subject_id) == (
        "cycles.expire",
        "Highground",
        cycle.id,
    )


def test_expired_is_not_issued_again_after_its_last_day(session: Session) -> None:
    cycle = _due(session)
    make_payments(session, cycle.id, actor=FINN)
    ern = session.scalars(select(Entitlement.ern).where(Entitlement.amount == 50)).one()
    reject_entitlement(session, ern, Rejection.REFUSED, actor=FINN)
    _over(session, 50)

    with pytest.raises(PastItsDay, match=f"{ern} was good until"):
        reissue_entitlement(session, ern, actor=DARA)


def test_only_who_prepares_cycles_lets_them_expire(session: Session) -> None:
    cycle = _due(session)
    _over(session, 50)
    nobody = make_actor(31, "Pia Moss", "program:read")

    with pytest.raises(Forbidden):
        expire_over(session, cycle.id, actor=nobody)
    with pytest.raises(Forbidden):
        expire_cycle(session, actor=nobody, progress=Silent(), cycle_id=cycle.id)


def test_forty_cost_no_more_statements_to_expire_than_one(
    session: Session, statements: list[str]
) -> None:
    taken = []
    for families in (1, 40):
        program = make_program(session)
        homes = [make_family(session, 1) for _ in range(families)]
        cycle = make_approved(session, program, *homes)
        of = Entitlement.cycle_id == cycle.id
        session.execute(update(Entitlement).where(of).values(valid_until=YESTERDAY))
        session.expire_all()
        statements.clear()
        assert expire_over(session, cycle.id, actor=DARA).amounts == families
        taken.append(len(statements))

    assert taken[0] == taken[1]
