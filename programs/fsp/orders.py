"""What a provider is told of an order, and what it answers; every connector speaks in these."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol


class Outcome(StrEnum):
    """What a provider says of an order."""

    ACCEPTED = "accepted"  # it has it, and has not paid it yet
    PAID = "paid"
    FAILED = "failed"  # for good: it will not pay this reference any more
    REVERSED = "reversed"
    UNKNOWN = "unknown"  # it never had it


@dataclass(frozen=True)
class Order:
    """One order as it leaves; `account` is an account's or a telephone number, or nothing.

    `attempt` tells this taking up of it from every other.
    """

    reference: str
    amount: Decimal
    currency: str
    account: str | None
    provider: str | None
    name: str
    attempt: int = 1


@dataclass(frozen=True)
class Answer:
    """What a provider said of a reference; `paid` is in the order's currency, None is all of it."""

    reference: str
    outcome: Outcome
    paid: Decimal | None = None
    provider_reference: str | None = None
    said: str | None = None


class Unsure(Exception):
    """A call ended without an answer: the provider may have the order, or not."""


class Online(Protocol):
    """A provider that is called, one order at a time."""

    def send(self, order: Order) -> Answer:
        """Hand an order over.

        Raises:
            Unsure: nobody knows whether it came.
        """

    def ask(self, reference: str) -> Answer:
        """What became of a reference.

        Raises:
            Unsure: it cannot be asked now.
        """


def agreed(answers: Iterable[Answer]) -> tuple[list[Answer], list[str]]:
    """One answer a reference, the last word where several came; and where last words clash.

    An acceptance says less than any other answer. A reference that was said to be paid and to have
    failed in one go is among the clashes, and gets no answer.
    """
    last: dict[str, Answer] = {}
    clashing: set[str] = set()
    for answer in answers:
        before = last.get(answer.reference)
        if before is None or before.outcome is Outcome.ACCEPTED:
            last[answer.reference] = answer
        elif answer.outcome not in (Outcome.ACCEPTED, before.outcome):
            clashing.add(answer.reference)
    return [answer for key, answer in last.items() if key not in clashing], sorted(clashing)
