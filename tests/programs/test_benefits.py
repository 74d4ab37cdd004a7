"""What programs give: amounts in order, their bounds, rounding and fees, to the last coin."""

from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.clock import today
from core.cql import TermNotYours, TermUnknown, WrongKind
from core.errors import Forbidden
from programs.models.entitlements import Entitlement, Voucher
from programs.models.programs import BenefitItem, Counting, Delivery, Rounding
from programs.queries.amounts import Giving
from programs.queries.benefits import (
    BenefitWrong,
    DaysWrong,
    FeeWrong,
    NoHousehold,
    TooManyItems,
    UnitWrong,
    explained,
)
from programs.queries.cycles import preview
from programs.queries.eligibility import round_of
from programs.queries.entitlements import total_of
from programs.queries.funds import balance
from programs.queries.gifts import Gift, Item, gifts_of, plain_items
from programs.services.approvals import ask_approval, sign
from programs.services.closing import confirm_paid
from programs.services.cycles import end_cycle, enrol, reopen_cycle
from programs.services.entitlements import AmountBeyond, prepare_entitlements
from programs.services.funds import FundShort
from programs.services.payments import make_payments
from programs.services.programs import add_benefit, change_benefit
from programs.services.vouchers import issue_vouchers
from registry.models.registrants import Registrant
from tests.make.programs import (
    DARA,
    FINN,
    LENA,
    STARTS_ON,
    UNTIL,
    make_actor,
    make_approved,
    make_cycle,
    make_family,
    make_gift,
    make_prepared,
    make_program,
)
from tests.make.registry import make_household, make_person

ZERO = Decimal(0)
HOW = {
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
    Rounding.UP: ROUND_CEILING,
    Rounding.DOWN: ROUND_FLOOR,
}


def _giving(*gifts: Gift) -> Giving:
    """These benefits in shillings, from today on."""
    return Giving(dict(enumerate(gifts)), "KES", today())


def _gift(*items: Item, **said: Any) -> Gift:
    return Gift("Cash", Delivery.CASH, items, **said)


def _given(session: Session, gift: Gift, *families: Registrant, currency: str = "KES") -> list[Any]:
    """What families are given, in their order; nothing where there is no entitlement."""
    program = make_program(session, gift, currency=currency)
    cycle = make_prepared(session, program, *families)
    rows = select(Entitlement.registrant_id, Entitlement.amount).filter_by(cycle_id=cycle.id)
    found = dict(session.execute(rows).all())
    return [found.get(family.id, 0) for family in families]


def _mothers(session: Session) -> list[Registrant]:
    """A woman with two small children; a woman alone; a man with a child of ten."""
    with_two = make_household(session)
    make_person(session, with_two, relation="head", sex="female")
    for _ in range(2):
        make_person(session, with_two, relation="child", birth_date=date(2023, 6, 1))
    alone = make_household(session)
    make_person(session, alone, relation="head", sex="female")
    father = make_household(session)
    make_person(session, father, relation="head", sex="male")
    make_person(session, father, relation="child", birth_date=date(2016, 6, 1))
    return [with_two, alone, father]


def test_amounts_that_apply_are_added_up_each_cut_to_its_own_cap(session: Session) -> None:
    gift = _gift(
        Item("100"),
        Item("30", "children_under_5", cap=Decimal(50)),
        Item("7", "people", condition="sex_of_head = 'female'"),
    )

    # 100 + min(60, 50) + 3 x 7; 100 + 0 + 7; 100 alone
    assert _given(session, gift, *_mothers(session)) == [171, 107, 100]


def test_the_first_amount_that_applies_is_the_only_one(session: Session) -> None:
    gift = _gift(
        Item("80", condition="children_under_5 >= 2"),
        Item("50", condition="sex_of_head = 'female'"),
        Item("20", "people", condition="people > 5"),
        counting=Counting.FIRST,
    )

    assert _given(session, gift, *_mothers(session)) == [80, 50, 0]


def test_an_amount_is_reckoned_from_what_is_known(session: Session) -> None:
    gift = _gift(Item("100 - 15 * people + count_of(age < 5) * 4"))

    assert _given(session, gift, *_mothers(session)) == [63, 85, 70]


def test_what_comes_to_less_than_nothing_takes_nothing_away(session: Session) -> None:
    gift = _gift(Item("10"), Item("4 - 3 * people"))

    assert _given(session, gift, make_family(session, 1), make_family(session, 3)) == [11, 10]


def test_what_is_not_known_adds_nothing(session: Session) -> None:
    nobody = make_household(session, is_partial=True, stated_size=2)

    assert _given(session, _gift(Item("5"), Item("2", "age_of_head")), nobody) == [5]


def test_a_minimum_raises_only_those_to_whom_something_applies(session: Session) -> None:
    gift = _gift(Item("1", "children_under_5", "sex_of_head = 'female'"), minimum=Decimal(9))

    assert _given(session, gift, *_mothers(session)) == [9, 9, 0]


