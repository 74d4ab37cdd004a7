"""Scenarios: rounds of a program that might be, kept so that they can be compared."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Integer,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Row
from core.money import Money


class Scenario(Row):
    """One round that might be: a kept list, a rule, the line on the map's value, and how many.

    `rule` is CQL2 and stands in the place of the program's own; its lists, exclusions and quotas
    hold here too.
    """

    __tablename__ = "scenarios"
    __table_args__ = (
        UniqueConstraint(
            "program_id", "name", info={"refusal": "A scenario of this name is already there."}
        ),
        CheckConstraint("most >= 0", name="most_not_negative"),
    )

    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id"))
    name: Mapped[str]
    roster_id: Mapped[int] = mapped_column(ForeignKey("rosters.id"), index=True)
    with_probable: Mapped[bool]
    starts_on: Mapped[date]
    rule: Mapped[str]
    value: Mapped[Decimal | None]
    most: Mapped[int | None] = mapped_column(Integer)
    made_by: Mapped[int] = mapped_column(BigInteger)


class ScenarioAmount(Row):
    """What a scenario gives of one benefit, in the place of what the program gives.

    `amounts` are those of the benefit's items, in their order, as CQL2 arithmetic.
    """

    __tablename__ = "scenario_amounts"
    __table_args__ = (UniqueConstraint("scenario_id", "benefit_id"),)

    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenarios.id", ondelete="CASCADE"))
    benefit_id: Mapped[int] = mapped_column(ForeignKey("benefits.id", ondelete="CASCADE"))
    amounts: Mapped[Sequence[str]] = mapped_column(ARRAY(Text))
    minimum: Mapped[Decimal | None] = mapped_column(Money)
    cap: Mapped[Decimal | None] = mapped_column(Money)
