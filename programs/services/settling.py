"""Settling: what a provider answered, written into our orders, be it answered to a call or in a
file; the same answer twice changes nothing the second time."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    Numeric,
    Select,
    Text,
    and_,
    case,
    column,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from core.db import changed
from programs.fsp.orders import Answer, Outcome, agreed
from programs.models.entitlements import Entitlement, EntitlementState
from programs.models.payments import Payment, PaymentEvent, PaymentState

S = PaymentState
UNDER_WAY = (S.ISSUED, S.SENDING, S.SENT, S.IN_DOUBT)
ARRIVED = (S.PAID, S.PARTLY_PAID, S.RECONCILED)
CLASH = "Said to be paid and to have failed at once."
MORE = "Said to be paid with another amount than was ordered, or after it was given up."


def settle(session: Session, answers: Sequence[Answer], window: timedelta) -> dict[str, int]:
    """Write answers into the orders they are of; how many orders came to each state.

    One statement, however many. An order moves only from a state the answer fits: what has ended
    stays ended. That a provider never had an order counts once nobody can be sending it any more,
    which is `window` after it was taken up; it can then be sent again. A last word that clashes
    with another one, with the amount, or with what it was made for having been given up, leaves the
    order in doubt. What failed or came back stays due: it can be sent again.
    """
    told, clashing = agreed(answers)
    doubted = [Answer(reference, Outcome.ACCEPTED, said=CLASH) for reference in clashing]
    moved: dict[str, int] = {}
    for some, clash in ((told, False), (doubted, True)):
        if some:
            for state, number, _freed in session.execute(_settled(some, window, clash)):
                moved[state] = moved.get(state, 0) + number
    return moved


def forget_said(session: Session, registrant_ids: Collection[int]) -> None:
    """Forget what providers said of the orders of registrants: words may name them."""
    orders = update(Payment).where(Payment.registrant_id.in_(registrant_ids))
    changed(session, orders.values(said=None))
    steps = update(PaymentEvent).where(PaymentEvent.registrant_id.in_(registrant_ids))
    changed(session, steps.values(said=None))


def _settled(answers: Sequence[Answer], window: timedelta, clash: bool) -> Select[Any, int, Any]:
    given = _given(answers)
    becomes = literal(S.IN_DOUBT, Payment.state.type) if clash else _becomes(given)
    new = (
        select(Payment.id, becomes.label("state"), *given.c)
        .join(given, given.c.reference == Payment.reference)
        .join(Entitlement, Entitlement.id == Payment.entitlement_id)
        .where(_fits(given, window))
        .order_by(Payment.id)
        .with_for_update(of=Payment)
        .cte("new")
    )
    odd = and_(new.c.outcome == Outcome.PAID.value, new.c.state == S.IN_DOUBT)
    told = (
        select(
            new.c.id,
            new.c.state,
            case(
                (new.c.state.in_(ARRIVED), func.coalesce(new.c.amount, Payment.amount)),
                (new.c.state == S.REVERSED, 0),
                else_=Payment.paid,
            ).label("paid"),
            case((odd, MORE), else_=new.c.said).label("said"),
            new.c.named,
            literal(None, Entitlement.rejected_for.type).label("rejection"),
            literal(Decimal(0)).label("freed"),
        )
        .join(Payment, Payment.id == new.c.id)
        .cte("told")
    )
    return settled(told)


def settled(told: CTE) -> Select[Any, int, Any]:
    """Write what became of orders, and of what they were made for; how many came to each state, and
    how much of their money is not spent.

    `told` has a row for each order: `id, state, paid, said, named, rejection, freed`. `paid` is
    what has arrived in all, `named` the provider's own number. With a `rejection` it is not sent
    again: what it was made for is rejected, and so much is `freed`; without one it stays due.
    """
    turned = (
        update(Payment)
        .where(
            Payment.id == told.c.id,
            or_(Payment.state != told.c.state, Payment.paid < told.c.paid),
        )
        .values(
            state=told.c.state,
            paid=told.c.paid,
            said=told.c.said,
            provider_reference=func.coalesce(told.c.named, Payment.provider_reference),
        )
        .returning(
            Payment.entitlement_id, Payment.state, Payment.paid, told.c.rejection, told.c.freed
        )
        .cte("turned")
    )
    freed = func.coalesce(func.sum(turned.c.freed), Decimal(0))
    counted = select(turned.c.state, func.count(), freed).group_by(turned.c.state)
    return counted.add_cte(_entitled(turned))


def _given(answers: Sequence[Answer]) -> Any:
    """The answers as rows of a statement."""
    rows = func.unnest(
        literal([a.reference for a in answers], ARRAY(Text)),
        literal([a.outcome.value for a in answers], ARRAY(Text)),
        literal([a.paid for a in answers], ARRAY(Numeric(20, 4))),
        literal([a.provider_reference for a in answers], ARRAY(Text)),
        literal([a.said for a in answers], ARRAY(Text)),
    ).table_valued(
        column("reference", Text),
        column("outcome", Text),
        column("amount", Numeric(20, 4)),
        column("named", Text),
        column("said", Text),
    )
    return select(rows.render_derived("answers")).cte("given").prefix_with("MATERIALIZED")


def _becomes(given: CTE) -> ColumnElement[Any]:
    kind, said = Payment.state.type, given.c.outcome
    arrived = func.coalesce(given.c.amount, Payment.amount)  # not told: all of it
    return case(
        (said == Outcome.ACCEPTED.value, literal(S.SENT, kind)),
        (said == Outcome.FAILED.value, literal(S.FAILED, kind)),
        (said == Outcome.REVERSED.value, literal(S.REVERSED, kind)),
        (said == Outcome.UNKNOWN.value, literal(S.ISSUED, kind)),
        (Entitlement.state == EntitlementState.REJECTED, literal(S.IN_DOUBT, kind)),
        (arrived == Payment.amount, literal(S.PAID, kind)),
        (and_(arrived > 0, arrived < Payment.amount), literal(S.PARTLY_PAID, kind)),
        else_=literal(S.IN_DOUBT, kind),
    )


def _fits(given: CTE, window: timedelta) -> ColumnElement[bool]:
    """Whether an answer is one to the state an order is in."""
    said, state = given.c.outcome, Payment.state
    still_due = Entitlement.state == EntitlementState.SENT
    nobody_sends = Payment.claimed_at < func.clock_timestamp() - window
    return or_(
        and_(said == Outcome.ACCEPTED.value, state.in_([S.SENDING, S.IN_DOUBT, S.ISSUED])),
        and_(said == Outcome.PAID.value, state.in_([*UNDER_WAY, S.PARTLY_PAID, S.FAILED])),
        and_(said == Outcome.FAILED.value, state.in_(UNDER_WAY)),
        and_(said == Outcome.REVERSED.value, state.in_([*UNDER_WAY, *ARRIVED])),
        and_(said == Outcome.UNKNOWN.value, state == S.IN_DOUBT, nobody_sends, still_due),
    )


def _entitled(turned: CTE) -> CTE:
    """What arrived is redeemed, what is not sent again rejected, and what came back on its way
    again."""
    kind, given_up = Entitlement.state.type, turned.c.rejection.is_not(None)
    state = case(
        (given_up, literal(EntitlementState.REJECTED, kind)),
        (turned.c.state.in_([S.PAID, S.RECONCILED]), literal(EntitlementState.REDEEMED, kind)),
        (turned.c.state == S.PARTLY_PAID, literal(EntitlementState.PARTLY_REDEEMED, kind)),
        else_=literal(EntitlementState.SENT, kind),
    )
    return (
        update(Entitlement)
        .where(
            Entitlement.id == turned.c.entitlement_id,
            or_(given_up, turned.c.state.in_([*ARRIVED, S.REVERSED])),
        )
        .values(
            state=state,
            redeemed=case((given_up, 0), else_=turned.c.paid),
            rejected_for=turned.c.rejection,
        )
        .cte("entitled")
    )
