"""Keys of machines: how a program of somebody's asks for what they may see.

A key stands for the person who made it, with today's roles, except that it neither moves money,
gives roles, nor sees where a single household stands: what a program fetches is copied further.
It is sent as `Authorization: Bearer KEY`, or as the password beside any name, as maps ask for it.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import Authorization

from app.auth.models import ApiKey, User
from app.auth.permissions import May as Roof
from app.auth.roles import MONEY
from core import audit
from core.actor import Actor
from core.errors import Invalid, NotFound, Refusal
from geo.permissions import May as Geo

MARK = "hg_"
SHOWN = len(MARK) + 6  # letters a key is known by
LONGEST = 366  # days
USED_EVERY = timedelta(minutes=1)
NEVER: frozenset[str] = MONEY | {Roof.WRITE_USERS, Geo.EXACT_LOCATIONS}


class KeyUnknown(Refusal):
    """This key is not known here, or has ended; make another one under Your account."""

    status = 401


class KeyNameless(Invalid):
    """Say in a word what the key is for, so that you know it again."""


class KeyTooLong(Invalid):
    """A key holds from one day to {longest} days; {asked} were asked for."""


def make(session: Session, name: str, days: int, *, actor: Actor) -> str:
    """Make a key of the actor's own; answers it whole, this once.

    Raises:
        KeyNameless, KeyTooLong
    """
    if not name.strip():
        raise KeyNameless
    if not 1 <= days <= LONGEST:
        raise KeyTooLong(longest=LONGEST, asked=days)
    whole = MARK + secrets.token_urlsafe(32)
    key = ApiKey(
        user_id=actor.id,
        name=name.strip(),
        prefix=whole[:SHOWN],
        digest=_digest(whole),
        ends_at=datetime.now(UTC) + timedelta(days=days),
    )
    session.add(key)
    session.flush()
    with audit.act(session, actor, "keys.make", key) as figures:
        figures.update(begins_with=key.prefix, ends_on=key.ends_at.date())
    return whole


def end(session: Session, key_id: int, *, actor: Actor) -> None:
    """End a key of the actor's own.

    Raises:
        NotFound
    """
    key = session.get(ApiKey, key_id, with_for_update=True)
    if key is None or key.user_id != actor.id:
        raise NotFound(key=key_id)
    with audit.act(session, actor, "keys.end", key) as figures:
        key.ends_at = datetime.now(UTC)
        figures.update(begins_with=key.prefix)


def those_of(session: Session, user_id: int) -> Sequence[ApiKey]:
    """The keys of somebody that hold, the newest first."""
    held = select(ApiKey).where(ApiKey.user_id == user_id, ApiKey.ends_at > datetime.now(UTC))
    return session.scalars(held.order_by(ApiKey.id.desc())).all()


def sent(authorization: Authorization | None) -> str:
    """The key a request brings; empty where it brings none."""
    if authorization is None:
        return ""
    whole = authorization.token if authorization.type == "bearer" else authorization.password
    return whole or ""


def found(session: Session, whole: str) -> User:
    """Whose key this is.

    Raises:
        KeyUnknown
    """
    now = datetime.now(UTC)
    held = select(ApiKey, User).join(User, User.id == ApiKey.user_id)
    held = held.where(ApiKey.digest == _digest(whole), ApiKey.ends_at > now, User.active)
    row = session.execute(held).one_or_none()
    if row is None:
        raise KeyUnknown
    key, user = row
    if key.used_at is None or key.used_at < now - USED_EVERY:
        free = select(ApiKey.id).where(ApiKey.id == key.id).with_for_update(skip_locked=True)
        session.execute(update(ApiKey).where(ApiKey.id.in_(free)).values(used_at=now))
    return user


def bound(actor: Actor) -> Actor:
    """Somebody as a program of theirs acts."""
    return replace(actor, permissions=actor.permissions - NEVER)


def _digest(whole: str) -> bytes:
    return hashlib.sha256(whole.encode()).digest()
