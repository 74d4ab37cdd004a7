"""What a household is due: the rule of a benefit, in one place for preview and for entitlements."""

from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, func

from core.money import digits_of, rounded
from programs.models.programs import Benefit


def amount_due(people: SQLColumnExpression[Any], currency: str) -> ColumnElement[Decimal]:
    """The amount of a row of `Benefit` for so many people, in the currency's minor unit.

    Base and the amount a member for each person, raised to the minimum, then cut to the cap: a cap
    never raises, nor is it passed by rounding. greatest() and least() pass over a minimum or cap
    that is not there.
    """
    by_size = Benefit.base + Benefit.per_member * people
    due = rounded(func.greatest(by_size, Benefit.minimum), currency)
    return func.least(due, func.trunc(Benefit.cap, digits_of(currency)))
