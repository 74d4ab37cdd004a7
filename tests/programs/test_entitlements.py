"""Entitlements: what each household is due, to the currency's last unit."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import AuditEntry
from core.codes import check_character, understood
from core.errors import Forbidden
from programs.models.cycles import CycleState
from programs.models.entitlements import Entitlement
from programs.models.programs import Delivery
from programs.queries.cycles import CycleElsewhere
from programs.services.cycles import enrol
from programs.services.entitlements import NobodyEnrolled, prepare_entitlements
from programs.services.programs import add_benefit
from registry.models.registrants import Registrant
from tests.make.programs import (
    DARA,
    make_approved,
    make_cycle,
    make_family,
    make_gift,
    make_prepared,
    make_program,
    make_roster,
)
from tests.make.registry import join, make_household, make_person


def _stated(session: Session, people: int) -> Registrant:
    """A household of which only its size is known."""
    return make_household(session, is_partial=True, stated_size=people)


@pytest.mark.parametrize(
    ("people", "due"),
    [(0, 40), (1, 50), (3, 70), (4, 80), (5, 90), (6, 90), (12, 90)],
)
def test_the_amount_grows_with_the_household_up_to_the_cap(
    session: Session, people: int, due: int
) -> None:
    make_prepared(session, make_program(session), _stated(session, people))

    assert session.scalars(select(Entitlement.amount)).one() == due


@pytest.mark.parametrize(("people", "due"), [(0, 55), (1, 55), (2, 60), (9, 90)])
def test_a_minimum_raises_and_a_cap_only_cuts(session: Session, people: int, due: int) -> None:
    program = make_program(session, make_gift(minimum=Decimal(55)))

    make_prepared(session, program, _stated(session, people))

    assert session.scalars(select(Entitlement.amount)).one() == due


@pytest.mark.parametrize(
    ("currency", "cap", "due"),
    [("KES", "60.006", "60"), ("JPY", "60.5", "60"), ("JPY", "70", "70")],
)
def test_no_cap_is_passed_by_rounding(session: Session, currency: str, cap: str, due: str) -> None:
    program = make_program(session, make_gift(cap=Decimal(cap)), currency=currency)

    make_prepared(session, program, _stated(session, 3))

    assert session.scalars(select(Entitlement.amount)).one() == Decimal(due)


def test_a_high_cap_raises_nobody(session: Session) -> None:
    program = make_program(session, make_gift(cap=Decimal(100_000)))

    make_prepared(session, program, _stated(session, 2))

    assert session.scalars(select(Entitlement.amount)).one() == 60


@pytest.mark.parametrize(
    ("currency", "per_member", "people", "due"),
    [
        ("KES", "0.333", 3, "41.00"),  # 40.999
        ("KES", "0.335", 1, "40.34"),  # 40.335, half away from zero
        ("JPY", "0.5", 1, "41"),  # 40.5
        ("JPY", "0.4", 1, "40"),
        ("KWD", "0.0005", 1, "40.001"),
    ],
)
def test_an_amount_is_rounded_to_the_currencys_last_unit(
    session: Session, currency: str, per_member: str, people: int, due: str
) -> None:
    gift = make_gift(per_member=Decimal(per_member), cap=None)
    program = make_program(session, gift, currency=currency)

    make_prepared(session, program, _stated(session, people))

    assert session.scalars(select(Entitlement.amount)).one() == Decimal(due)


def test_what_comes_to_nothing_is_no_entitlement(session: Session) -> None:
    program = make_program(session, make_gift(base=Decimal(0)))
    nobody, one = _stated(session, 0), _stated(session, 1)

    make_prepared(session, program, nobody, one)

    assert session.scalars(select(Entitlement.registrant_id)).all() == [one.id]


def test_each_benefit_of_a_program_is_given_beside_the_others(session: Session) -> None:
    program = make_program(session)
    seeds = make_gift(name="Seeds", delivery=Delivery.VOUCHER, base=Decimal(7), cap=Decimal(9))
    add_benefit(session, program.id, seeds, actor=DARA)

    make_prepared(session, program, make_family(session, 3))

    assert sorted(session.scalars(select(Entitlement.amount))) == [9, 70]


def test_a_person_of_two_households_counts_in_one(session: Session) -> None:
    home, other = make_family(session, 1), make_family(session, 1)
    shared = make_person(session, home)
    join(session, shared, other)

    make_prepared(session, make_program(session), home, other)

    assert sorted(session.scalars(select(Entitlement.amount))) == [50, 60]


def test_preparing_again_adds_only_who_became_due_and_changes_no_amount(
    session: Session,
) -> None:
    program = make_program(session)
    roster = make_roster(session, make_family(session, 3))
    cycle = make_cycle(session, program, roster=roster)
    enrol(session, cycle.id, actor=DARA)
    first = prepare_entitlements(session, cycle.id, actor=DARA)

    again = prepare_entitlements(session, cycle.id, actor=DARA)

    assert (first.entitlements, first.total) == (1, Decimal(70))
    assert (again.entitlements, again.total) == (0, Decimal(0))
    assert session.scalars(select(Entitlement.amount)).all() == [Decimal(70)]


def test_amounts_wait_for_enrolment_and_stay_as_they_are_once_asked_for(
    session: Session,
) -> None:
    program = make_program(session)
    cycle = make_cycle(session, program, make_family(session, 2))
    with pytest.raises(NobodyEnrolled):
        prepare_entitlements(session, cycle.id, actor=DARA)

    approved = make_approved(session, program, make_family(session, 2))
    assert approved.state is CycleState.APPROVED
    with pytest.raises(CycleElsewhere, match="approved"):
        prepare_entitlements(session, approved.id, actor=DARA)


def test_an_ern_can_be_read_out_and_a_misread_letter_is_found(session: Session) -> None:
    make_prepared(session, make_program(session), make_family(session, 1), make_family(session, 2))

    erns = session.scalars(select(Entitlement.ern)).all()

    assert len(set(erns)) == 2
    for ern in erns:
        body = ern.removeprefix("ERN-")
        assert len(body) == 10
        assert check_character(body[:-1]) == body[-1]
        assert understood(ern.lower(), "ERN", 10) == ern


def test_a_thousand_households_cost_no_more_statements_than_one(
    session: Session, statements: list[str]
) -> None:
    program = make_program(session)
    counts = []
    for families in (1, 100):
        cycle = make_cycle(session, program, *(make_family(session, 1) for _ in range(families)))
        enrol(session, cycle.id, actor=DARA)
        statements.clear()
        prepared = prepare_entitlements(session, cycle.id, actor=DARA)
        assert prepared.entitlements == families
        counts.append(len(statements))

    assert counts[0] == counts[1] <= 9


def test_it_needs_permission_and_leaves_the_figures(session: Session, visitor: Actor) -> None:
    cycle = make_cycle(session, make_program(session), make_family(session, 3))
    enrol(session, cycle.id, actor=DARA)
    with pytest.raises(Forbidden):
        prepare_entitlements(session, cycle.id, actor=visitor)

    prepare_entitlements(session, cycle.id, actor=DARA)

    entry = session.scalars(select(AuditEntry).filter_by(action="entitlements.prepare")).one()
    assert entry.figures == {"entitlements": 1, "total": "70.0000"}
    assert (cycle.prepared_by, entry.actor_id) == (DARA.id, DARA.id)
