"""A program for people, and two households with five of them, three of whom are over sixty."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from programs.models.programs import Delivery, Program, Target
from programs.queries.gifts import Gift, Item
from registry.models.registrants import Registrant
from tests.make.programs import make_program
from tests.make.registry import make_household, make_person

OLD = "age >= 60"
GIFT = Gift("Pension", Delivery.CASH, (Item("100"),))
SAID: dict[str, Any] = {"target": Target.INDIVIDUAL, "eligibility": OLD, "purpose": "pension"}


@dataclass(frozen=True)
class Five:
    """In one household Amina (70), Juma (65) and Sela (10), in the other Baraka (62) and Dina (30),
    as old as they are on the day cycles start."""

    one: Registrant
    other: Registrant
    amina: Registrant
    juma: Registrant
    sela: Registrant
    baraka: Registrant
    dina: Registrant

    @property
    def old(self) -> set[int]:
        return {self.amina.id, self.juma.id, self.baraka.id}


def make_five(session: Session, *at: Any, **of_other: Any) -> Five:
    """The two households; they stand at these places if some are given."""
    one = make_household(session, *at[:1])
    other = make_household(session, *at[1:], **of_other)
    said: tuple[tuple[Registrant, str, int, str], ...] = (
        (one, "female", 1956, "head"),
        (one, "male", 1961, "spouse"),
        (one, "female", 2016, "child"),
        (other, "male", 1964, "head"),
        (other, "female", 1996, "child"),
    )
    people = [
        make_person(session, home, sex, date(year, 5, 1), tie) for home, sex, year, tie in said
    ]
    return Five(one, other, *people)


def make_pension(session: Session, **given: Any) -> Program:
    """An open program of 100 KES for each person of sixty or over."""
    gift = given.pop("gift", GIFT)
    return make_program(session, gift, fund=given.pop("fund", 10_000), **{**SAID, **given})


def pension_by(way: Delivery, **given: Any) -> Gift:
    """A pension of 100 that comes another way."""
    return Gift("Pension", way, (Item("100"),), **{"cap": Decimal(500), **given})