@pytest.mark.parametrize(
    ("rounding", "unit", "amount", "given_"),
    [
        (Rounding.HALF_UP, "100", "250", 300),
        (Rounding.HALF_EVEN, "100", "250", 200),
        (Rounding.HALF_EVEN, "100", "350", 400),
        (Rounding.HALF_EVEN, "100", "251", 300),
        (Rounding.UP, "100", "201", 300),
        (Rounding.UP, "100", "200", 200),
        (Rounding.DOWN, "100", "299.99", 200),
        (Rounding.DOWN, "100", "99", 0),
        (Rounding.HALF_UP, "0.05", "1.025", Decimal("1.05")),
        (Rounding.HALF_EVEN, None, "0.125", Decimal("0.12")),
    ],
)
def test_amounts_are_whole_numbers_of_what_they_are_rounded_to(
    session: Session, rounding: Rounding, unit: str | None, amount: str, given_: Any
) -> None:
    gift = _gift(Item(amount), round_to=Decimal(unit) if unit else None, rounding=rounding)

    assert _given(session, gift, make_family(session, 1)) == [given_]


def test_neither_cap_nor_minimum_is_passed_by_rounding(session: Session) -> None:
    gift = _gift(Item("30", "people"), minimum=Decimal(50), cap=Decimal(170), round_to=Decimal(20))
    families = [make_family(session, size) for size in (1, 3, 6)]

    # 50 in twenties is 60; 90 is 100; 170 in twenties is 160
    assert _given(session, gift, *families) == [60, 100, 160]


AMOUNTS = st.decimals(0, 5000, places=4, allow_nan=False)
ITEMS = st.builds(
    Item,
    expression=AMOUNTS.map("{:f}".format),
    times=st.sampled_from([None, "people"]),
    cap=st.none() | AMOUNTS,
)
GIFTS = st.builds(
    Gift,
    name=st.just("Cash"),
    delivery=st.just(Delivery.CASH),
    items=st.lists(ITEMS, min_size=1, max_size=4).map(tuple),
    minimum=st.decimals(0, 2000, places=4),
    cap=st.decimals(2000, 9000, places=4),
    counting=st.sampled_from(Counting),
    round_to=st.sampled_from(["0.01", "0.05", "1", "7", "100"]).map(Decimal),
    rounding=st.sampled_from(Rounding),
    fee=AMOUNTS,
    fee_percent=st.decimals(0, 100, places=4),
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(gift=GIFTS)
def test_any_amounts_are_those_that_decimals_come_to(session: Session, gift: Gift) -> None:
    home = make_family(session, 3)
    step, low, high = gift.round_to or Decimal(1), gift.minimum or ZERO, gift.cap or ZERO
    parts = [_of_three(item) for item in gift.items]
    wanted = max(parts[0] if gift.counting is Counting.FIRST else sum(parts, ZERO), low)

    def units(amount: Decimal, how: str) -> Decimal:
        return (amount / step).quantize(Decimal(1), how) * step

    raised = max(units(wanted, HOW[gift.rounding]), units(low, ROUND_CEILING))
    due = min(raised, units(high, ROUND_FLOOR))
    fee = (gift.fee + due * gift.fee_percent / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)

    told = explained(session, _giving(gift), home.number, actor=DARA)[0]

    assert (told.amount, told.fee) == (due, fee if due else ZERO)
    assert [line.comes_to for line in told.lines] == parts


def _of_three(item: Item) -> Decimal:
    """What an item comes to for three people."""
    amount = Decimal(item.expression) * (3 if item.times else 1)
    return amount if item.cap is None else min(amount, item.cap)


def test_one_household_is_told_line_by_line_what_it_would_get(session: Session) -> None:
    home = _mothers(session)[0]
    gift = _gift(
        Item("100", condition="people > 5"),
        Item("30", "children_under_5", cap=Decimal(50)),
        Item("9", "people"),
        counting=Counting.FIRST,
        fee=Decimal(2),
    )

    told = explained(session, _giving(gift), home.number, actor=DARA)[0]

    assert [(line.applies, line.counts) for line in told.lines] == [
        (False, False),
        (True, True),
        (True, False),
    ]
    line = told.lines[1]
    assert [line.amount, line.times, line.comes_to] == [30, 2, 50]
    assert [told.total, told.amount, told.fee] == [50, 50, 2]
    person = make_person(session, home)
    with pytest.raises(NoHousehold):
        explained(session, _giving(gift), person.number, actor=DARA)


def test_what_a_household_would_get_is_for_those_who_see_it(session: Session) -> None:
    home = make_family(session, 1)
    blind = make_actor(51, "Blind", "program:read")

    with pytest.raises(Forbidden):
        explained(session, _giving(_gift(Item("1"))), home.number, actor=blind)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"items": ()}, BenefitWrong),
        ({"items": (Item("0"),)}, BenefitWrong),
        ({"items": (Item(" "),)}, BenefitWrong),
        ({"items": (Item("1"),) * 21}, TooManyItems),
        ({"items": (Item("people > 3"),)}, WrongKind),
        ({"items": (Item("1", "sex_of_head"),)}, WrongKind),
        ({"items": (Item("1", condition="people"),)}, WrongKind),
        ({"items": (Item("1", "incomes"),)}, TermUnknown),
        ({"round_to": Decimal("0.001")}, UnitWrong),
        ({"round_to": Decimal(0)}, UnitWrong),
        ({"fee": Decimal(-1)}, FeeWrong),
        ({"fee_percent": Decimal(101)}, FeeWrong),
        ({"valid_days": 0}, DaysWrong),
    ],
)
def test_what_cannot_be_given_is_refused(
    session: Session, said: dict[str, Any], refusal: type[Exception]
) -> None:
    program = make_program(session)

    with pytest.raises(refusal):
        add_benefit(session, program.id, make_gift(**said), actor=DARA)


