"""Keys of machines: how a program of somebody's asks for what they may see.

A key stands for the person who made it, with today's roles, except that it neither moves money nor
gives roles. Nor does it see where a single household stands, for what a program fetches is copied
further, unless whoever made it may and said for which purpose.
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
from registry.permissions import May as Registry

MARK = "hg_"
SHOWN = len(MARK) + 6  # letters a key is known by
LONGEST = 366  # days
LONGEST_FOR_PLACES = 31  # of a key that sees single households
USED_EVERY = timedelta(minutes=1)
NEVER: frozenset[str] = MONEY | {Roof.WRITE_USERS}


class KeyUnknown(Refusal):
    """This key is not known here, or has ended; make another one under Your account."""

    status = 401


class KeyNameless(Invalid):
    """Say in a word what the key is for, so that you know it again."""


class KeyTooLong(Invalid):
    """A key holds from one day to {longest} days; {asked} were asked for."""


def make(session: Session, name: str, days: int, *, actor: Actor, purpose: str = "") -> str:
    """Make a key of the actor's own; answers it whole, this once.

    With a purpose it sees where single households stand, as the actor does.

    Raises:
        KeyNameless, KeyTooLong; Forbidden: the actor sees no single household.
    """
    if not name.strip():
        raise KeyNameless
    looked_for = " ".join(purpose.split())
    longest = LONGEST
    if looked_for:
        actor.require(Geo.EXACT_LOCATIONS)
        actor.require(Registry.READ_REGISTRANTS)
        longest = LONGEST_FOR_PLACES
    if not 1 <= days <= longest:
        raise KeyTooLong(longest=longest, asked=days)
    whole = MARK + secrets.token_urlsafe(32)
    key = ApiKey(
        user_id=actor.id,
        name=name.strip(),
        prefix=whole[:SHOWN],
        digest=_digest(whole),
        ends_at=datetime.now(UTC) + timedelta(days=days),
        purpose=looked_for or None,
    )
    session.add(key)
    session.flush()
    with audit.act(session, actor, "keys.make", key) as figures:
        figures.update(begins_with=key.prefix, ends_on=key.ends_at.date(), purpose=key.purpose)
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


def found(session: Session, whole: str) -> tuple[ApiKey, User]:
    """The key this is, and whose.

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
    return key, user


def bound(actor: Actor, key: ApiKey) -> Actor:
    """Somebody as a program of theirs acts by a key."""
    never = NEVER if key.purpose else NEVER | {Geo.EXACT_LOCATIONS}
    return replace(actor, permissions=actor.permissions - never)


def _digest(whole: str) -> bytes:
    return hashlib.sha256(whole.encode()).digest()
