"""A benefit looked at before it is kept, and tried on one household or person, line by line."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, func, literal, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import today
from core.cql import Kind, Plan, Sourced, Term, Terms, usable
from core.errors import Invalid
from core.money import WRITTEN, digits_of
from programs.models.memberships import CycleMember
from programs.models.programs import Counting
from programs.queries.amounts import (
    Giving,
    Part,
    due_of,
    fee_of,
    item_terms,
    parts_of,
    total_of_items,
    with_sources,
)
from programs.queries.gifts import Gift, Item
from programs.queries.targets import Whom
from registry.models.registrants import RegistrantKind
from registry.permissions import May
from registry.queries.registrants import registrant_by_number

MOST_ITEMS = 20


class BenefitWrong(Invalid):
    """A benefit needs a name and gives more than nothing; fill in an amount."""


class TooManyItems(Invalid):
    """A benefit has at most {most} amounts, not {count}; say it with fewer."""


class MinimumAboveCap(Invalid):
    """The minimum {minimum} is above the cap {cap}; lower the one or raise the other."""


class UnitWrong(Invalid):
    """Amounts in {currency} are rounded to {unit} or whole numbers of it, not to {asked}."""


class FeeWrong(Invalid):
    """A fee is nothing or more, and of an amount at most all of it; write such as 15 or 1.5 %."""


class NoHousehold(Invalid):
    """{number} is a person; amounts are given to households, so write the number of theirs."""


class NoPerson(Invalid):
    """{number} is a household; amounts are given to people, so write the number of one of them."""


class DaysWrong(Invalid):
    """An amount is good for one day or more, at most ten years; write how many days."""


MOST_DAYS = 3660


def check_gift(session: Session, gift: Gift, currency: str, whom: Whom, *, actor: Actor) -> None:
    """Refuse a benefit that cannot be given to those it is for.

    Raises:
        BenefitWrong, TooManyItems, MinimumAboveCap, UnitWrong, FeeWrong, DaysWrong
        Invalid, Forbidden: an item cannot be read, or asks what the actor may not.
    """
    if not gift.name.strip() or not any(_gives(item) for item in gift.items):
        raise BenefitWrong
    if len(gift.items) > MOST_ITEMS:
        raise TooManyItems(most=MOST_ITEMS, count=len(gift.items))
    if gift.minimum is not None and gift.cap is not None and gift.minimum > gift.cap:
        raise MinimumAboveCap(minimum=gift.minimum, cap=gift.cap)
    _check_unit(gift, currency)
    if gift.fee < 0 or not 0 <= gift.fee_percent <= 100:
        raise FeeWrong
    if gift.valid_days is not None and not 1 <= gift.valid_days <= MOST_DAYS:
        raise DaysWrong
    giving = Giving({}, currency, today(), whom)
    terms = item_terms(session, giving, CycleMember.__table__, actor=actor)
    parts_of(gift.items, terms, Plan(), actor=actor)


def _gives(item: Item) -> bool:
    """Whether an item may come to something: an expression, or a number that is not nothing."""
    written = item.expression.strip()
    return bool(written) and not (WRITTEN.fullmatch(written) and Decimal(written) == 0)


def _check_unit(gift: Gift, currency: str) -> None:
    least = Decimal(1).scaleb(-digits_of(currency))
    if gift.round_to is not None and (gift.round_to <= 0 or gift.round_to % least):
        raise UnitWrong(currency=currency, unit=f"{least:f}", asked=f"{gift.round_to:f}")


def figures_offered(session: Session, whom: Whom, *, actor: Actor) -> list[tuple[str, str]]:
    """The figures of a household, or a person, that an amount may be multiplied by, (name, what it
    means)."""
    terms: Terms = usable(whom.terms(session, today(), actor=actor), actor)
    return [
        (name, term.label)
        for name, term in terms.items()
        if isinstance(term, Term | Sourced) and term.kind is Kind.NUMBER
    ]


@dataclass(frozen=True)
class Line:
    """An item tried on one of them: whether it counted, its amount, how many times, and what it
    came to; None is not known."""

    item: Item
    applies: bool
    counts: bool
    amount: Decimal | None
    times: Decimal | None
    comes_to: Decimal


@dataclass(frozen=True)
class Explained:
    """What one benefit gives one of them: its items, their total, and what is given of it."""

    gift: Gift
    lines: list[Line]
    total: Decimal | None
    amount: Decimal
    fee: Decimal


def explained(session: Session, giving: Giving, number: str, *, actor: Actor) -> list[Explained]:
    """What benefits would give one household, or person, line by line, as the database reckons it.

    Raises:
        Forbidden; NotFound: nobody they see has this number. NoHousehold, NoPerson
        Invalid, Forbidden: an item cannot be read, or asks what the actor may not.
    """
    actor.require(May.READ_REGISTRANTS)
    home, gifts = registrant_by_number(session, number, actor=actor), giving.gifts.values()
    if home.kind is not giving.whom.kind:
        wrong = NoPerson if home.kind is RegistrantKind.GROUP else NoHousehold
        raise wrong(number=home.number)
    people = giving.whom.composition(giving.on, select(literal(home.id)))
    members = (
        select(
            literal(home.id).label("registrant_id"),
            literal(home.area_id).label("area_id"),
            func.coalesce(select(people.c.people).scalar_subquery(), 0).label("people"),
        )
        .subquery("one")
    )  # fmt: skip
    terms, plan = item_terms(session, giving, members, actor=actor), Plan()
    parts = [parts_of(gift.items, terms, plan, actor=actor) for gift in gifts]
    columns = [
        column.label(f"{place}_{name}")
        for place, (gift, its) in enumerate(zip(gifts, parts, strict=True))
        for name, column in _columns(gift, its, giving.currency).items()
    ]
    row = session.execute(with_sources(select(*columns), giving.whom, members, plan)).one()
    return [_explained(gift, row, place) for place, gift in enumerate(gifts)]


def _columns(gift: Gift, parts: Sequence[Part], currency: str) -> dict[str, ColumnElement[Any]]:
    total = total_of_items(parts, gift.counting)
    due = due_of(total, gift, currency)
    told: dict[str, ColumnElement[Any]] = {
        "total": total,
        "amount": due,
        "fee": fee_of(due, gift, currency),
    }
    for number, part in enumerate(parts):
        for name, column in vars(part).items():
            told[f"{name}_{number}"] = column
    return told


def _explained(gift: Gift, row: Row[Any], place: int) -> Explained:
    told = row._mapping
    lines: list[Line] = []
    for number, item in enumerate(gift.items):
        said = {
            name: told[f"{place}_{name}_{number}"]
            for name in ("applies", "amount", "times", "comes_to")
        }
        first = gift.counting is Counting.FIRST and any(line.counts for line in lines)
        lines.append(Line(item, counts=said["applies"] and not first, **said))
    total, amount, fee = (told[f"{place}_{name}"] for name in ("total", "amount", "fee"))
    return Explained(gift, lines, total, amount, fee if amount else Decimal(0))
