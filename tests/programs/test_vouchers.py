"""Vouchers: issued once for each entitlement, handed over for once."""

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import today
from core.codes import NumberMistyped
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import (
    Entitlement,
    EntitlementState,
    Redemption,
    Voucher,
    VoucherState,
)
from programs.models.programs import Delivery
from programs.queries.vouchers import (
    CycleClosed,
    NoSuchVoucher,
    VoucherExpired,
    VoucherUsed,
    VoucherVoid,
    held,
)
from programs.services.vouchers import (
    ExpiryPast,
    KeyTaken,
    NotVoidable,
    NoVouchersDue,
    issue_vouchers,
    redeem,
    void_voucher,
)
from tests.make.geo import make_country
from tests.make.programs import (
    DARA,
    UNTIL,
    make_actor,
    make_approved,
    make_family,
    make_gift,
    make_program,
)
from tests.make.registry import make_location

SEFU = make_actor(21, "Sefu Doro", "voucher:redeem")


def _cycle(session: Session, *sizes: int) -> Cycle:
    program = make_program(session, make_gift(delivery=Delivery.VOUCHER))
    return make_approved(session, program, *(make_family(session, size) for size in sizes))


def _voucher(session: Session) -> Voucher:
    """A card for a household of three, worth 70."""
    issue_vouchers(session, _cycle(session, 3).id, UNTIL, actor=DARA)
    return session.scalars(select(Voucher)).one()


def test_each_entitlement_in_vouchers_gets_its_card(session: Session) -> None:
    cycle = _cycle(session, 3, 1)

    issued = issue_vouchers(session, cycle.id, UNTIL, actor=DARA)

    assert (issued.vouchers, issued.total) == (2, Decimal(120))
    assert len(set(session.scalars(select(Voucher.code)))) == 2
    assert set(session.scalars(select(Entitlement.state))) == {EntitlementState.SENT}
    assert cycle.state is CycleState.DISTRIBUTED


def test_a_card_says_whose_it_is_and_what_is_due(session: Session) -> None:
    voucher = _voucher(session)

    card = held(session, voucher.code.lower().replace("-", " "), actor=SEFU)

    assert (card.name, card.people, card.amount, card.currency) == (
        "Household of Amina Doro",
        3,
        Decimal(70),
        "KES",
    )
    assert card.refusal is None


def test_handing_over_counts_once_and_the_second_is_told_when_and_by_whom(
    session: Session,
) -> None:
    voucher = _voucher(session)

    given = redeem(session, voucher.code, uuid.uuid4(), actor=SEFU)

    assert given.amount == 70
    entitlement = session.scalars(select(Entitlement)).one()
    assert (entitlement.state, entitlement.redeemed) == (EntitlementState.REDEEMED, Decimal(70))
    with pytest.raises(VoucherUsed, match=r"handed over on .* by Sefu Doro; nothing more"):
        redeem(session, voucher.code, uuid.uuid4(), actor=SEFU)
    assert "by Sefu Doro" in str(held(session, voucher.code, actor=SEFU).refusal)
    assert len(session.scalars(select(Redemption)).all()) == 1


def test_a_handing_over_sent_twice_gets_the_first_answer(session: Session) -> None:
    voucher, key = _voucher(session), uuid.uuid4()

    first = redeem(session, voucher.code, key, actor=SEFU)
    second = redeem(session, voucher.code, key, actor=SEFU)

    assert first == second
    assert len(session.scalars(select(Redemption)).all()) == 1


def test_one_key_does_not_count_for_two_cards(session: Session) -> None:
    issue_vouchers(session, _cycle(session, 3, 1).id, UNTIL, actor=DARA)
    one, other = session.scalars(select(Voucher.code)).all()
    key = uuid.uuid4()
    redeem(session, one, key, actor=SEFU)

    with pytest.raises(KeyTaken):
        redeem(session, other, key, actor=SEFU)


