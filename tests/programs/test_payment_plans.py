"""Payment plans: who can be paid by a provider, in which batches, and why others are left out."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.web.steps import steps_of
from geo.models.areas import Area
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Entitlement, EntitlementState
from programs.models.memberships import MembershipState, ProgramMembership
from programs.models.payments import (
    LeftUnpaid,
    Payment,
    PaymentBatch,
    PaymentEvent,
    PaymentState,
    Unpayable,
)
from programs.models.programs import Delivery
from programs.queries.standing import standing_of
from programs.services.closing import NoListOpen, confirm_paid
from programs.services.fsps import AddressUnsafe, ColumnsLack, MechanismUnfit
from programs.services.payment_plans import (
    FspResting,
    NobodyPayable,
    NothingByThisWay,
    Wanted,
    plan_payments,
)
from programs.services.payments import PaidByAnother, make_payments
from registry.models.accounts import AccountKind, AccountState
from registry.models.registrants import Membership, Registrant, RegistrantState
from tests.make.geo import make_country
from tests.make.payments import make_account, make_fsp, make_phone, make_wallet_company
from tests.make.programs import (
    DARA,
    FINN,
    LENA,
    make_approved,
    make_family,
    make_gift,
    make_program,
)
from tests.make.registry import make_consent, make_location

IBAN = "GB82WEST12345698765432"


def _by(session: Session, way: Delivery, *families: Registrant, **given: Any) -> Cycle:
    gift = make_gift(delivery=way)
    return make_approved(session, make_program(session, gift, **given), *families)


def _reasons(session: Session) -> dict[int, Unpayable]:
    rows = session.execute(select(LeftUnpaid.registrant_id, LeftUnpaid.reason))
    return {row[0]: row[1] for row in rows}


def test_orders_are_cut_into_batches_of_the_providers_size(session: Session) -> None:
    families = [make_family(session, 1) for _ in range(5)]
    cycle = _by(session, Delivery.CASH, *families)
    fsp = make_fsp(session, batch_size=2)

    plan = plan_payments(session, cycle.id, Wanted(fsp.id), actor=FINN)

    batches = session.execute(
        select(PaymentBatch.number, PaymentBatch.orders, PaymentBatch.total).order_by(
            PaymentBatch.number
        )
    ).all()
    assert [tuple(row) for row in batches] == [(1, 2, 100), (2, 2, 100), (3, 1, 50)]
    assert (plan.orders, plan.total, plan.left_out) == (5, Decimal(250), 0)
    assert cycle.state is CycleState.DISTRIBUTED
    assert set(session.scalars(select(Entitlement.state))) == {EntitlementState.SENT}


def test_a_batch_is_of_one_area_where_that_is_wanted(session: Session) -> None:
    areas = make_country(session)
    here = make_location(session, 0.5, 0.5, area_id=areas["X11"].id)
    there = make_location(session, 2.5, 0.5, area_id=areas["X21"].id)
    cycle = _by(
        session,
        Delivery.CASH,
        *(make_family(session, 1, place) for place in (here, there, here)),
    )

    plan_payments(session, cycle.id, Wanted(make_fsp(session).id, by_area=True), actor=FINN)

    held = select(Payment.batch_id, Area.pcode, func.count()).join(Area, Area.id == Payment.area_id)
    rows = session.execute(held.group_by(Payment.batch_id, Area.pcode)).all()
    assert sorted((row[1], row[2]) for row in rows) == [("X11", 2), ("X21", 1)]
    assert len({row[0] for row in rows}) == 2


def test_a_plan_of_an_area_leaves_the_rest_for_another(session: Session) -> None:
    areas = make_country(session)
    here = make_location(session, 0.5, 0.5, area_id=areas["X11"].id)
    there = make_location(session, 2.5, 0.5, area_id=areas["X21"].id)
    families = [make_family(session, 1, place) for place in (here, there)]
    cycle = _by(session, Delivery.CASH, *families)
    fsp = make_fsp(session)

    first = plan_payments(session, cycle.id, Wanted(fsp.id, areas["X1"].id), actor=FINN)
    assert (first.orders, cycle.state) == (1, CycleState.APPROVED)
    second = plan_payments(session, cycle.id, Wanted(fsp.id), actor=FINN)

    assert (second.orders, second.number, cycle.state) == (1, 2, CycleState.DISTRIBUTED)


def test_who_cannot_be_paid_is_left_out_with_the_first_reason_and_stays_approved(
    session: Session,
) -> None:
    good, none, odd, gone, declines, hidden, paused, rich = (
        make_family(session, 7 if place == 7 else 1) for place in range(8)
    )
    for each in (good, gone, declines, hidden, paused, rich):
        make_account(session, each, IBAN)
    make_account(session, odd, "no!")
    make_account(session, none, IBAN, state=AccountState.CLOSED)
    all_of_them = (good, none, odd, gone, declines, hidden, paused, rich)
    cycle = _by(session, Delivery.BANK, *all_of_them)
    make_consent(session, declines, state="refused", basis="consent")
    make_consent(session, hidden, purpose="sharing", state="refused", basis="consent")
    gone.state = RegistrantState.EXITED
    session.execute(
        update(ProgramMembership)
        .where(ProgramMembership.registrant_id == paused.id)
        .values(state=MembershipState.PAUSED)
    )
    session.flush()
    fsp = make_fsp(session, mechanism=Delivery.BANK, most=Decimal(80))

    plan = plan_payments(session, cycle.id, Wanted(fsp.id), actor=FINN)

    assert session.scalars(select(Payment.registrant_id)).all() == [good.id]
    assert _reasons(session) == {
        none.id: Unpayable.NO_ACCOUNT,
        odd.id: Unpayable.BAD_ACCOUNT,
        gone.id: Unpayable.INACTIVE,
        declines.id: Unpayable.DECLINED,
        hidden.id: Unpayable.NOT_SHARED,
        paused.id: Unpayable.PAUSED,
        rich.id: Unpayable.OVER_LIMIT,
    }
    assert (plan.orders, plan.left_out, cycle.state) == (1, 7, CycleState.APPROVED)
    due = select(Entitlement.state, func.count()).group_by(Entitlement.state)
    assert {row[0]: row[1] for row in session.execute(due)} == {
        EntitlementState.SENT: 1,
        EntitlementState.APPROVED: 7,
    }


def test_mobile_money_goes_to_a_wallet_before_a_telephone_and_to_the_head(
    session: Session,
) -> None:
    walleted, phoned, by_head = (make_family(session, 2) for _ in range(3))
    wallet = make_account(session, walleted, "+254 700 000 001", kind=AccountKind.WALLET)
    make_phone(session, walleted, "+254 700 000 009")
    phone = make_phone(session, phoned, "+254 700 000 002")
    heads = select(Registrant).join(Membership, Membership.member_id == Registrant.id)
    head = session.scalars(
        heads.where(Membership.group_id == by_head.id, Membership.kind == "head")
    ).one()
    of_head = make_phone(session, head, "+254 700 000 003")
    cycle = _by(session, Delivery.MOBILE, walleted, phoned, by_head)
    fsp = make_wallet_company(session, "http://127.0.0.1:9")

    plan_payments(session, cycle.id, Wanted(fsp.id), actor=FINN)

    kept = select(Payment.registrant_id, Payment.account_id, Payment.contact_id)
    assert {row[0]: (row[1], row[2]) for row in session.execute(kept)} == {
        walleted.id: (wallet.id, None),
        phoned.id: (None, phone.id),
        by_head.id: (None, of_head.id),
    }


def test_an_order_bears_the_ern_and_its_history_begins_with_it(session: Session) -> None:
    cycle = _by(session, Delivery.CASH, make_family(session, 1))

    plan_payments(session, cycle.id, Wanted(make_fsp(session).id), actor=FINN)

    assert (
        session.scalars(select(Payment.reference)).all()
        == session.scalars(select(Entitlement.ern)).all()
    )
    steps = session.execute(select(PaymentEvent.state, PaymentEvent.attempt)).all()
    assert [tuple(step) for step in steps] == [("issued", 0)]


def test_who_prepared_or_signed_plans_no_payment(session: Session) -> None:
    cycle = _by(session, Delivery.CASH, make_family(session, 1))
    fsp = make_fsp(session)
    for person in (DARA, LENA):
        with pytest.raises(PaidByAnother):
            plan_payments(session, cycle.id, Wanted(fsp.id), actor=person)


def test_a_plan_of_nobody_is_refused_with_the_reason(session: Session) -> None:
    cycle = _by(session, Delivery.BANK, make_family(session, 1))
    bank = make_fsp(session, name="Oru Bank", mechanism=Delivery.BANK)
    resting = make_fsp(session, name="Old Bank", mechanism=Delivery.BANK, active=False)

    with pytest.raises(NobodyPayable, match="by Oru Bank: 1 were looked at"):
        plan_payments(session, cycle.id, Wanted(bank.id), actor=FINN)
    with pytest.raises(NothingByThisWay, match="Counter pays"):
        plan_payments(session, cycle.id, Wanted(make_fsp(session).id), actor=FINN)
    with pytest.raises(FspResting, match="Old Bank"):
        plan_payments(session, cycle.id, Wanted(resting.id), actor=FINN)


def test_what_a_plan_left_over_can_be_taken_along_as_a_list(session: Session) -> None:
    good, poor = make_family(session, 1), make_family(session, 3)
    make_account(session, good, IBAN)
    cycle = _by(session, Delivery.BANK, good, poor)
    plan_payments(session, cycle.id, Wanted(make_fsp(session, mechanism="bank").id), actor=FINN)

    batch = make_payments(session, cycle.id, actor=FINN)

    assert (batch.orders, batch.total, batch.plan_id) == (1, Decimal(70), None)


def test_a_provider_is_called_safely_or_not_at_all(session: Session) -> None:
    with pytest.raises(AddressUnsafe, match=r"http://pay.example"):
        make_wallet_company(session, "http://pay.example")
    with pytest.raises(AddressUnsafe):
        make_wallet_company(session, "https://me:word@pay.example")
    with pytest.raises(MechanismUnfit):
        make_wallet_company(session, "https://pay.example", mechanism=Delivery.BANK)
    assert make_fsp(session, mechanism=Delivery.MOBILE).address == ""
    with pytest.raises(ColumnsLack):
        make_fsp(session, columns=("name", "amount"))
    kept = make_wallet_company(session, "https://pay.example")
    assert kept.secret is not None
    assert kept.secret.startswith("sealed:")


def test_a_hundred_orders_cost_no_more_statements_than_one(
    session: Session, statements: list[str]
) -> None:
    small = _by(session, Delivery.CASH, make_family(session, 1))
    fsp = make_fsp(session)
    statements.clear()
    plan_payments(session, small.id, Wanted(fsp.id), actor=FINN)
    for_one = len(statements)
    large = _by(
        session, Delivery.CASH, *(make_family(session, 1) for _ in range(100)), purpose="more"
    )
    statements.clear()

    plan_payments(session, large.id, Wanted(fsp.id), actor=FINN)

    assert len(statements) == for_one


def test_no_paper_speaks_for_an_order_that_a_provider_holds(session: Session) -> None:
    cycle = _by(session, Delivery.CASH, make_family(session, 3))
    plan_payments(session, cycle.id, Wanted(make_fsp(session).id), actor=FINN)

    with pytest.raises(NoListOpen):
        confirm_paid(session, cycle.id, "Letter 7", actor=FINN)

    assert set(session.scalars(select(Payment.state))) == {PaymentState.ISSUED}
    at = standing_of(session, cycle.id, actor=FINN)
    assert (at.batch, at.orders) == (None, 1)
    assert {step.key: step.state for step in steps_of(at)}["payment"] == "done"
