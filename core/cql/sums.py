"""What a filter reckons with: sums of numbers, and texts without their case or accents."""

import operator
from collections.abc import Callable
from typing import Any

from sqlalchemy import SQLColumnExpression, and_, case, func, or_

Expression = SQLColumnExpression[Any]


def _over(above: Expression, below: Expression) -> Expression:
    return above / func.nullif(below, 0)


def _whole(above: Expression, below: Expression) -> Expression:
    return func.trunc(_over(above, below))


def _power(base: Expression, exponent: Expression) -> Expression:
    """A power, NULL where it is no number or has hundreds of digits."""
    size = exponent * func.ln(func.nullif(func.abs(base), 0))
    real = or_(base > 0, exponent == func.trunc(exponent))
    nought = and_(base == 0, exponent > 0)
    return case((and_(real, func.abs(size) < 500), func.power(base, exponent)), (nought, 0))


def _without_accents(text: Expression) -> Expression:
    apart = func.pg_catalog.normalize(text, "NFD")
    return func.regexp_replace(apart, "[\u0300-\u036f]", "", "g")


def _rest(above: Expression, below: Expression) -> Expression:
    return above % func.nullif(below, 0)


SUMS: dict[str, Callable[[Expression, Expression], Expression]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _over,
    "div": _whole,
    "%": _rest,
    "^": _power,
}
TEXTS: dict[str, Callable[[Expression], Expression]] = {
    "casei": func.lower,
    "accenti": _without_accents,
}
