"""Two who reconcile one cycle at the same moment, and a provider that answers meanwhile."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import today
from core.db import transaction
from core.errors import Refusal
from programs.fsp.orders import Answer, Outcome
from programs.models.cycles import Cycle, CycleState
from programs.models.entitlements import Entitlement, EntitlementState
from programs.models.payments import Payment, PaymentState
from programs.queries.funds import balance
from programs.services.approvals import ask_approval
from programs.services.cycles import reopen_cycle
from programs.services.expiry import expire_over
from programs.services.payments import make_payments
from programs.services.reconciliations import apply
from programs.services.settling import settle
from tests.make.moments import until_it_waits
from tests.make.programs import (
    DARA,
    FINN,
    OTO,
    make_approved,
    make_family,
    make_prepared,
    make_program,
)
from tests.make.reconciliations import make_checked, make_ordered

pytestmark = pytest.mark.usefixtures("apart")
Act = Callable[[Session], Any]
NOW = timedelta(0)


def _done(act: Act) -> Any:
    """What an act in a transaction of its own answers; a refusal is an answer, too."""
    try:
        with transaction() as session:
            return act(session)
    except Refusal as refusal:
        return type(refusal).__name__


def _at_once(*acts: Act) -> list[Any]:
    with ThreadPoolExecutor(len(acts)) as hands:
        return list(hands.map(_done, acts))


def _second_during_first(first: Act, second: Act) -> Any:
    """Begin the second act when the first is done but not kept yet; what the second answers."""
    with ThreadPoolExecutor(1) as hand:
        with transaction() as session:
            first(session)
            session.flush()
            begun = hand.submit(_done, second)
            until_it_waits(begun)
        return begun.result()


def _answered(*rows: str) -> tuple[int, int, list[int]]:
    """A cycle of two orders, of 60 and 70, and files that were checked of it, a row each; the
    reference of the first order stands for `{}`."""
    with transaction() as session:
        cycle = make_ordered(session, 2, 3)
        first = select(Entitlement.ern).where(Entitlement.amount == 60)
        ern = session.scalars(first).one()
        files = [
            make_checked(session, cycle, row.format(ern), name=f"{number}.csv").id
            for number, row in enumerate(rows)
        ]
        return cycle.id, cycle.program_id, files


def _applying(file_id: int) -> Act:
    return lambda session: apply(session, file_id, actor=FINN).changed


def _asking(cycle_id: int, by: Actor) -> Act:
    return lambda session: ask_approval(session, cycle_id, actor=by).id


def _taking_back(cycle_id: int) -> Act:
    return lambda session: reopen_cycle(session, cycle_id, "wrong list", actor=DARA)


def _stands(program_id: int) -> tuple[Any, ...]:
    """Where the order of 60 and what it was made for stand, what of it arrived, what is bound."""
    with transaction() as session:
        found = session.execute(
            select(Payment.state, Entitlement.state, Payment.paid)
            .join(Entitlement, Entitlement.id == Payment.entitlement_id)
            .where(Entitlement.amount == 60)
        ).one()
        return (*found, balance(session, program_id).bound)


def test_of_two_files_applied_at_once_that_say_the_same_one_counts() -> None:
    _cycle, program_id, files = _answered("{},failed,,", "{},failed,,mistyped")

    answers = _at_once(*map(_applying, files))

    assert sorted(answers) == [False, True]  # the second found its rows come to something else
    assert _stands(program_id) == (
        PaymentState.FAILED,
        EntitlementState.REJECTED,
        Decimal(0),
        Decimal(70),
    )


def test_of_two_files_applied_at_once_that_contradict_each_other_one_counts() -> None:
    _cycle, program_id, files = _answered("{},paid,60,", "{},failed,,")

    answers = _at_once(*map(_applying, files))

    assert sorted(answers) == [False, True]
    state, due, paid, bound = _stands(program_id)
    if state is PaymentState.RECONCILED:
        assert (due, paid, bound) == (EntitlementState.REDEEMED, 60, 130)
    else:
        assert (state, due, paid, bound) == (
            PaymentState.FAILED,
            EntitlementState.REJECTED,
            0,
            70,
        )


def test_what_a_provider_answers_while_a_file_is_applied_is_not_written_over() -> None:
    _cycle, program_id, (file_id,) = _answered("{},failed,,")
    with transaction() as session:
        session.execute(update(Payment).values(state=PaymentState.SENT))
        reference = session.scalars(select(Entitlement.ern).where(Entitlement.amount == 60)).one()

    answered = _second_during_first(
        lambda session: settle(session, [Answer(reference, Outcome.PAID, Decimal(60))], NOW),
        _applying(file_id),
    )

    assert answered is True  # it comes to a contradiction by now: somebody has to look
    assert _stands(program_id) == (
        PaymentState.PAID,
        EntitlementState.REDEEMED,
        Decimal(60),
        Decimal(130),
    )


def test_two_who_ask_for_signatures_and_two_who_take_that_back_do_it_once() -> None:
    with transaction() as session:
        cycle_id = make_prepared(session, make_program(session), make_family(session, 3)).id

    asked = _at_once(_asking(cycle_id, DARA), _asking(cycle_id, OTO))
    taken = _at_once(_taking_back(cycle_id), _taking_back(cycle_id))

    assert sum(answer == "CycleElsewhere" for answer in asked) == 1
    assert sum(answer == "CycleElsewhere" for answer in taken) == 1
    with transaction() as session:
        assert session.scalars(select(Entitlement.state)).all() == [EntitlementState.DRAFT]


def test_what_expires_while_it_is_paid_is_either_paid_or_free_again() -> None:
    with transaction() as session:
        program = make_program(session, fund=1000)
        cycle_id = make_approved(session, program, make_family(session, 3)).id
        program_id = program.id
        over = today() - timedelta(days=1)
        session.execute(update(Entitlement).values(valid_until=over))

    answers = _at_once(
        lambda session: str(expire_over(session, cycle_id, actor=DARA).freed),
        lambda session: make_payments(session, cycle_id, actor=FINN).orders,
    )

    assert answers[0] == "70.0000"
    assert answers[1] in ("NothingToPay", "CycleElsewhere")
    with transaction() as session:
        assert balance(session, program_id).bound == 0
        assert session.get_one(Cycle, cycle_id).state is CycleState.DISTRIBUTED
