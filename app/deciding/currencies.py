"""The currencies programs and accounts may be in, and which of them is the country's own."""

from collections.abc import Sequence

from babel.numbers import list_currencies
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth.permissions import May
from app.deciding.rows import decide
from core.actor import Actor
from core.errors import Conflict, Invalid
from core.money import digits_of
from programs.models.programs import Program
from registry.models.accounts import Account


class NoCurrency(Invalid):
    """Offer one currency at least, by its three letters."""


class OwnNotOffered(Invalid):
    """The country's own currency has to be one of those that are offered."""


class CurrencyPaid(Conflict):
    """{currency} cannot be taken away: it is the money of {count} programs."""


class CurrencyHeld(Conflict):
    """{currency} cannot be taken away: {count} accounts of people are in it."""


def offer(session: Session, own: str, offered: Sequence[str], *, actor: Actor) -> frozenset[str]:
    """Offer these currencies, by their code of ISO 4217; answers the names of what changed.

    Raises:
        Forbidden, CurrencyUnknown, NoCurrency, OwnNotOffered
        CurrencyPaid, CurrencyHeld: one that would go is in use.
    """
    actor.require(May.WRITE_SETTINGS)
    codes = sorted({code for each in offered if (code := each.strip().upper())})
    for code in codes:
        digits_of(code)
    if not codes:
        raise NoCurrency
    if own not in codes:
        raise OwnNotOffered
    for code in used(session) - {*codes}:
        _refuse_used(session, code)
    return decide(session, "currencies", {"currency": own, "currencies": codes}, actor=actor)


def used(session: Session) -> set[str]:
    """The currencies something is in, whether they are offered or not."""
    held = select(Account.currency).where(Account.currency.is_not(None))
    found = session.scalars(select(Program.currency).union(held))
    return {*list_currencies()}.intersection(filter(None, found))


def _refuse_used(session: Session, code: str) -> None:
    paid = select(func.count()).where(Program.currency == code)
    if count := session.scalar(paid):
        raise CurrencyPaid(currency=code, count=count)
    held = select(func.count()).where(Account.currency == code)
    if count := session.scalar(held):
        raise CurrencyHeld(currency=code, count=count)
