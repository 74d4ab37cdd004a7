"""How a rehearsal provider behaves, well or badly; the same seed behaves the same."""

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Fault(StrEnum):
    """A way to misbehave."""

    SILENT = "silent"  # takes an order and never answers
    TWICE = "twice"  # sends every answer of its own twice
    FORGETS = "forgets"  # takes the same order sent again for a new one


@dataclass(frozen=True)
class Manners:
    """How it behaves: faults, the seconds it takes, and which share fails or goes unanswered."""

    faults: frozenset[Fault] = frozenset()
    delay: float = 0.0
    fail: float = 0.0
    silent_share: float = 0.3
    callbacks: bool = True
    seed: int = 0

    def fails(self, reference: str) -> bool:
        """Whether an order is refused for good."""
        return self._chance(reference, "fails") < self.fail

    def is_silent(self, reference: str) -> bool:
        """Whether an order is taken and not answered."""
        chance = self._chance(reference, "silent")
        return Fault.SILENT in self.faults and chance < self.silent_share

    def seconds(self, reference: str) -> float:
        """How long an order takes."""
        return self.delay * self._chance(reference, "delay")

    def _chance(self, reference: str, of: str) -> float:
        digest = hashlib.sha256(f"{self.seed}|{of}|{reference}".encode()).digest()
        return float(Decimal(int.from_bytes(digest[:6], "big")) / Decimal(1 << 48))
