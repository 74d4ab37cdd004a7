"""What a household is due: the items of a benefit, in one place for previews and entitlements.

Amounts are reckoned by the database, of as many households as there are in one statement.
"""

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import reduce
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Label,
    Numeric,
    Select,
    Subquery,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from core.actor import Actor
from core.cql import Kind, Plan, Term, Terms, WrongKind, reckoned
from core.money import WRITTEN, digits_of
from core.words import _
from programs.models.programs import Counting, Rounding
from programs.queries.gifts import PEOPLE, Gift, Item
from programs.queries.targets import HOUSEHOLDS, Whom
from registry.models.registrants import Registrant
from registry.queries.people import members_counted

MOST = Decimal(10) ** 15  # which no amount reaches that was meant
NOTHING = literal(Decimal(0), Numeric)
Amount = ColumnElement[Decimal]


@dataclass(frozen=True)
class Giving:
    """What is given to whom: benefits by their keys, in a currency, and the day from which on
    amounts are good and which ages are those of."""

    gifts: Mapping[int, Gift]
    currency: str
    on: date
    whom: Whom = HOUSEHOLDS


@dataclass(frozen=True)
class Part:
    """An item as SQL of one household, or one person: whether it applies, its amount, how
    many times, and what it comes to, cut to its cap; what is not known comes to nothing."""

    applies: ColumnElement[bool]
    amount: Amount
    times: Amount
    comes_to: Amount


def amounts_due(session: Session, giving: Giving, members: FromClause, *, actor: Actor) -> Subquery:
    """What households, or people, are due of each benefit, where that is more than nothing.

    `members` has a row for each: `registrant_id`, `area_id`, `people`. Columns: those of it but
    `people`, and `benefit_id`, `amount`, `fee`, `valid_until`.

    Raises:
        Invalid, Forbidden: an item cannot be read, or asks what the actor may not.
    """
    totals = _totals(session, giving, members, actor).cte("totals")
    each = [
        _due(totals, place, key, gift, giving.currency).add_columns(_last_day(gift, giving.on))
        for place, (key, gift) in enumerate(giving.gifts.items())
    ]
    return union_all(*each).subquery("due")


def _totals(session: Session, giving: Giving, members: FromClause, actor: Actor) -> Select[Any]:
    """What the items of each benefit come to, in columns `total_0` and so on; NULL of whom none
    applies to."""
    terms, plan = item_terms(session, giving, members, actor=actor), Plan()
    columns: list[Label[Any]] = [
        total_of_items(parts_of(gift.items, terms, plan, actor=actor), gift.counting).label(
            f"total_{place}"
        )
        for place, gift in enumerate(giving.gifts.values())
    ]
    query = select(members.c.registrant_id, members.c.area_id, *columns)
    return with_sources(query, giving.whom, members, plan)


def with_sources(query: Select[Any], whom: Whom, members: FromClause, plan: Plan) -> Select[Any]:
    """A query of households, or people, with all that their items ask for."""
    home = members.c.registrant_id
    of = query.select_from(members).outerjoin(Registrant, Registrant.id == home)
    joined = plan.joined(whom.said_of(of))
    if not plan.figures:
        return joined
    counted = members_counted(plan, select(home))
    return joined.outerjoin(counted, counted.c.group_id == home)


def item_terms(session: Session, giving: Giving, members: FromClause, *, actor: Actor) -> Terms:
    """What an item may speak of; the people of a household are those it was enrolled with."""
    known = giving.whom.terms(session, giving.on, actor=actor)
    if PEOPLE not in known:
        return known
    return {**known, PEOPLE: Term(members.c.people, Kind.NUMBER, _("People in the household"))}


def parts_of(items: Sequence[Item], terms: Terms, plan: Plan, *, actor: Actor) -> list[Part]:
    """The items of a benefit as SQL.

    Raises:
        Invalid, Forbidden: one cannot be read, or asks what the actor may not; WrongKind: an amount
        is no number, or a condition none.
    """
    return [_part(item, terms, plan, actor) for item in items]


