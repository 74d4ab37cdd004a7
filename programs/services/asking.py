"""Asking providers that did not answer, of the platform's own accord."""

from datetime import timedelta

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from core.settings import settings
from programs.models.fsps import ConnectorKind, Fsp
from programs.models.payments import Payment, PaymentBatch, PaymentPlan, PaymentState

AT_ONCE = 20  # batches
OPEN = (PaymentState.SENDING, PaymentState.SENT, PaymentState.IN_DOUBT)
SLOWER = 4  # what waits for long is asked about each time a quarter of that later


def asks_after() -> timedelta | None:
    """How long a provider is silent before it is asked; None where it never is."""
    minutes = int(settings().ask_after_minutes)
    return timedelta(minutes=minutes) if minutes > 0 else None


def look_for_unanswered(session: Session) -> list[int]:
    """The batches whose provider is to be asked now: one that can be called, and has not said of
    some order for so long what became of it. The longer that is, the more seldom it is asked."""
    after = asks_after()
    if after is None:
        return []
    since = (
        select(Payment.batch_id, func.min(Payment.claimed_at).label("oldest"))
        .where(Payment.state.in_(OPEN))
        .group_by(Payment.batch_id)
        .subquery("since")
    )
    now, asked = func.now(), PaymentBatch.asked_at
    by_then, since_then = asked - since.c.oldest, now - asked
    seconds = func.extract("epoch", by_then), func.extract("epoch", since_then)
    again = and_(asked <= now - after, seconds[0] <= SLOWER * seconds[1])
    due = (
        select(PaymentBatch.id)
        .join(since, since.c.batch_id == PaymentBatch.id)
        .join(PaymentPlan, PaymentPlan.id == PaymentBatch.plan_id)
        .join(Fsp, Fsp.id == PaymentPlan.fsp_id)
        .where(
            Fsp.connector == ConnectorKind.MOBILE_MONEY,
            since.c.oldest < now - after,
            or_(asked.is_(None), again),
        )
        .order_by(PaymentBatch.id)
        .limit(AT_ONCE)
        .with_for_update(of=PaymentBatch, skip_locked=True)
        .cte("due")
    )
    noted = update(PaymentBatch).where(PaymentBatch.id == due.c.id).values(asked_at=now)
    return sorted(session.scalars(noted.returning(PaymentBatch.id)))
