"""Two books held against each other: ours, and the ledger of the rehearsal provider."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, text

from app.rehearsal.ledger import Ledger

OURS = text("""
    select c.number, e.ern, e.registrant_id, e.amount, e.redeemed, p.id, p.state, p.paid
    from entitlements e
    join cycles c on c.id = e.cycle_id
    left join payments p on p.entitlement_id = e.id
    order by e.id, p.id
""")
ENDED = ("paid", "failed")
CENTS = 100


@dataclass(frozen=True)
class Expected:
    """What a drill should come to: households by key, what each is due, and how many rounds."""

    due: dict[int, Decimal]
    rounds: int


@dataclass(frozen=True)
class Losses:
    """What is missing, what is there twice, and by how many cents the books differ."""

    entitlements_lost: int
    entitlements_doubled: int
    payments_lost: int
    payments_doubled: int
    cents_off: int


def losses(connection: Connection, ledger: Path, expected: Expected) -> Losses:
    """Compare what should be with our book, and our book with the provider's."""
    rows = connection.execute(OURS).all()
    moved = [line for line in Ledger(ledger).all() if line.state == "completed"]
    times = Counter(line.reference.partition(".")[0] for line in moved)
    given = Counter(
        (row.number, row.registrant_id) for row in {row.ern: row for row in rows}.values()
    )
    orders = Counter(row.ern for row in rows if row.id is not None)
    wanted = {(number, home) for number in range(1, expected.rounds + 1) for home in expected.due}
    return Losses(
        entitlements_lost=len(wanted - given.keys()),
        entitlements_doubled=sum(count - 1 for count in given.values()),
        payments_lost=_lost(rows, orders, times),
        payments_doubled=sum(count - 1 for count in [*times.values(), *orders.values()]),
        cents_off=_cents_off(rows, sum((line.amount for line in moved), Decimal(0)), expected),
    )


def _lost(rows: Sequence[Row[Any]], orders: Counter[str], times: Counter[str]) -> int:
    """Entitlements without an order, orders without an end, and ends the two books tell apart."""
    unordered = {row.ern for row in rows} - orders.keys()
    endless = {row.ern for row in rows if row.id is not None and row.state not in ENDED}
    ours = {row.ern for row in rows if row.state == "paid"}
    return len(unordered | endless | (ours ^ times.keys()))


def _cents_off(rows: Sequence[Row[Any]], moved: Decimal, expected: Expected) -> int:
    """Cents by which what arrived, what we say arrived, and what was due differ."""
    each = {row.ern: row for row in rows}.values()
    paid = sum((row.paid for row in rows if row.paid is not None), Decimal(0))
    redeemed = sum((row.redeemed for row in each), Decimal(0))
    due = sum((row.amount for row in each), Decimal(0))
    should = sum(expected.due.values(), Decimal(0)) * expected.rounds
    off = abs(moved - paid) + abs(paid - redeemed) + abs(due - should)
    return int(off * CENTS)
