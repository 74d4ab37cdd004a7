"""Funds in several currencies: what is bound and set free, at which rate, to the last cent."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import today
from core.errors import Forbidden
from core.money import CurrencyUnknown
from programs.models.approvals import ApprovalState
from programs.models.cycles import Cycle
from programs.models.programs import FundEntry, FundEntryKind, Program
from programs.queries.funds import balance, balances, funds_of, rates_listed
from programs.services.approvals import ask_approval, sign
from programs.services.cycles import reopen_cycle
from programs.services.exchange_rates import RatesForAll, RateWrong, Said, write_rate
from programs.services.funds import FundShort, deposit
from programs.services.memberships import pause_member
from tests.make.programs import (
    DARA,
    FINN,
    LENA,
    make_actor,
    make_family,
    make_gift,
    make_prepared,
    make_program,
)


def _held(session: Session, program: Program) -> list[tuple[str, Any, Any]]:
    return [(each.currency, each.bound, each.free) for each in funds_of(session, program.id)]


def _program(session: Session, own: str, dollars: str, rate: str | None = "130") -> Program:
    """A program in KES with so much of its own, and so many dollars."""
    program = make_program(session, make_gift(cap=None), fund=0)
    if Decimal(own):
        deposit(session, program.id, Decimal(own), "Treasury", actor=FINN)
    deposit(session, program.id, Decimal(dollars), "Donor", "usd", actor=FINN)
    if rate:
        write_rate(session, Said("USD", "KES", Decimal(rate), today()), actor=FINN)
    return program


def _approved(session: Session, program: Program, *sizes: int) -> Cycle:
    """A cycle of families of these sizes, each due 40 and 10 a person."""
    cycle = make_prepared(session, program, *(make_family(session, size) for size in sizes))
    approval = ask_approval(session, cycle.id, actor=DARA)
    assert sign(session, approval.id, actor=LENA).state is ApprovalState.APPROVED
    return cycle


def test_what_is_free_in_another_currency_is_worth_what_its_rate_says(session: Session) -> None:
    program = _program(session, "100", "1.01", "130.555")

    # 1.01 x 130.555 = 131.86055, of which no cent more counts than is whole
    found = balance(session, program.id)
    assert [found.currency, found.posted, found.bound] == ["KES", Decimal("231.86"), 0]
    assert balances(session)[program.id] == found
    assert _held(session, program) == [("KES", 0, 100), ("USD", 0, Decimal("1.01"))]


def test_the_programs_own_money_is_bound_before_any_other(session: Session) -> None:
    program = _program(session, "100", "1")

    _approved(session, program, 6, 2)  # 100 and 60

    # 60 KES are 0.4615 dollars, and 46 cents would be too few
    assert _held(session, program) == [("KES", 100, 0), ("USD", Decimal("0.47"), Decimal("0.53"))]
    commits = select(FundEntry.covers, FundEntry.rate).where(FundEntry.kind == FundEntryKind.COMMIT)
    rows = session.execute(commits.order_by(FundEntry.id))
    told: list[Any] = [tuple(row) for row in rows]
    assert told == [(100, 1), (60, 130)]
    found = balance(session, program.id)
    assert [found.bound, found.free] == [160, Decimal("68.9")]


@pytest.mark.parametrize(("dollars", "approved"), [("0.54", True), ("0.53", False)])
def test_a_fund_that_is_short_by_a_cent_binds_nothing(
    session: Session, dollars: str, approved: bool
) -> None:
    program = _program(session, "0.01", dollars, "129.62")
    cycle = make_prepared(session, program, make_family(session, 3))
    approval = ask_approval(session, cycle.id, actor=DARA)
    if approved:  # 0.54 x 129.62 = 69.9948, of which 69.99 count, and one cent of its own
        assert sign(session, approval.id, actor=LENA).state is ApprovalState.APPROVED
        assert _held(session, program) == [("KES", Decimal("0.01"), 0), ("USD", Decimal("0.54"), 0)]
        return

    with pytest.raises(FundShort, match=r"KES 68\.70 free and this cycle needs KES 70; post KES 1"):
        sign(session, approval.id, actor=LENA)
    session.expire_all()
    assert [bound for _currency, bound, _free in _held(session, program)] == [0, 0]


def test_money_without_a_rate_covers_nothing(session: Session) -> None:
    program = _program(session, "0", "900", rate=None)
    write_rate(session, Said("USD", "KES", Decimal(100), today() + timedelta(days=1)), actor=FINN)
    write_rate(session, Said("KES", "USD", Decimal("0.01"), today()), actor=FINN)

    assert balance(session, program.id).free == 0


def test_the_latest_rate_that_is_in_force_counts(session: Session) -> None:
    program = _program(session, "0", "1", "100")
    write_rate(session, Said("USD", "KES", Decimal(110), today() - timedelta(days=1)), actor=FINN)
    assert balance(session, program.id).free == 100

    write_rate(session, Said("USD", "KES", Decimal(120), today()), actor=FINN)

    assert balance(session, program.id).free == 120
    assert [rate.author for rate in rates_listed(session)] == ["Finn Ode"] * 3


def test_what_is_bound_keeps_its_rate_and_is_freed_to_the_last_cent(session: Session) -> None:
    program = _program(session, "100", "1")
    cycle = _approved(session, program, 6, 2)
    write_rate(session, Said("USD", "KES", Decimal(200), today()), actor=FINN)
    assert balance(session, program.id).bound == 160

    reopen_cycle(session, cycle.id, "A mistake", actor=DARA)

    assert _held(session, program) == [("KES", 0, 100), ("USD", 0, 1)]
    assert balance(session, program.id).bound == 0


def test_a_part_is_freed_from_what_was_bound_last_and_never_more(session: Session) -> None:
    program = _program(session, "50", "1")
    families = [make_family(session, 1), make_family(session, 1), make_family(session, 1)]
    cycle = make_prepared(session, program, *families)
    approval = ask_approval(session, cycle.id, actor=DARA)
    sign(session, approval.id, actor=LENA)
    # 50 of its own; 100 for 0.77 dollars
    for family, held in zip(families, ["0.39", "0", "0"], strict=True):
        pause_member(session, program.id, family.id, "Moved away", actor=DARA)
        dollars = _held(session, program)[1]
        assert dollars[1] == Decimal(held)

    assert _held(session, program) == [("KES", 0, 50), ("USD", 0, 1)]


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        (("USD", "KES", Decimal(0)), RateWrong),
        (("KES", "KES", Decimal(1)), RateWrong),
        (("USD", "KES", Decimal(10) ** 9), RateWrong),
        (("USX", "KES", Decimal(1)), CurrencyUnknown),
    ],
)
def test_a_rate_that_cannot_be_is_refused(
    session: Session, said: tuple[str, str, Decimal], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        write_rate(session, Said(*said, today()), actor=FINN)


def test_rates_are_written_by_who_posts_money_in_all_programs(
    session: Session, visitor: Actor
) -> None:
    partner = make_actor(61, "Partner", program_ids=frozenset({1}))

    with pytest.raises(Forbidden):
        write_rate(session, Said("USD", "KES", Decimal(1), today()), actor=visitor)
    with pytest.raises(RatesForAll):
        write_rate(session, Said("USD", "KES", Decimal(1), today()), actor=partner)
