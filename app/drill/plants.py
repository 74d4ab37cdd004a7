"""Losses that are planted to see whether the drill of payments reports them."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, text

Plant = Callable[[Connection, Path], None]

LOSE = """
with gone as (select id from entitlements order by id limit 1),
     orders as (delete from payments where entitlement_id in (select id from gone))
delete from entitlements where id in (select id from gone)
"""
ONCE = "drop index uq_entitlements_live"
DOUBLE = """
insert into entitlements (cycle_id, registrant_id, benefit_id, amount, redeemed, state)
select cycle_id, registrant_id, benefit_id, amount, redeemed, state from entitlements
order by id limit 1
"""
LOSE_TRANSFER = """
delete from transfers
where id = (select id from transfers where state = 'completed' order by id limit 1)
"""
DOUBLE_TRANSFER = """
insert into transfers (correlation, reference, account, amount, currency, state, callback, told)
select correlation, reference, account, amount, currency, state, callback, told from transfers
where id = (select id from transfers where state = 'completed' order by id limit 1)
"""
A_CENT = """
update transfers set amount = amount + 0.01
where id = (select id from transfers where state = 'completed' order by id limit 1)
"""


def _lose_entitlement(database: Connection, _ledger: Path) -> None:
    database.execute(text("alter table payment_events disable trigger all"))
    database.execute(text("alter table payments disable trigger all"))
    database.execute(text("alter table entitlements disable trigger all"))
    database.execute(text(LOSE))


def _double_entitlement(database: Connection, _ledger: Path) -> None:
    database.execute(text(ONCE))
    database.execute(text(DOUBLE))


def _lose_payment(_database: Connection, ledger: Path) -> None:
    _in(ledger, LOSE_TRANSFER)


def _double_payment(_database: Connection, ledger: Path) -> None:
    _in(ledger, DOUBLE_TRANSFER)


def _miss_a_cent(_database: Connection, ledger: Path) -> None:
    _in(ledger, A_CENT)


def _in(ledger: Path, statement: str) -> None:
    with sqlite3.connect(ledger) as at:
        at.execute(statement)
    at.close()


PLANTS: dict[str, Plant] = {
    "entitlements_lost": _lose_entitlement,
    "entitlements_doubled": _double_entitlement,
    "payments_lost": _lose_payment,
    "payments_doubled": _double_payment,
    "cents_off": _miss_a_cent,
}
"""One of each kind of loss, by the figure that has to report it."""
