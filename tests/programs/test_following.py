"""Cycles that come of others, what came back, and when nothing of a cycle is open any more."""

import uuid
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.audit import AuditEntry
from core.errors import Forbidden
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import (
    Entitlement,
    EntitlementState,
    Voucher,
    VoucherState,
)
from programs.models.payments import Payment, PaymentState
from programs.models.programs import Delivery, Program
from programs.queries.approvals import subject_hash
from programs.queries.following import family_of, returned_page
from programs.queries.funds import balance
from programs.services.approvals import ask_approval, sign
from programs.services.closing import NoListOpen, confirm_paid
from programs.services.cycles import NotReconciled, close_cycle, end_cycle, enrol
from programs.services.entitlements import prepare_entitlements
from programs.services.following import (
    Named,
    NobodyLeft,
    NobodyMissed,
    NoCycleBefore,
    SameProgram,
    start_follow_up,
    start_next,
    start_top_up,
)
from programs.services.funds import FundShort, set_free
from programs.services.memberships import exit_member, pause_member
from programs.services.payments import PaidByAnother, make_payments
from programs.services.programs import Plan, add_benefit, change_program
from programs.services.reissues import (
    NotCameBack,
    NotInProgram,
    NotSent,
    OrderOut,
    reissue_entitlement,
    reject_entitlement,
)
from programs.services.vouchers import issue_vouchers, redeem
from programs.statements.words import Rejection
from registry.models.registrants import Registrant
from registry.models.rosters import Roster, RosterMember
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
    make_program,
)

AGAIN = Named("Again", STARTS_ON)


def _paid(session: Session, fund: int = 1000) -> tuple[Program, Cycle, Registrant, Registrant]:
    """Amina (three) and Oto (one) have orders of 70 and of 50, of 1,000."""
    program = make_program(session, fund=fund)
    amina, oto = make_family(session, 3), make_family(session, 1)
    cycle = make_approved(session, program, amina, oto)
    make_payments(session, cycle.id, actor=FINN)
    return program, cycle, amina, oto


def _ern(session: Session, home: Registrant) -> str:
    mine = select(Entitlement.ern).where(Entitlement.registrant_id == home.id)
    return session.scalars(mine.order_by(Entitlement.id.desc()).limit(1)).one()


def _order(session: Session, home: Registrant, state: PaymentState) -> None:
    session.execute(update(Payment).where(Payment.registrant_id == home.id).values(state=state))
    session.expire_all()


def _listed(session: Session, cycle: Cycle) -> set[int]:
    members = select(RosterMember.registrant_id).where(RosterMember.roster_id == cycle.roster_id)
    return set(session.scalars(members))


def test_a_cycle_closes_only_when_no_order_is_open_and_says_how_many_are(
    session: Session,
) -> None:
    _program, cycle, amina, oto = _paid(session)
    with pytest.raises(NotReconciled, match="2 orders are open"):
        close_cycle(session, cycle.id, actor=DARA)
    with pytest.raises(NotReconciled, match="2 orders are open"):
        end_cycle(session, cycle.id, actor=DARA)
    _order(session, amina, PaymentState.PAID)
    for state in (PaymentState.SENDING, PaymentState.SENT, PaymentState.IN_DOUBT):
        _order(session, oto, state)
        with pytest.raises(NotReconciled, match="1 order is open"):
            close_cycle(session, cycle.id, actor=DARA)
    _order(session, oto, PaymentState.RECONCILED)

    close_cycle(session, cycle.id, actor=DARA)

    assert cycle.state is CycleState.ENDED


def test_a_cycle_with_unused_cards_does_not_close_but_ends_by_letting_them_expire(
    session: Session,
) -> None:
    program = make_program(session, make_gift(delivery=Delivery.VOUCHER), fund=1000)
    cycle = make_approved(session, program, make_family(session, 3), make_family(session, 1))
    with pytest.raises(NotReconciled, match="2 amounts have not left"):
        close_cycle(session, cycle.id, actor=DARA)
    issue_vouchers(session, cycle.id, UNTIL, actor=DARA)
    with pytest.raises(NotReconciled, match="2 cards were not used"):
        close_cycle(session, cycle.id, actor=DARA)

    assert end_cycle(session, cycle.id, actor=DARA) == 120
    assert balance(session, program.id).bound == 0


