"""Sign-ins: one for each browser somebody is signed in with, until it is ended or grows old."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from app.auth.models import SignIn, User
from core import audit
from core.actor import Actor
from core.db import changed
from core.errors import NotFound
from core.settings import settings

SEEN_EVERY = timedelta(minutes=1)
HALF_HOLDS = timedelta(minutes=10)
BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Browser:
    """Where somebody signs in from: the network address, and what the browser says it is."""

    address: str
    agent: str


def begin(session: Session, user: User, browser: Browser, *, whole: bool) -> tuple[SignIn, str]:
    """Write a sign-in down; answers it with the token its cookie is to carry."""
    token, now = secrets.token_urlsafe(24), datetime.now(UTC)
    begun = SignIn(
        user_id=user.id,
        digest=_digest(token),
        address=browser.address,
        browser=said(browser.agent),
        whole=whole,
        seen_at=now,
        confirmed_at=now,
    )
    session.add(begun)
    session.flush()
    return begun, token


def found(session: Session, token: str) -> tuple[SignIn, User] | None:
    """The sign-in a cookie stands for, with its user, if it holds still."""
    asked = select(SignIn, User).join(User, User.id == SignIn.user_id)
    held = asked.where(SignIn.digest == _digest(token), User.active, holds())
    row = session.execute(held).one_or_none()
    return None if row is None else (row[0], row[1])


def holds() -> ColumnElement[bool]:
    """Whether a sign-in still lets somebody in: neither ended, nor idle too long, nor too old."""
    now = datetime.now(UTC)
    return (
        SignIn.ended_at.is_(None)
        & (SignIn.seen_at > now - timedelta(hours=float(settings().idle_hours)))
        & (SignIn.created_at > now - timedelta(days=float(settings().sign_in_days)))
        & (SignIn.whole | (SignIn.created_at > now - HALF_HOLDS))
    )


def see(session: Session, sign_in: SignIn) -> None:
    """Note that a sign-in is used, once a minute at most, and without waiting for anybody."""
    now = datetime.now(UTC)
    if sign_in.seen_at > now - SEEN_EVERY:
        return
    free = select(SignIn.id).where(SignIn.id == sign_in.id).with_for_update(skip_locked=True)
    seen = update(SignIn).where(SignIn.id.in_(free)).values(seen_at=now)
    session.execute(seen.execution_options(synchronize_session=False))


def is_confirmed(sign_in: SignIn) -> bool:
    """Whether somebody proved recently enough to be there themselves."""
    lately = timedelta(minutes=float(settings().confirm_minutes))
    return sign_in.whole and sign_in.confirmed_at > datetime.now(UTC) - lately


def those_of(session: Session, user_id: int) -> Sequence[SignIn]:
    """The sign-ins of a user that hold, the latest used first."""
    held = select(SignIn).where(SignIn.user_id == user_id, holds())
    return session.scalars(held.order_by(SignIn.seen_at.desc(), SignIn.id)).all()


def end(session: Session, user: User, sign_in_id: int, *, actor: Actor) -> None:
    """End one sign-in of a user; that browser is out at its next request.

    Raises:
        NotFound: they have no such one.
    """
    sign_in = session.get(SignIn, sign_in_id)
    if sign_in is None or sign_in.user_id != user.id:
        raise NotFound(sign_in=sign_in_id)
    with audit.act(session, actor, "users.end_sign_in", user) as figures:
        sign_in.ended_at = datetime.now(UTC)
        figures.update(browser=sign_in.browser, address=sign_in.address)


def end_others(session: Session, user: User, mine: int, *, actor: Actor) -> int:
    """End all sign-ins of a user but one; answers how many there were."""
    with audit.act(session, actor, "users.end_sign_ins", user) as figures:
        figures["ended"] = ended = end_all(session, user, but=mine)
    return ended


def end_all(session: Session, user: User, but: int = 0) -> int:
    """End the sign-ins of a user, as part of another act; answers how many there were."""
    open_ones = (SignIn.user_id == user.id, SignIn.ended_at.is_(None), SignIn.id != but)
    return changed(session, update(SignIn).where(*open_ones).values(ended_at=func.now()))


def said(agent: str) -> str:
    """What a browser is, in the two names people know it by: "Firefox, Windows"."""
    known = [
        next((name for mark, name in names if mark in agent), "") for names in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(name for name in known if name)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
