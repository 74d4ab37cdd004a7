"""Passwords and one-time links, as they are kept: hashed, never readable."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from app.auth.models import User
from core.errors import Invalid

SHORTEST = 12
LINK_HOLDS = timedelta(days=3)

_hasher = PasswordHasher()  # argon2id with the library's current costs
_nobodys = _hasher.hash(secrets.token_hex(16))


class PasswordTooShort(Invalid):
    """The password has {length} characters; choose one of at least 12, such as four words."""


def hashed(password: str) -> str:
    """The argon2id hash to keep.

    Raises:
        PasswordTooShort: under 12 characters.
    """
    if len(password) < SHORTEST:
        raise PasswordTooShort(length=len(password))
    return _hasher.hash(password)


def fits(user: User | None, password: str) -> bool:
    """Whether the password is the user's; as slow for nobody as for somebody."""
    known = user.password_hash if user is not None and user.active else None
    try:
        return _hasher.verify(known or _nobodys, password) and known is not None
    except VerificationError:
        return False


def new_link(user: User) -> str:
    """A one-time token with which the user may set a password within three days."""
    token = secrets.token_urlsafe(24)
    user.link_digest = digest(token)
    user.link_until = datetime.now(UTC) + LINK_HOLDS
    return token


def digest(token: str) -> bytes:
    """What is kept of a one-time token."""
    return hashlib.sha256(token.encode()).digest()
