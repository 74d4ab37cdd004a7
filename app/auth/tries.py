"""Tries: ten wrong ones in a row lock an e-mail address for a while, each time for longer."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.auth.models import Lockout, User
from core import audit
from core.actor import NOBODY
from core.clock import moment_said
from core.db import changed, transaction
from core.errors import Refusal

MOST = 10
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(days=1)
REMEMBERED = timedelta(days=30)


class TriedTooOften(Refusal):
    """There were too many wrong tries with this address; try again after {when}, or ask an
    administrator to unlock it."""

    status = 429


@dataclass(frozen=True)
class Try:
    """A try that was counted, and whether it has locked the address unless it was right."""

    email: str
    locks: bool


def count(email: str) -> Try:
    """Count a try before it is looked at.

    In a transaction of its own, so that it stays counted although the request it belongs to is
    refused; tries at the same moment come one after the other.

    Raises:
        TriedTooOften: the address is locked, whatever is tried with it.
    """
    now = datetime.now(UTC)
    with transaction() as session:
        known = _locked(session, email, now)
        if known.locked_until is not None and known.locked_until > now:
            raise TriedTooOften(when=moment_said(known.locked_until))
        known.wrong, known.locked_until, known.tried_at = known.wrong + 1, None, now
        if known.wrong < MOST:
            return Try(email, locks=False)
        known.wrong, known.locks = 0, known.locks + 1
        known.locked_until = now + min(LONGEST_LOCK, FIRST_LOCK * 2 ** (known.locks - 1))
        return Try(email, locks=True)


def lock(tried: Try, user: User | None) -> TriedTooOften | None:
    """Where the try was wrong and has locked the address: note it, and answer the refusal."""
    if not tried.locks:
        return None
    with transaction() as session:
        known = _locked(session, tried.email, datetime.now(UTC))
        until = known.locked_until or known.tried_at
        with audit.act(session, NOBODY, "users.lock", user or known) as figures:
            figures.update(until=until.isoformat(timespec="seconds"), locks=known.locks)
        return TriedTooOften(when=moment_said(until))


def take_back(tried: Try) -> None:
    """The try was right, though not all that is asked: those before it stay counted.

    In a transaction of its own too: the request may go on to count another try.
    """
    fewer = {"wrong": func.greatest(Lockout.wrong - 1, 0)}
    unlocked = {"wrong": MOST - 1, "locks": Lockout.locks - 1, "locked_until": None}
    mine = update(Lockout).where(Lockout.digest == _digest(tried.email))
    with transaction() as session:
        session.execute(mine.values(unlocked if tried.locks else fewer))


def forget(session: Session, email: str) -> bool:
    """Forget the tries with an address, and those of long ago; answers whether any were there."""
    mine = Lockout.digest == _digest(email)
    ages_ago = Lockout.tried_at < datetime.now(UTC) - REMEMBERED
    return changed(session, delete(Lockout).where(or_(mine, ages_ago))) > 0


def locked_until(session: Session, email: str) -> datetime | None:
    """When an address may be tried again, if it is locked now."""
    asked = select(Lockout.locked_until).where(
        Lockout.digest == _digest(email), Lockout.locked_until > datetime.now(UTC)
    )
    return session.scalar(asked)


def _locked(session: Session, email: str, now: datetime) -> Lockout:
    """The row of an address, made where there is none, locked until the transaction ends."""
    row = {"digest": _digest(email), "wrong": 0, "locks": 0, "tried_at": now}
    session.execute(insert(Lockout).values(row).on_conflict_do_nothing())
    found = select(Lockout).where(Lockout.digest == row["digest"])
    return session.scalars(found.with_for_update()).one()


def _digest(email: str) -> bytes:
    return hashlib.sha256(email.encode()).digest()