def total_of_items(parts: Sequence[Part], counting: Counting) -> Amount:
    """What all items that apply come to, or the first of them; NULL where none does."""
    if counting is Counting.FIRST:
        return case(*((part.applies, part.comes_to) for part in parts))
    counted = [case((part.applies, part.comes_to), else_=NOTHING) for part in parts]
    return case((or_(*(part.applies for part in parts)), reduce(operator.add, counted)))


def due_of(total: Amount, gift: Gift, currency: str) -> Amount:
    """What is given of what items come to: raised to the minimum, in whole units, cut to the cap.

    A cap lowers and never raises, nor is it or the minimum passed by rounding.
    """
    unit = gift.round_to or Decimal(1).scaleb(-digits_of(currency))
    due = _rounded(func.greatest(total, gift.minimum), unit, gift.rounding)
    if gift.minimum is not None:
        due = func.greatest(due, _in_units(gift.minimum, unit, ROUND_CEILING))
    if gift.cap is not None:
        due = func.least(due, _in_units(gift.cap, unit, ROUND_FLOOR))
    return case((total.is_not(None), func.least(due, MOST)), else_=NOTHING)


def fee_of(amount: Amount, gift: Gift, currency: str) -> Amount:
    """What it costs to bring an amount: so much each time, and so many parts of a hundred."""
    return func.round(gift.fee + amount * gift.fee_percent / 100, digits_of(currency))


def _due(totals: FromClause, place: int, benefit_id: int, gift: Gift, currency: str) -> Select[Any]:
    given = select(
        totals.c.registrant_id,
        totals.c.area_id,
        due_of(totals.c[f"total_{place}"], gift, currency).label("amount"),
    ).subquery(f"given_{place}")
    amount = given.c.amount
    return select(
        given.c.registrant_id,
        given.c.area_id,
        literal(benefit_id).label("benefit_id"),
        amount,
        fee_of(amount, gift, currency).label("fee"),
    ).where(amount > 0)


def _last_day(gift: Gift, on: date) -> Label[Any]:
    days = gift.valid_days
    last = on + timedelta(days=days) if days else None
    return literal(last, Date).label("valid_until")


def _part(item: Item, terms: Terms, plan: Plan, actor: Actor) -> Part:
    applies: ColumnElement[bool] = true()
    if item.condition.strip():
        asked = _asked(item.condition, Kind.FLAG, terms, plan, actor)
        applies = func.coalesce(asked, false())
    amount = _number(item.expression, terms, plan, actor)
    times = _number(item.times, terms, plan, actor) if item.times else literal(Decimal(1), Numeric)
    product = func.greatest(func.coalesce(amount * times, NOTHING), NOTHING)
    return Part(applies, amount, times, func.least(product, item.cap))


def _number(written: str, terms: Terms, plan: Plan, actor: Actor) -> Amount:
    """A plain number as it is written, to its last digit, or what an expression comes to."""
    if WRITTEN.fullmatch(written.strip()):
        return literal(Decimal(written.strip()), Numeric)
    return cast(_asked(written, Kind.NUMBER, terms, plan, actor), Numeric)


def _asked(written: str, kind: Kind, terms: Terms, plan: Plan, actor: Actor) -> Any:
    piece, _names = reckoned(written, terms, actor=actor, plan=plan)
    if piece.kind is not kind:
        raise WrongKind(said=written, kind=_(piece.kind.value), wanted=_(kind.value))
    return piece.expression


def _rounded(amount: Amount, unit: Decimal, rounding: Rounding) -> Amount:
    """An amount as a whole number of units; exact, for nothing is divided but by `div`."""
    whole, rest = func.div(amount, unit), func.mod(amount, unit)
    even = func.mod(whole, 2) == 0
    raised = {
        Rounding.DOWN: false(),
        Rounding.UP: rest > 0,
        Rounding.HALF_UP: rest * 2 >= unit,
        Rounding.HALF_EVEN: and_(rest * 2 >= unit, or_(rest * 2 > unit, ~even)),
    }[rounding]
    return (whole + case((raised, 1), else_=0)) * unit


def _in_units(bound: Decimal, unit: Decimal, where: str) -> Decimal:
    return (bound / unit).to_integral_value(where) * unit