def test_money_of_what_came_back_is_free_once_the_cycle_is_closed(session: Session) -> None:
    program, cycle, amina, oto = _paid(session)
    _order(session, amina, PaymentState.FAILED)
    _order(session, oto, PaymentState.PAID)

    close_cycle(session, cycle.id, actor=DARA)

    assert balance(session, program.id).bound == 50
    states = select(Entitlement.registrant_id, Entitlement.state)
    assert dict(session.execute(states).all())[amina.id] is EntitlementState.REJECTED


def test_finance_says_by_which_paper_a_list_was_paid_and_only_that_list(
    session: Session,
) -> None:
    _program, cycle, amina, oto = _paid(session)
    _order(session, oto, PaymentState.IN_DOUBT)
    for other in (DARA, LENA):
        with pytest.raises(PaidByAnother):
            confirm_paid(session, cycle.id, "Letter 7", actor=other)

    assert confirm_paid(session, cycle.id, "Letter 7", actor=FINN) == 1

    states = select(Payment.registrant_id, Payment.state)
    assert dict(session.execute(states).all()) == {
        amina.id: PaymentState.RECONCILED,
        oto.id: PaymentState.IN_DOUBT,
    }
    received = select(Entitlement).where(Entitlement.registrant_id == amina.id)
    mine = session.scalars(received).one()
    assert (mine.state, mine.redeemed) == (EntitlementState.REDEEMED, Decimal(70))
    with pytest.raises(NoListOpen):
        confirm_paid(session, cycle.id, "Letter 7", actor=FINN)


def test_what_comes_back_frees_its_money_and_is_given_again_from_the_fund(
    session: Session,
) -> None:
    program, cycle, amina, _oto = _paid(session, fund=120)
    old = _ern(session, amina)

    reject_entitlement(session, old.lower(), Rejection.ACCOUNT_UNKNOWN, actor=FINN)

    assert balance(session, program.id).bound == 50
    new = reissue_entitlement(session, old, actor=DARA)
    assert (new.amount, new.state, new.ern != old) == (Decimal(70), EntitlementState.APPROVED, True)
    assert session.get_one(Entitlement, new.reissues_id).ern == old
    assert (balance(session, program.id).bound, cycle.state) == (Decimal(120), CycleState.APPROVED)
    with pytest.raises(NotCameBack):
        reissue_entitlement(session, old, actor=DARA)
    with pytest.raises(NotSent):
        reject_entitlement(session, new.ern, Rejection.OTHER, actor=FINN)


def test_what_came_back_is_not_given_again_where_the_fund_is_short_by_one_cent(
    session: Session,
) -> None:
    program, _cycle, amina, _oto = _paid(session, fund=120)
    ern = _ern(session, amina)
    reject_entitlement(session, ern, Rejection.REFUSED, actor=FINN)
    other = make_approved(session, program, make_family(session, 1))
    assert balance(session, program.id).free == 20
    set_free(session, other, Decimal("49.99"), made_by=FINN.id)

    with pytest.raises(FundShort, match=r"0\.01"):
        reissue_entitlement(session, ern, actor=DARA)


def test_a_card_that_came_back_is_void_and_its_household_gets_another(session: Session) -> None:
    program = make_program(session, make_gift(delivery=Delivery.VOUCHER), fund=1000)
    home = make_family(session, 3)
    cycle = make_approved(session, program, home)
    issue_vouchers(session, cycle.id, UNTIL, actor=DARA)
    lost = session.scalars(select(Voucher)).one()

    reject_entitlement(session, _ern(session, home), Rejection.REFUSED, actor=FINN)
    reissue_entitlement(session, _ern(session, home), actor=DARA)
    issue_vouchers(session, cycle.id, UNTIL, actor=DARA)

    session.expire_all()
    assert lost.state is VoucherState.VOID
    live = select(Voucher).where(Voucher.state == VoucherState.ISSUED)
    card = session.scalars(live).one()
    assert redeem(session, card.code, uuid.uuid4(), actor=FINN).amount == 70
    close_cycle(session, cycle.id, actor=DARA)
    assert balance(session, program.id).bound == 70


