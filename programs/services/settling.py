"""Settling: what a provider answered, written into our orders; the same answer twice changes
nothing the second time."""

from collections.abc import Collection, Sequence
from datetime import timedelta
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
CLASH = "Said to be paid and to have failed at once."
MORE = "Said to be paid with another amount than was ordered."


def settle(session: Session, answers: Sequence[Answer], window: timedelta) -> dict[str, int]:
    """Write answers into the orders they are of; how many orders came to each state.

    One statement, however many. An order moves only from a state the answer fits: what has ended
    stays ended. That a provider never had an order counts once nobody can be sending it any more,
    which is `window` after it was taken up; it can then be sent again. A last word that clashes
    with another one, or with the amount, leaves the order in doubt.
    """
    told, clashing = agreed(answers)
    doubted = [Answer(reference, Outcome.ACCEPTED, said=CLASH) for reference in clashing]
    moved: dict[str, int] = {}
    for some, clash in ((told, False), (doubted, True)):
        if some:
            for state, number in session.execute(_settled(some, window, clash)):
                moved[state] = moved.get(state, 0) + number
    return moved


def forget_said(session: Session, registrant_ids: Collection[int]) -> None:
    """Forget what providers said of the orders of registrants: words may name them."""
    orders = update(Payment).where(Payment.registrant_id.in_(registrant_ids))
    changed(session, orders.values(said=None))
    steps = update(PaymentEvent).where(PaymentEvent.registrant_id.in_(registrant_ids))
    changed(session, steps.values(said=None))


def _settled(answers: Sequence[Answer], window: timedelta, clash: bool) -> Select[Any, int]:
    given = _given(answers)
    becomes = literal(S.IN_DOUBT, Payment.state.type) if clash else _becomes(given)
    fits = _fits(given, window)
    new = (
        select(Payment.id, becomes.label("state"), *given.c)
        .join(given, given.c.reference == Payment.reference)
        .where(fits)
        .with_for_update(of=Payment)
        .cte("new")
    )
    whole = case(
        (new.c.state.in_([S.PAID, S.PARTLY_PAID]), func.coalesce(new.c.amount, Payment.amount)),
        (new.c.state == S.REVERSED, 0),
        else_=Payment.paid,
    )
    odd = and_(new.c.outcome == Outcome.PAID.value, new.c.state == S.IN_DOUBT)
    turned = (
        update(Payment)
        .where(Payment.id == new.c.id, Payment.state != new.c.state)
        .values(
            state=new.c.state,
            paid=whole,
            said=case((odd, MORE), else_=new.c.said),
            provider_reference=func.coalesce(new.c.named, Payment.provider_reference),
        )
        .returning(Payment.entitlement_id, Payment.state, Payment.paid)
        .cte("turned")
    )
    counted = select(turned.c.state, func.count()).group_by(turned.c.state)
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
        (arrived == Payment.amount, literal(S.PAID, kind)),
        (and_(arrived > 0, arrived < Payment.amount), literal(S.PARTLY_PAID, kind)),
        else_=literal(S.IN_DOUBT, kind),
    )


def _fits(given: CTE, window: timedelta) -> ColumnElement[bool]:
    """Whether an answer is one to the state an order is in."""
    said, state = given.c.outcome, Payment.state
    nobody_sends = Payment.claimed_at < func.clock_timestamp() - window
    return or_(
        and_(said == Outcome.ACCEPTED.value, state.in_([S.SENDING, S.IN_DOUBT, S.ISSUED])),
        and_(said == Outcome.PAID.value, state.in_([*UNDER_WAY, S.PARTLY_PAID, S.FAILED])),
        and_(said == Outcome.FAILED.value, state.in_(UNDER_WAY)),
        and_(said == Outcome.REVERSED.value, state.in_([*UNDER_WAY, S.PAID, S.PARTLY_PAID])),
        and_(said == Outcome.UNKNOWN.value, state == S.IN_DOUBT, nobody_sends),
    )


def _entitled(turned: CTE) -> CTE:
    """What arrived is redeemed; what came back is on its way again."""
    redeemed = EntitlementState
    return (
        update(Entitlement)
        .where(
            Entitlement.id == turned.c.entitlement_id,
            turned.c.state.in_([S.PAID, S.PARTLY_PAID, S.REVERSED]),
        )
        .values(
            redeemed=turned.c.paid,
            state=case(
                (turned.c.state == S.PAID, literal(redeemed.REDEEMED, Entitlement.state.type)),
                (
                    turned.c.state == S.PARTLY_PAID,
                    literal(redeemed.PARTLY_REDEEMED, Entitlement.state.type),
                ),
                else_=literal(redeemed.SENT, Entitlement.state.type),
            ),
        )
        .cte("entitled")
    )
