"""How often a program's cycles come round: a rule of RFC 5545, as a few plain choices."""

import re
from dataclasses import dataclass
from enum import StrEnum

from core.errors import Invalid

RULE = re.compile(
    r"FREQ=(?P<often>WEEKLY|MONTHLY|YEARLY);INTERVAL=(?P<every>\d{1,2})(;COUNT=(?P<rounds>\d{1,3}))?"
)
MOST_EVERY, MOST_ROUNDS = 52, 600


class Often(StrEnum):
    """What a recurrence counts in."""

    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


class RecurrenceWrong(Invalid):
    """Cycles come round every 1 to 52 weeks, months or years, at most 600 times; choose those."""


@dataclass(frozen=True)
class Recurrence:
    """Every so many weeks, months or years; so many times, or without an end."""

    often: Often
    every: int = 1
    rounds: int | None = None

    @property
    def rule(self) -> str:
        """The rule as RFC 5545 writes it: FREQ=MONTHLY;INTERVAL=1;COUNT=12."""
        ends = f";COUNT={self.rounds}" if self.rounds is not None else ""
        return f"FREQ={self.often};INTERVAL={self.every}{ends}"


def recurrence_of(rule: str) -> Recurrence:
    """The plain choices a rule stands for.

    Raises:
        RecurrenceWrong
    """
    found = RULE.fullmatch(rule)
    if found is None:
        raise RecurrenceWrong
    rounds = int(found["rounds"]) if found["rounds"] else None
    told = Recurrence(Often(found["often"]), int(found["every"]), rounds)
    if not 1 <= told.every <= MOST_EVERY or (rounds is not None and not 1 <= rounds <= MOST_ROUNDS):
        raise RecurrenceWrong
    return told