@pytest.mark.parametrize("state", [PaymentState.SENDING, PaymentState.SENT, PaymentState.IN_DOUBT])
def test_an_order_with_its_provider_is_not_rejected_by_hand(
    session: Session, state: PaymentState
) -> None:
    _program, _cycle, amina, _oto = _paid(session)
    _order(session, amina, state)

    with pytest.raises(OrderOut):
        reject_entitlement(session, _ern(session, amina), Rejection.OTHER, actor=FINN)


def test_a_paused_member_is_not_given_again_what_came_back(session: Session) -> None:
    program, _cycle, amina, _oto = _paid(session)
    reject_entitlement(session, _ern(session, amina), Rejection.OTHER, actor=FINN)
    pause_member(session, program.id, amina.id, "moved", actor=DARA)

    with pytest.raises(NotInProgram):
        reissue_entitlement(session, _ern(session, amina), actor=DARA)


def test_a_follow_up_is_for_those_of_whom_something_came_back_and_gives_that_alone(
    session: Session,
) -> None:
    program = make_program(session, fund=1000)
    kit = make_gift(name="Kit", delivery=Delivery.VOUCHER, base=Decimal(7), per_member=Decimal(0))
    add_benefit(session, program.id, kit, actor=DARA)
    amina, oto = make_family(session, 3), make_family(session, 1)
    cycle = make_approved(session, program, amina, oto)
    make_payments(session, cycle.id, actor=FINN)
    issue_vouchers(session, cycle.id, UNTIL, actor=DARA)
    _order(session, amina, PaymentState.FAILED)

    after = start_follow_up(session, cycle.id, AGAIN, actor=DARA)

    assert (after.follows_id, _listed(session, after)) == (cycle.id, {amina.id})
    assert balance(session, program.id).bound == 50 + 7 + 7
    assert enrol(session, after.id, actor=DARA).households == 1
    prepared = prepare_entitlements(session, after.id, actor=DARA)
    assert (prepared.entitlements, prepared.total) == (1, Decimal(70))
    with pytest.raises(NobodyMissed):
        start_follow_up(session, cycle.id, AGAIN, actor=DARA)
    with pytest.raises(NotCameBack):
        reissue_entitlement(session, _first(session, cycle, amina), actor=DARA)
    kin = family_of(session, cycle, actor=DARA)
    assert ([each.cycle.id for each in kin.followed_by], kin.came_back) == ([after.id], 0)
    rows = returned_page(session, cycle.id, actor=DARA).rows
    assert [(row.registrant_id, row.waits, row.again) for row in rows] == [(amina.id, False, None)]


def _first(session: Session, cycle: Cycle, home: Registrant) -> str:
    mine = select(Entitlement.ern).where(
        Entitlement.cycle_id == cycle.id, Entitlement.registrant_id == home.id
    )
    return session.scalars(mine.order_by(Entitlement.id).limit(1)).one()


def test_the_next_cycle_takes_over_who_is_still_in_the_program(session: Session) -> None:
    program, cycle, amina, oto = _paid(session)
    exit_member(session, program.id, oto.id, "moved", actor=DARA, cause="moved_away")

    after = start_next(session, program.id, AGAIN, actor=DARA)

    assert (after.number, _listed(session, after)) == (cycle.number + 1, {amina.id})
    roster = session.get_one(Roster, after.roster_id)
    whole = session.get_one(Roster, cycle.roster_id)
    assert roster.definition is not None
    assert roster.definition["part_of"] == whole.hash != roster.hash
    assert subject_hash(session, after) != subject_hash(session, cycle)


