"""Figures over the members of a row, each an aggregate of one scan of them.

What is not known of a member is never taken for no: whoever does not meet a condition for sure is
not counted, makes neither a share larger nor smaller, and leaves it open whether all or any do.
Of a row without members nothing is said but that there are 0 of them.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Numeric,
    SQLColumnExpression,
    case,
    cast,
    false,
    func,
    not_,
    null,
    true,
)

from core.cql.plan import Plan
from core.cql.terms import Condition, Kind, Over, Terms
from core.words import _

Value = SQLColumnExpression[Any]
Told = Callable[[Plan, Condition, Value], ColumnElement[Any]]


def over_members(terms: Terms) -> Terms:
    """The figures a filter may ask over members of which the terms speak."""
    flags: list[tuple[str, Told, Kind, str]] = [
        ("count_of", _count, Kind.NUMBER, _("How many members meet a condition")),
        ("any_of", _any, Kind.FLAG, _("Whether any member meets a condition")),
        ("all_of", _all, Kind.FLAG, _("Whether all members meet a condition")),
        ("share_of", _share, Kind.NUMBER, _("Share of the members that meet a condition, 0 to 1")),
    ]
    values: list[tuple[str, Told, str]] = [
        ("sum_of", _sum, _("Sum of a number of the members")),
        ("least_of", _least, _("The least number of any member")),
        ("most_of", _most, _("The largest number of any member")),
        ("mean_of", _mean, _("Mean of a number of the members")),
    ]
    return {
        **{word: Over(terms, told, kind, label) for word, told, kind, label in flags},
        **{
            word: Over(terms, told, Kind.NUMBER, label, takes_value=True)
            for word, told, label in values
        },
    }


def _count(plan: Plan, met: Condition, _value: Value) -> ColumnElement[Any]:
    return func.coalesce(plan.figure(func.count().filter(met)), 0)


def _unsure(plan: Plan, met: Condition) -> ColumnElement[Any]:
    return plan.figure(func.count().filter(met.is_(None)))


def _any(plan: Plan, met: Condition, value: Value) -> ColumnElement[Any]:
    unknown = _unsure(plan, met) > 0
    return case((_count(plan, met, value) > 0, true()), (unknown, null()), else_=false())


def _all(plan: Plan, met: Condition, value: Value) -> ColumnElement[Any]:
    """NULL where nobody is listed, of whom it could be said."""
    known = _unsure(plan, met) == 0
    return case((_count(plan, not_(met), value) > 0, false()), (known, true()))


def _share(plan: Plan, met: Condition, _value: Value) -> ColumnElement[Any]:
    return plan.figure(func.avg(cast(met, Integer), type_=Numeric))


def _sum(plan: Plan, met: Condition, value: Value) -> ColumnElement[Any]:
    """0 where nobody meets the condition, NULL where of nobody who does the number is known."""
    total = plan.figure(func.sum(value, type_=Numeric).filter(met))
    return case((_count(plan, met, value) > 0, total), else_=0)


def _least(plan: Plan, met: Condition, value: Value) -> ColumnElement[Any]:
    return plan.figure(func.min(value, type_=Numeric).filter(met))


def _most(plan: Plan, met: Condition, value: Value) -> ColumnElement[Any]:
    return plan.figure(func.max(value, type_=Numeric).filter(met))


def _mean(plan: Plan, met: Condition, value: Value) -> ColumnElement[Any]:
    return plan.figure(func.avg(value, type_=Numeric).filter(met))
