"""Every state of a pay order, and every act and answer: from which states it takes orders, and
where it leaves them, whether a provider says it to a call or in a file."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from programs.fsp.orders import Answer, Outcome
from programs.models.cycles import Cycle
from programs.models.entitlements import Entitlement, EntitlementState
from programs.models.fsps import ConnectorKind
from programs.models.payments import Payment, PaymentState
from programs.queries.funds import balance
from programs.services.closing import confirm_paid
from programs.services.cycles import close_cycle, end_cycle
from programs.services.payments import make_payments
from programs.services.reconciliations import apply
from programs.services.reissues import reissue_entitlement, reject_entitlement
from programs.services.sending import (
    NothingFailed,
    doubt_all,
    doubt_late,
    line_of,
    retry_failed,
    say_handed,
    take_up,
)
from programs.services.settling import settle
from programs.statements.words import Rejection
from tests.make.payments import make_fsp, make_plan
from tests.make.programs import (
    DARA,
    FINN,
    make_approved,
    make_family,
    make_gift,
    make_program,
)
from tests.make.reconciliations import make_checked, make_ordered, references_of
from tests.make.states import tried

S, E = PaymentState, EntitlementState
NOW = timedelta(0)
UNDER_WAY = (S.ISSUED, S.SENDING, S.SENT, S.IN_DOUBT)
ARRIVED = (S.PAID, S.PARTLY_PAID, S.RECONCILED)
STOOD_FOR = {  # what an amount is while its order stands there
    **dict.fromkeys((*UNDER_WAY, S.FAILED, S.REVERSED), E.SENT),
    S.PAID: E.REDEEMED,
    S.RECONCILED: E.REDEEMED,
    S.PARTLY_PAID: E.PARTLY_REDEEMED,
}
ARRIVED_OF = {S.PAID: 70, S.RECONCILED: 70, S.PARTLY_PAID: 30}
Act = Callable[[Session, Cycle, Payment], object]


def _said(outcome: Outcome, paid: int | None = None) -> Act:
    """A provider answers to a call, of every order."""
    amount = None if paid is None else Decimal(paid)

    def act(session: Session, _cycle: Cycle, _first: Payment) -> object:
        asked = session.scalars(select(Payment.reference))
        return settle(session, [Answer(reference, outcome, amount) for reference in asked], NOW)

    return act


def _filed(row: str) -> Act:
    """A provider says it in a file, of every order."""

    def act(session: Session, cycle: Cycle, _first: Payment) -> object:
        rows = [f"{reference},{row}," for reference in session.scalars(select(Payment.reference))]
        return apply(session, make_checked(session, cycle, *rows).id, actor=FINN)

    return act


def _to(state: PaymentState, *states: PaymentState) -> dict[PaymentState, PaymentState]:
    return dict.fromkeys(states, state)


ACTS: dict[str, tuple[dict[PaymentState, PaymentState], Act]] = {
    "take up": (
        _to(S.SENDING, S.ISSUED),
        lambda s, _c, p: take_up(s, line_of(s, p.batch_id, actor=FINN), 9, actor=FINN),
    ),
    "doubt": (_to(S.IN_DOUBT, S.SENDING), lambda s, _c, p: doubt_all(s, p.batch_id)),
    "doubt late": (
        _to(S.IN_DOUBT, S.SENDING),
        lambda s, _c, p: doubt_late(s, line_of(s, p.batch_id, actor=FINN)),
    ),
    "it came": (
        _to(S.SENT, S.SENDING, S.IN_DOUBT),
        lambda s, _c, p: say_handed(s, p.batch_id, came=True, actor=FINN),
    ),
    "it never came": (
        _to(S.ISSUED, S.SENDING, S.IN_DOUBT),
        lambda s, _c, p: say_handed(s, p.batch_id, came=False, actor=FINN),
    ),
    "send anew": (
        _to(S.ISSUED, S.FAILED),
        lambda s, _c, p: retry_failed(s, p.batch_id, actor=FINN),
    ),
    "accepted": (_to(S.SENT, S.ISSUED, S.SENDING, S.IN_DOUBT), _said(Outcome.ACCEPTED)),
    "paid": (_to(S.PAID, *UNDER_WAY, S.PARTLY_PAID, S.FAILED), _said(Outcome.PAID)),
    "paid in part": (
        _to(S.PARTLY_PAID, *UNDER_WAY, S.FAILED),
        _said(Outcome.PAID, 30),
    ),
    "failed": (_to(S.FAILED, *UNDER_WAY), _said(Outcome.FAILED)),
    "reversed": (_to(S.REVERSED, *UNDER_WAY, *ARRIVED), _said(Outcome.REVERSED)),
    "unknown there": (_to(S.ISSUED, S.IN_DOUBT), _said(Outcome.UNKNOWN)),
    "a file says paid": (_to(S.RECONCILED, *UNDER_WAY, S.PAID, S.PARTLY_PAID), _filed("paid,70")),
    "a file says in part": (_to(S.PARTLY_PAID, *UNDER_WAY), _filed("partial,30")),
    "a file says failed": (_to(S.FAILED, *UNDER_WAY), _filed("failed,")),
    "a file says reversed": (_to(S.REVERSED, *UNDER_WAY, *ARRIVED), _filed("reversed,")),
}


def _orders(session: Session, *states: PaymentState) -> tuple[Cycle, Payment]:
    """A cycle whose orders of 70 stand in these states, taken up an hour ago; and the first one."""
    families = [make_family(session, 3) for _ in states]
    cycle = make_approved(session, make_program(session), *families)
    first = make_plan(session, cycle, make_fsp(session))
    orders = session.scalars(select(Payment).order_by(Payment.id)).all()
    for order, state in zip(orders, states, strict=True):
        order.state, order.claimed_at = state, datetime.now(UTC) - timedelta(hours=1)
        due = session.get_one(Entitlement, order.entitlement_id)
        due.state, due.redeemed = STOOD_FOR[state], Decimal(ARRIVED_OF.get(state, 0))
        order.paid = due.redeemed
    session.flush()
    return cycle, first


def _states(session: Session) -> list[PaymentState]:
    session.expire_all()
    return list(session.scalars(select(Payment.state).order_by(Payment.id)))


@pytest.mark.parametrize("act", ACTS)
def test_an_act_moves_orders_from_its_states_alone(session: Session, act: str) -> None:
    cycle, first = _orders(session, *S)
    allowed, do = ACTS[act]

    do(session, cycle, first)

    assert _states(session) == [allowed.get(state, state) for state in S]


@pytest.mark.parametrize(
    "act", ["it came", "it never came", "send anew", "a file says paid", "a file says failed"]
)
def test_what_stands_in_none_of_its_states_is_refused_with_a_sentence(
    session: Session, act: str
) -> None:
    allowed, do = ACTS[act]
    others = [state for state in S if state not in allowed]
    cycle, first = _orders(session, *others)

    said = tried(session, lambda: do(session, cycle, first))

    assert said.endswith("."), said
    assert _states(session) == others


@pytest.mark.parametrize("state", S)
def test_a_paper_reconciles_what_waits_on_a_list_alone(
    session: Session, state: PaymentState
) -> None:
    cycle = make_ordered(session, 3)
    session.execute(update(Payment).values(state=state))
    session.expire_all()

    said = tried(session, lambda: confirm_paid(session, cycle.id, "Letter 7", actor=FINN))

    assert _states(session) == [S.RECONCILED if state is S.ISSUED else state]
    assert bool(said) is (state is not S.ISSUED)


def test_reconciled_is_what_the_provider_said_and_its_file_shows(session: Session) -> None:
    cycle = make_ordered(session, 3)
    ern = references_of(session, cycle)[70]
    settle(session, [Answer(ern, Outcome.PAID, Decimal(70))], NOW)

    file = make_checked(session, cycle, f"{ern},paid,70,")
    assert file.counts == {"confirmed": 1}
    done = apply(session, file.id, actor=FINN)

    assert (done.orders, done.freed) == (1, Decimal(0))
    assert session.scalars(select(Payment.state)).one() is S.RECONCILED
    settle(session, [Answer(ern, Outcome.FAILED)], NOW)
    session.expire_all()
    assert session.scalars(select(Payment.state)).one() is S.RECONCILED


def test_a_file_about_an_earlier_attempt_does_not_speak_for_the_one_under_way(
    session: Session,
) -> None:
    cycle = make_approved(session, make_program(session), make_family(session, 3))
    order = make_plan(session, cycle, make_fsp(session, connector=ConnectorKind.FILE))
    first = order.reference
    take_up(session, line_of(session, order.batch_id, actor=FINN), 9, actor=FINN)
    settle(session, [Answer(first, Outcome.FAILED)], NOW)
    retry_failed(session, order.batch_id, actor=FINN)
    session.refresh(order)
    assert order.reference != first

    file = make_checked(session, cycle, f"{first},failed,,", f"{order.reference},paid,70,")

    assert file.counts == {"earlier": 1, "paid": 1}
    apply(session, file.id, actor=FINN)
    session.refresh(order)
    assert order.state is S.RECONCILED


def test_what_was_given_up_is_not_sent_anew(session: Session) -> None:
    cycle = make_approved(session, make_program(session), make_family(session, 3))
    order = make_plan(session, cycle, make_fsp(session))
    settle(session, [Answer(order.reference, Outcome.FAILED)], NOW)
    session.expire_all()
    reissue_entitlement(session, order.reference, actor=DARA)

    with pytest.raises(NothingFailed):
        retry_failed(session, order.batch_id, actor=FINN)


def test_paid_after_it_was_given_up_is_in_doubt_and_stays_there_to_be_looked_at(
    session: Session,
) -> None:
    cycle = make_approved(session, make_program(session), make_family(session, 3))
    order = make_plan(session, cycle, make_fsp(session))
    late = [Answer(order.reference, Outcome.PAID, Decimal(70))]
    settle(session, [Answer(order.reference, Outcome.FAILED)], NOW)
    session.expire_all()
    reject_entitlement(session, order.reference, Rejection.OTHER, actor=FINN)

    for answers in (late, late, [Answer(order.reference, Outcome.UNKNOWN)]):
        settle(session, answers, NOW)
        session.expire_all()
        assert order.state is S.IN_DOUBT

    assert session.scalars(select(Entitlement.state)).one() is E.REJECTED
    settle(session, [Answer(order.reference, Outcome.REVERSED)], NOW)
    session.expire_all()
    assert order.state is S.REVERSED


def test_what_a_file_says_has_failed_frees_its_fee_as_well(session: Session) -> None:
    program = make_program(session, make_gift(fee=Decimal(2)), fund=1000)
    cycle = make_approved(session, program, make_family(session, 3))
    make_payments(session, cycle.id, actor=FINN)
    assert balance(session, program.id).bound == 72

    file = make_checked(session, cycle, f"{references_of(session, cycle)[70]},failed,,")

    assert apply(session, file.id, actor=FINN).freed == 72
    assert balance(session, program.id).bound == 0


def test_a_part_that_comes_back_after_the_end_frees_what_was_still_bound(session: Session) -> None:
    cycle = make_ordered(session, 3, 4)
    ern = references_of(session, cycle)
    told = (f"{ern[70]},partial,30,", f"{ern[80]},paid,80,")
    apply(session, make_checked(session, cycle, *told).id, actor=FINN)
    assert end_cycle(session, cycle.id, actor=DARA) == 40
    late = make_checked(session, cycle, f"{ern[70]},reversed,30,", name="late.csv")

    assert apply(session, late.id, actor=FINN).freed == 30

    assert balance(session, cycle.program_id).bound == 80


def test_closing_frees_the_rest_of_what_was_paid_in_part(session: Session) -> None:
    cycle = make_ordered(session, 3)
    ern = references_of(session, cycle)[70]
    apply(session, make_checked(session, cycle, f"{ern},partial,30,").id, actor=FINN)

    close_cycle(session, cycle.id, actor=DARA)

    assert balance(session, cycle.program_id).bound == 30
