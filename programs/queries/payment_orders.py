"""Orders as they leave, and the ones nobody knows the end of."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.money import round_to
from programs.fsp.orders import Order
from programs.models.cycles import Cycle
from programs.models.payments import Payment, PaymentBatch, PaymentState
from programs.models.programs import Program
from registry.models.accounts import Account, AccountState
from registry.models.contacts import Contact
from registry.models.registrants import Registrant


def orders_of(session: Session, payment_ids: Sequence[int]) -> list[Order]:
    """Orders as a provider is told of them; an account that was closed since is none."""
    asked = (
        select(
            Payment.reference,
            Payment.amount,
            Program.currency,
            Account.value,
            Contact.value,
            Account.provider,
            func.coalesce(Account.holder, Registrant.name),
            Payment.attempt,
        )
        .join(PaymentBatch, PaymentBatch.id == Payment.batch_id)
        .join(Cycle, Cycle.id == PaymentBatch.cycle_id)
        .join(Program, Program.id == Cycle.program_id)
        .join(Registrant, Registrant.id == Payment.registrant_id)
        .outerjoin(
            Account, (Account.id == Payment.account_id) & (Account.state == AccountState.VALID)
        )
        .outerjoin(Contact, Contact.id == Payment.contact_id)
        .where(Payment.id.in_(payment_ids))
        .order_by(Payment.id)
    )
    return [
        Order(ours, round_to(amount, currency), currency, account or phone, provider, name, attempt)
        for ours, amount, currency, account, phone, provider, name, attempt in session.execute(
            asked
        )
    ]


def in_doubt(session: Session, batch_id: int) -> Sequence[str]:
    """The references of a batch's orders nobody knows the end of."""
    asked = select(Payment.reference).where(
        Payment.batch_id == batch_id, Payment.state == PaymentState.IN_DOUBT
    )
    return session.scalars(asked.order_by(Payment.id)).all()


def unanswered(session: Session, batch_id: int) -> Sequence[str]:
    """The references of a batch's orders the provider has and did not speak of since."""
    asked = select(Payment.reference).where(
        Payment.batch_id == batch_id, Payment.state == PaymentState.SENT
    )
    return session.scalars(asked.order_by(Payment.id)).all()