def test_a_misread_letter_is_found_by_the_check_character(session: Session) -> None:
    code = _voucher(session).code
    letter = "A" if code[5] != "A" else "B"

    with pytest.raises(NumberMistyped, match="is not a valid number"):
        redeem(session, code[:5] + letter + code[6:], uuid.uuid4(), actor=SEFU)


def test_an_expired_voucher_is_not_handed_over_for(session: Session) -> None:
    voucher = _voucher(session)
    session.execute(update(Voucher).values(expires_on=today() - timedelta(days=1)))
    session.expire_all()

    with pytest.raises(VoucherExpired, match="was good until"):
        redeem(session, voucher.code, uuid.uuid4(), actor=SEFU)


def test_a_voucher_is_good_on_its_last_day(session: Session) -> None:
    voucher = _voucher(session)
    session.execute(update(Voucher).values(expires_on=today()))
    session.expire_all()

    assert redeem(session, voucher.code, uuid.uuid4(), actor=SEFU).amount == 70


def test_a_void_card_is_refused_and_the_new_one_is_taken(session: Session) -> None:
    lost = _voucher(session)
    cycle_id = session.scalars(select(Cycle.id)).one()

    void_voucher(session, lost.code, "lost in the water", actor=DARA)

    with pytest.raises(VoucherVoid, match="made void"):
        redeem(session, lost.code, uuid.uuid4(), actor=SEFU)
    assert issue_vouchers(session, cycle_id, UNTIL, actor=DARA).vouchers == 1
    new = session.scalars(select(Voucher).where(Voucher.state == VoucherState.ISSUED)).one()
    assert redeem(session, new.code, uuid.uuid4(), actor=SEFU).amount == 70
    with pytest.raises(NotVoidable):
        void_voucher(session, new.code, "lost", actor=DARA)


@pytest.mark.parametrize("state", [CycleState.ENDED, CycleState.CANCELLED])
def test_a_closed_cycle_hands_nothing_over(session: Session, state: CycleState) -> None:
    voucher = _voucher(session)
    session.execute(update(Cycle).values(state=state))
    session.expire_all()

    with pytest.raises(CycleClosed, match="cycle of this voucher is closed"):
        redeem(session, voucher.code, uuid.uuid4(), actor=SEFU)


def test_a_card_of_another_area_is_not_found(session: Session) -> None:
    areas = make_country(session)
    place = make_location(session, 0.5, 0.5, area_id=areas["X11"].id)
    program = make_program(session, make_gift(delivery=Delivery.VOUCHER))
    cycle = make_approved(session, program, make_family(session, 2, place))
    issue_vouchers(session, cycle.id, UNTIL, actor=DARA)
    code = session.scalars(select(Voucher.code)).one()
    near = _local(areas["X1"].id)
    far = _local(areas["X2"].id)

    assert held(session, code, actor=near).people == 2
    with pytest.raises(NoSuchVoucher):
        redeem(session, code, uuid.uuid4(), actor=far)


def _local(area_id: int) -> Actor:
    return make_actor(22, "Local", "voucher:redeem", national=False, area_ids=frozenset({area_id}))


def test_vouchers_go_out_once_and_for_days_to_come(session: Session) -> None:
    cycle = _cycle(session, 3)
    with pytest.raises(ExpiryPast):
        issue_vouchers(session, cycle.id, date(2020, 1, 1), actor=DARA)
    issue_vouchers(session, cycle.id, UNTIL, actor=DARA)

    with pytest.raises(NoVouchersDue):
        issue_vouchers(session, cycle.id, UNTIL, actor=DARA)


def test_a_cycle_in_cash_gives_no_vouchers(session: Session) -> None:
    cycle = make_approved(session, make_program(session), make_family(session, 2))

    with pytest.raises(NoVouchersDue):
        issue_vouchers(session, cycle.id, UNTIL, actor=DARA)
