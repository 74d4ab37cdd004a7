"""Exchange rates: writing what one currency is worth in another from a day on."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Forbidden, Invalid
from core.money import digits_of
from programs.models.exchange_rates import ExchangeRate
from programs.permissions import May

HIGHEST = Decimal(10) ** 9


class RateWrong(Invalid):
    """A rate is more than nothing and of two different currencies; write such as 1 USD = 56.10."""


class RatesForAll(Forbidden):
    """A rate counts in all programs; somebody who sees all of them writes it."""


@dataclass(frozen=True)
class Said:
    """That from a day on one unit of a currency is so many of another."""

    from_currency: str
    to_currency: str
    rate: Decimal
    on_day: date


def write_rate(session: Session, said: Said, *, actor: Actor) -> ExchangeRate:
    """Write what a currency is worth in another; what is bound already keeps its rate.

    Raises:
        Forbidden, RatesForAll, RateWrong, CurrencyUnknown
    """
    actor.require(May.POST_FUNDS)
    if actor.program_ids is not None:
        raise RatesForAll
    for currency in (said.from_currency, said.to_currency):
        digits_of(currency)
    if said.from_currency == said.to_currency or not 0 < said.rate < HIGHEST:
        raise RateWrong
    written = ExchangeRate(**vars(said), author=actor.name, made_by=actor.id)
    with audit.act(session, actor, "exchange_rates.write", written) as figures:
        session.add(written)
        figures.update(vars(said))
    return written