def test_an_amount_may_ask_only_what_its_writer_may_know(session: Session) -> None:
    program = make_program(session)
    writer = make_actor(41, "Writer", "program:write")
    asked = make_gift(items=(Item("5", condition="has_disability"),))

    with pytest.raises(TermNotYours, match="has_disability"):
        add_benefit(session, program.id, asked, actor=writer)


def test_an_amount_that_cannot_be_meant_is_refused_with_a_sentence(session: Session) -> None:
    program = make_program(session, _gift(Item("10 ^ (15 + people)")))
    cycle = make_cycle(session, program, make_family(session, 2))
    enrol(session, cycle.id, actor=DARA)

    with pytest.raises(AmountBeyond, match="sixteen digits"):
        prepare_entitlements(session, cycle.id, actor=DARA)


def test_what_is_written_is_read_back_in_its_order(session: Session) -> None:
    gift = _gift(
        Item("12.5", "people", "people > 1", Decimal(40)),
        Item("3"),
        counting=Counting.FIRST,
        round_to=Decimal(5),
        rounding=Rounding.DOWN,
        fee=Decimal(1),
        fee_percent=Decimal("2.5"),
        valid_days=30,
    )
    program = make_program(session, gift)
    session.flush()
    session.expire_all()

    ((key, found),) = gifts_of(session, program.id).items()
    assert found == gift
    change_benefit(session, key, _gift(Item("4")), actor=DARA)
    assert session.scalars(select(BenefitItem.expression)).all() == ["4"]


def test_fees_are_bound_beside_amounts_and_freed_with_them(session: Session) -> None:
    gift = _gift(*plain_items(40, 10), fee=Decimal(2), fee_percent=Decimal(1))
    program = make_program(session, gift, fund=125)
    cycle = make_prepared(session, program, make_family(session, 3), make_family(session, 1))
    approval = ask_approval(session, cycle.id, actor=DARA)

    # 70 and 50 are due; 2.70 and 2.50 bring them
    assert [approval.total, approval.fees] == [120, Decimal("5.2")]
    assert total_of(session, cycle.id).cost == Decimal("125.2")
    assert preview(session, round_of(session, cycle), actor=DARA).cost == Decimal("125.2")
    with pytest.raises(FundShort, match=r"KES 125 free and this cycle needs KES 125\.20"):
        sign(session, approval.id, actor=LENA)

    program = make_program(session, gift, fund=200, purpose="drought")
    cycle = make_approved(session, program, make_family(session, 3), make_family(session, 1))
    assert balance(session, program.id).bound == Decimal("125.2")
    reopen_cycle(session, cycle.id, "A mistake", actor=DARA)
    assert balance(session, program.id).bound == 0


def test_what_ends_unused_is_freed_with_its_fees(session: Session) -> None:
    gift = _gift(Item("50"), fee=Decimal(3))
    program = make_program(session, gift, fund=100)
    cycle = make_approved(session, program, make_family(session, 1))

    assert end_cycle(session, cycle.id, actor=DARA) == 53
    assert balance(session, program.id).free == 100


def test_an_amount_is_good_for_so_many_days_from_the_start_of_its_cycle(session: Session) -> None:
    make_prepared(session, make_program(session, make_gift(valid_days=30)), make_family(session, 1))

    last = session.scalars(select(Entitlement.valid_until)).one()
    assert last is not None
    assert (last - STARTS_ON).days == 30


@pytest.mark.parametrize("delivery", [Delivery.CASH, Delivery.VOUCHER])
def test_an_expired_amount_is_neither_paid_nor_put_on_a_card(
    session: Session, delivery: Delivery
) -> None:
    program = make_program(session, make_gift(valid_days=30, delivery=delivery))
    late, soon = make_family(session, 1), make_family(session, 2)
    cycle = make_approved(session, program, late, soon)
    for family, last in ((late, today() - timedelta(days=1)), (soon, today())):
        its = update(Entitlement).where(Entitlement.registrant_id == family.id)
        session.execute(its.values(valid_until=last))

    if delivery is Delivery.CASH:
        assert make_payments(session, cycle.id, actor=FINN).total == 60
        assert confirm_paid(session, cycle.id, "Letter 7", actor=FINN) == 1
    else:
        assert issue_vouchers(session, cycle.id, UNTIL, actor=DARA).total == 60
        assert session.scalars(select(Voucher.expires_on)).one() == today()

    assert end_cycle(session, cycle.id, actor=DARA) == (50 if delivery is Delivery.CASH else 110)
