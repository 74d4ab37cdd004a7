"""Filters that ask what programs did for a household."""

import uuid
from datetime import date

import pytest
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.cql import FilterUnreadable, TermNotYours, WrongKind
from programs.models.entitlements import Entitlement, Voucher
from programs.models.programs import Delivery, Program
from programs.queries.queryables import widest_terms
from programs.services.payments import make_payments
from programs.services.vouchers import issue_vouchers, redeem
from registry.models.registrants import Registrant
from registry.queries.subjects import matching
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

DAY = date(2026, 11, 20)
SEFU = make_actor(21, "Sefu Doro", "voucher:redeem")


@pytest.fixture
def cash(session: Session) -> Program:
    """40 and 10 a person: Doro, three people, was sent 70 today and Kesh 50; Ode is in nothing."""
    program = make_program(session)
    doro, kesh = (
        make_family(session, size, name=name) for size, name in ((3, "Doro"), (1, "Kesh"))
    )
    make_family(session, 2, name="Ode")
    cycle = make_approved(session, program, doro, kesh)
    make_payments(session, cycle.id, actor=FINN)
    return program


def _meant(session: Session, written: str, actor: Actor) -> set[str]:
    terms = widest_terms(session, DAY, actor=actor)
    ids = matching(written, DAY, actor=actor, terms=terms)
    return set(session.scalars(select(Registrant.name).where(Registrant.id.in_(ids))))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("in_program('{p}')", {"Doro", "Kesh"}),
        ("NOT in_program('{p}')", {"Ode"}),
        ("in_program('{p}', 'paused', 'exited')", set()),
        ("in_program('PROG-1999-00000001')", set()),
        ("in_program('{p}') AND count_of(age > 30) > 1", {"Doro"}),
        ("in_cycle('{p}', 1)", {"Doro", "Kesh"}),
        ("in_cycle('{p}', 2)", set()),
        ("entitled('{p}') = 70", {"Doro"}),
        ("entitled('{p}') >= 50", {"Doro", "Kesh"}),
        ("entitled('{p}', '2020-01-01') < 60", {"Kesh", "Ode"}),
        ("entitled('{p}', '2999-01-01') > 0", set()),
        ("received('{p}') = 0", {"Doro", "Kesh", "Ode"}),
        ("last_payment_on >= DATE('2020-01-01')", {"Doro", "Kesh"}),
        ("last_payment_on IS NULL", {"Ode"}),
    ],
)
def test_a_filter_asks_what_programs_did(
    session: Session, anybody: Actor, cash: Program, written: str, meant: set[str]
) -> None:
    assert _meant(session, written.format(p=cash.number), anybody) == meant


def test_what_was_redeemed_was_received(session: Session, anybody: Actor) -> None:
    gift = make_gift(delivery=Delivery.VOUCHER)
    program = make_program(session, gift)
    doro = make_family(session, 3, name="Doro")
    cycle = make_approved(session, program, doro, make_family(session, 2, name="Ode"))
    assert _meant(session, f"received('{program.number}') > 0", anybody) == set()

    issue_vouchers(session, cycle.id, UNTIL, actor=DARA)
    redeem(session, session.scalars(_card_of(doro)).one(), uuid.uuid4(), actor=SEFU)

    assert _meant(session, f"received('{program.number}') = 70", anybody) == {"Doro"}


def _card_of(household: Registrant) -> Select[str]:
    theirs = Voucher.entitlement_id == Entitlement.id
    return (
        select(Voucher.code)
        .join(Entitlement, theirs)
        .where(Entitlement.registrant_id == household.id)
    )


def test_who_sees_other_programs_learns_nothing_of_this_one(
    session: Session, cash: Program
) -> None:
    elsewhere = make_actor(31, "Nala Ode", program_ids=frozenset({cash.id + 1000}))

    assert _meant(session, f"in_program('{cash.number}')", elsewhere) == set()
    assert _meant(session, f"entitled('{cash.number}') > 0", elsewhere) == set()
    assert _meant(session, "last_payment_on IS NOT NULL", elsewhere) == set()


def test_who_may_only_count_does_not_ask_what_somebody_was_given(session: Session) -> None:
    counter = make_actor(32, "Cora Marr", "registrant:count")

    with pytest.raises(TermNotYours, match="may not use in_program"):
        _meant(session, "in_program('PROG-2026-00000001')", counter)


@pytest.mark.parametrize(
    ("written", "refusal"),
    [
        ("in_program('P', 'happy')", WrongKind),
        ("in_program()", FilterUnreadable),
        ("entitled('P', 'soon') > 1", WrongKind),
        ("entitled('P', '2026-01-01', 'x') > 1", FilterUnreadable),
        ("in_cycle('P', 'one')", WrongKind),
    ],
)
def test_what_no_program_knows_is_refused(
    session: Session, anybody: Actor, written: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        _meant(session, written, anybody)