@pytest.mark.parametrize(("rechecks", "households"), [(True, 1), (False, 2)])
def test_the_next_cycle_asks_the_rule_again_or_takes_members_over_as_they_are(
    session: Session, rechecks: bool, households: int
) -> None:
    program, _cycle, _amina, _oto = _paid(session)
    plan = Plan(program.name, program.purposes, program.organisation_id, "KES", "people > 1")
    change_program(session, program.id, plan, actor=DARA)

    after = start_next(session, program.id, AGAIN, actor=DARA, rechecks=rechecks)

    assert enrol(session, after.id, actor=DARA).households == households
    prepare_entitlements(session, after.id, actor=DARA)
    approval = ask_approval(session, after.id, actor=DARA)
    assert sign(session, approval.id, actor=LENA).returned == ""


def test_there_is_no_next_cycle_without_one_before_or_of_nobody(session: Session) -> None:
    program = make_program(session)
    with pytest.raises(NoCycleBefore):
        start_next(session, program.id, AGAIN, actor=DARA)
    home = make_family(session, 2)
    make_approved(session, program, home)
    exit_member(session, program.id, home.id, "moved", actor=DARA)
    with pytest.raises(NobodyLeft):
        start_next(session, program.id, AGAIN, actor=DARA)


def test_a_top_up_gives_beside_the_cycle_of_another_program_of_the_same_purpose(
    session: Session,
) -> None:
    base, cycle, amina, oto = _paid(session)
    top = make_program(session, make_gift(base=Decimal(5), per_member=Decimal(0)))
    assert base.purposes == top.purposes

    on_top = start_top_up(session, top.id, cycle.id, AGAIN, actor=DARA)

    assert (on_top.tops_up_id, _listed(session, on_top)) == (cycle.id, {amina.id, oto.id})
    assert enrol(session, on_top.id, actor=DARA).households == 2
    assert prepare_entitlements(session, on_top.id, actor=DARA).total == 10
    approval = ask_approval(session, on_top.id, actor=DARA)
    assert sign(session, approval.id, actor=LENA).returned == ""
    after = make_cycle(session, base, amina)
    assert enrol(session, after.id, actor=DARA).households == 1
    third = make_cycle(session, make_program(session), amina)
    assert enrol(session, third.id, actor=DARA).households == 0


def test_a_program_does_not_top_up_itself(session: Session) -> None:
    program, cycle, _amina, _oto = _paid(session)
    with pytest.raises(SameProgram):
        start_top_up(session, program.id, cycle.id, AGAIN, actor=DARA)


def test_each_act_needs_its_permission(session: Session) -> None:
    program, cycle, amina, _oto = _paid(session)
    looks = make_actor(99, "Looks", "program:read")
    ern = _ern(session, amina)
    for act in (
        lambda: close_cycle(session, cycle.id, actor=looks),
        lambda: confirm_paid(session, cycle.id, "Letter", actor=looks),
        lambda: reject_entitlement(session, ern, Rejection.OTHER, actor=looks),
        lambda: reissue_entitlement(session, ern, actor=looks),
        lambda: start_follow_up(session, cycle.id, AGAIN, actor=looks),
        lambda: start_next(session, program.id, AGAIN, actor=looks),
        lambda: start_top_up(session, program.id, cycle.id, AGAIN, actor=looks),
    ):
        with pytest.raises(Forbidden):
            act()


def test_a_follow_up_of_a_thousand_costs_no_more_statements_than_of_one(
    session: Session, statements: list[str]
) -> None:
    counts = []
    for families in (1, 100):
        program = make_program(session, purpose=f"for {families}")
        cycle = make_approved(session, program, *(make_family(session, 1) for _ in range(families)))
        make_payments(session, cycle.id, actor=FINN)
        session.execute(update(Payment).values(state=PaymentState.FAILED))
        session.expire_all()
        statements.clear()
        start_follow_up(session, cycle.id, AGAIN, actor=DARA)
        counts.append(len(statements))

    assert counts[0] == counts[1]
    assert (
        session.scalar(
            select(func.count())
            .select_from(AuditEntry)
            .where(AuditEntry.action == "cycles.follow_up")
        )
        == 2
    )
