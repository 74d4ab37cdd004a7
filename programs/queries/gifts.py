"""What a program gives, as it is said: benefits with their items in order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from programs.models.programs import Benefit, BenefitItem, Counting, Delivery, Rounding
from programs.models.scenarios import ScenarioAmount

PEOPLE = "people"


@dataclass(frozen=True)
class Item:
    """A part of a benefit: an amount, times a figure of the household, for whom a condition holds.

    `expression` is CQL2 arithmetic, `condition` a CQL2 filter, empty for everybody; `times` is a
    term that is a number; `cap` cuts what the item comes to.
    """

    expression: str
    times: str | None = None
    condition: str = ""
    cap: Decimal | None = None

    @property
    def said(self) -> str:
        """The item in the words of the filter language, for the trail."""
        return " ".join(
            part
            for part in (
                self.expression,
                f"* {self.times}" if self.times else "",
                f"<= {self.cap.normalize():f}" if self.cap is not None else "",
                f"IF {self.condition}" if self.condition else "",
            )
            if part
        )


@dataclass(frozen=True)
class Gift:
    """What is said of a benefit: its items, at least the minimum, at most the cap.

    Amounts are whole numbers of `round_to`, or of the currency's minor unit. Fees come beside.
    """

    name: str
    delivery: Delivery
    items: Sequence[Item]
    minimum: Decimal | None = None
    cap: Decimal | None = None
    counting: Counting = Counting.ALL
    round_to: Decimal | None = None
    rounding: Rounding = Rounding.HALF_UP
    fee: Decimal = Decimal(0)
    fee_percent: Decimal = Decimal(0)
    valid_days: int | None = None

    @property
    def said(self) -> dict[str, Any]:
        """What is said of it beside its items, by the names of the columns."""
        return {name: value for name, value in vars(self).items() if name != "items"}


SAID = tuple(name for name in Gift.__dataclass_fields__ if name != "items")


def plain_items(base: Decimal | int, per_member: Decimal | int = 0) -> tuple[Item, ...]:
    """So much for each household, and so much for each person in it."""
    parts = ((base, None), (per_member, PEOPLE))
    return tuple(Item(format(Decimal(part), "f"), times) for part, times in parts if part)


def gifts_of(session: Session, program_id: int) -> dict[int, Gift]:
    """What a program gives, by the key of the benefit, in order."""
    listed = select(Benefit).where(Benefit.program_id == program_id).order_by(Benefit.id)
    benefits = session.scalars(listed).all()
    items = (
        select(BenefitItem)
        .join(Benefit, Benefit.id == BenefitItem.benefit_id)
        .where(Benefit.program_id == program_id)
        .order_by(BenefitItem.benefit_id, BenefitItem.place)
    )
    found: dict[int, list[Item]] = {benefit.id: [] for benefit in benefits}
    for item in session.scalars(items):
        found[item.benefit_id].append(Item(item.expression, item.times, item.condition, item.cap))
    return {
        benefit.id: Gift(
            items=tuple(found[benefit.id]), **{name: getattr(benefit, name) for name in SAID}
        )
        for benefit in benefits
    }


def gifts_in(session: Session, program_id: int, scenario_id: int | None) -> dict[int, Gift]:
    """What a program would give in a scenario, or gives where there is none; as `gifts_of`."""
    given = gifts_of(session, program_id)
    asked = select(ScenarioAmount).where(ScenarioAmount.scenario_id == scenario_id)
    for said in session.scalars(asked):
        given[said.benefit_id] = _instead(given[said.benefit_id], said)
    return given


def _instead(gift: Gift, said: ScenarioAmount) -> Gift:
    """A benefit with other amounts; where it has other items by now, with those it has."""
    items = tuple(gift.items)
    if len(items) == len(said.amounts):
        told = zip(items, said.amounts, strict=True)
        items = tuple(replace(item, expression=amount) for item, amount in told)
    return replace(gift, items=items, minimum=said.minimum, cap=said.cap)
