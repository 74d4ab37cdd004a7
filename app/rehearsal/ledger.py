"""The ledger of the rehearsal provider: what it was asked to pay, and what it paid, in one file."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

TABLE = """
create table if not exists transfers (
    id integer primary key, correlation text not null, reference text not null,
    account text not null, amount text not null, currency text not null, state text not null,
    why text, callback text not null, told integer not null default 0
)
"""
INDEX = "create index if not exists of_correlation on transfers (correlation)"
FIELDS = (
    *("id", "correlation", "reference", "account", "amount", "currency"),
    *("state", "why", "callback", "told"),
)
COLUMNS = ", ".join(FIELDS)
INSERT = (
    "insert into transfers"
    " (correlation, reference, account, amount, currency, state, why, callback)"
    " values (?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True)
class Transfer:
    """One line of the ledger: money that moved, waits, or was refused."""

    id: int
    correlation: str
    reference: str
    account: str
    amount: Decimal
    currency: str
    state: str
    why: str | None
    callback: str
    told: int


class Ledger:
    """A ledger in a file; each line is on disk before it is answered."""

    def __init__(self, path: Path) -> None:
        self._path, self._one = path, threading.Lock()
        with self._open() as at:
            at.execute(TABLE)
            at.execute(INDEX)

    def book(self, said: Transfer) -> int:
        """Write a line; its key."""
        row = (said.correlation, said.reference, said.account, str(said.amount))
        with self._open() as at:
            done = at.execute(INSERT, (*row, said.currency, said.state, said.why, said.callback))
            return int(done.lastrowid or 0)

    def of(self, correlation: str) -> Transfer | None:
        """The first line of a correlation id."""
        return next(self._lines("where correlation = ? order by id limit 1", correlation), None)

    def line(self, key: int) -> Transfer | None:
        """The line of a key."""
        return next(self._lines("where id = ?", key), None)

    def all(self) -> list[Transfer]:
        """Every line, in order."""
        return list(self._lines("order by id"))

    def untold(self) -> list[Transfer]:
        """What is decided and nobody was told of yet."""
        return list(self._lines("where told = 0 and state <> 'pending' order by id limit 100"))

    def tell(self, key: int) -> None:
        """Note that somebody was told."""
        with self._open() as at:
            at.execute("update transfers set told = told + 1 where id = ?", (key,))

    def _lines(self, which: str, *given: object) -> Iterator[Transfer]:
        with self._open() as at:
            rows = at.execute(f"select {COLUMNS} from transfers {which}", given).fetchall()  # noqa: S608
        for row in rows:
            said = dict(zip(FIELDS, row, strict=True))
            yield Transfer(**{**said, "amount": Decimal(said["amount"])})

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with self._one:
            at = sqlite3.connect(self._path, timeout=30)
            try:
                with at:
                    yield at
            finally:
                at.close()
